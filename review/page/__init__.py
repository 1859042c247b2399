"""The Markdown page: what matters most in its first lines, and all of it somewhere."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from review.findings import Review
from review.page.dangers import guard_lines, network_lines, permission_lines, stopped_lines
from review.page.everything import everything
from review.page.headline import difference_count, headline
from review.page.markdown import counted, folded
from review.page.pipelines import file_lines, pipeline_lines
from review.page.tables import hour_lines, setting_lines

FIRST_LINES: Final = 25
"""In which a replacement, a weakened guard and a wider permission all stand."""

_FEW: Final = 5
"""As many lines of each are shown there; the rest comes right after."""

_CUT: Final = "\n\n*The page is cut here. All of it is in the run's own page and in its JSON.*\n"


def page(review: Review, *, limit: int | None = None) -> str:
    """The review as GitHub's Markdown.

    Args:
        limit: The most characters that it may have; a comment on GitHub takes 65,536.
    """
    if review.nothing_changed:
        notes = "".join(f" {note}" for note in review.notes)
        return f"Nothing changed between {review.base} and {review.head}.{notes}\n"
    told = _with_names("\n".join(_told(review)), review.names)
    whole = "\n".join(_section("Everything, complete", list(everything(review))))
    text = f"{told}\n{whole}".rstrip() + "\n"
    return text if limit is None or len(text) <= limit else _cut(text, limit)


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """References by the paths of constructs, which people know, instead of logical ids."""

    def path(found: re.Match[str]) -> str:
        return f"${{{names.get(found[1], found[1])}{found[2] or ''}}}"

    return re.sub(r"\$\{(\w+)(\.[\w.]+)?\}", path, text)


def _told(review: Review) -> Iterable[str]:
    yield headline(review)
    yield ""
    yield _sides(review)
    yield ""
    overflow = []
    dangers = (
        ("Replaced, removed or stopped", stopped_lines(review)),
        ("Guards weakened", guard_lines(review)),
        ("Permissions gained", permission_lines(review, wider=True)),
        ("Network", network_lines(review)),
    )
    for title, lines in dangers:
        yield from _section(title, _first(lines))
        if len(lines) > _FEW:
            overflow += [*folded(f"{title}: all {len(lines)}", lines), ""]
    yield from overflow
    lost = permission_lines(review, wider=False)
    if len(lost) > _FEW:
        yield from [*folded(f"Permissions lost: all {len(lost)}", lost), ""]
    else:
        yield from _section("Permissions lost", lost)
    if review.settings:
        yield from _section("Settings", setting_lines(review))
    yield from _section("Pipelines and state machines", list(pipeline_lines(review)))
    yield from _section("Files", list(file_lines(review)))
    if review.hours:
        yield from hour_lines(review)
        yield ""


def _sides(review: Review) -> str:
    number = counted(difference_count(review), "difference")
    stacks = counted(len(review.stacks), "stack")
    notes = "".join(f" {note}" for note in review.notes)
    return f"From {review.base} to {review.head}: {number} in {stacks}.{notes}"


def _first(lines: Sequence[str]) -> list[str]:
    if len(lines) <= _FEW:
        return list(lines)
    return [*lines[: _FEW - 1], f"- … and {len(lines) - _FEW + 1} more, below"]


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"#### {title}", "", *lines, ""] if lines else []


def _cut(text: str, limit: int) -> str:
    """Whole lines, with what is open closed."""
    kept: list[str] = []
    room = limit - len(_CUT) - len("\n````````\n\n</details>")
    for line in text.split("\n"):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    fences = [line.strip() for line in kept if line.strip().startswith("```")]
    if len(fences) % 2:
        kept.append("`" * (len(fences[-1]) - len(fences[-1].lstrip("`"))))
    opened = sum(line.startswith("<details>") for line in kept)
    if opened > sum(line == "</details>" for line in kept):
        kept += ["", "</details>"]
    return "\n".join(kept) + _CUT
