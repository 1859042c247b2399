"""What nobody could verify about AWS, and which way this run takes it.

Rows are in `assumptions.toml`, here and in each package::

    [id-of-the-assumption]
    assumption = "One sentence about AWS."
    source = "Why it is believed, or what the documentation leaves open."
    holds = true        # only if it can be switched: what it is unless LOCAL_AWS_ASSUME says else

`LOCAL_AWS_ASSUME=id=false,other-id=true` turns switchable rows the other way.
"""

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parents[1]
VARIABLE = "LOCAL_AWS_ASSUME"


@cache
def rows() -> dict[str, dict[str, Any]]:
    """All rows by id.

    Raises:
        ValueError: Two rows share an id.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(_FOLDER.rglob("assumptions.toml")):
        table = tomllib.loads(path.read_text())
        if twice := found.keys() & table.keys():
            raise ValueError(f"{path} repeats the assumption {', '.join(sorted(twice))}")
        found.update(table)
    return found


def holds(name: str) -> bool:
    """Whether the assumption holds in this run.

    Raises:
        KeyError: No row of that id can be switched.
    """
    default: bool = rows()[name]["holds"]
    return _switched().get(name, default)


def check() -> None:
    """Read all rows and switches now, so that a mistake in them stops the start.

    Raises:
        ValueError: Two rows share an id, or a switch is none.
    """
    _switched()


def _switched() -> dict[str, bool]:
    chosen = {}
    for entry in filter(None, os.environ.get(VARIABLE, "").split(",")):
        name, _, value = entry.partition("=")
        if value not in ("true", "false") or "holds" not in rows().get(name, {}):
            known = ", ".join(sorted(key for key, row in rows().items() if "holds" in row))
            raise ValueError(f"{VARIABLE}: got {entry!r}, allowed: <id>=true|false of {known}")
        chosen[name] = value == "true"
    return chosen
