"""GitHub's Markdown, safely: what stands in templates must not become markup.

https://github.github.com/gfm/
"""

import re
from collections.abc import Iterable, Sequence

_LONG = 200


def code(text: str, *, short: bool = False) -> str:
    """A code span of one line, whatever the text holds.

    Args:
        short: Whether the middle of a long text may be left out; the whole stands elsewhere then.
    """
    line = " ".join(text.split("\n"))
    if short and len(line) > _LONG:
        line = f"{line[: _LONG // 2]} … {line[-_LONG // 2 :]}"
    if not line.strip():
        return "(empty)" if not line else "(blank)"
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def shift(before: str | None, after: str | None, *, short: bool = True) -> str:
    """What it was and what it will be."""
    old, new = ("nothing" if side is None else code(side, short=short) for side in (before, after))
    return f"{old} → {new}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def block(text: str, language: str) -> list[str]:
    """A fenced block, with a fence that the text has nowhere."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return [f"{fence}{language}", *text.split("\n"), fence]


def folded(summary: str, lines: Sequence[str]) -> list[str]:
    """What is there for whoever opens it; GitHub wants empty lines around Markdown in HTML."""
    return [f"<details><summary>{summary}</summary>", "", *lines, "", "</details>"]


def counted(number: float, one: str, many: str = "") -> str:
    """A number and its noun."""
    return f"{number:,g} {one if number == 1 else many or one + 's'}"
