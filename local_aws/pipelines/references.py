"""What a value of a definition refers to."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

FUNCTIONS = ("Get", "Std:Join", "Std:JsonGet")
_TOKEN = re.compile(r"(?:^|\.)([^.\[\]]+)|\[(?:'([^']*)'|\"([^\"]*)\"|(\d+))\]")


def function(value: Any) -> str | None:
    """The function that a value is a call of, if it is one."""
    if isinstance(value, Mapping) and len(value) == 1:
        name = str(next(iter(value)))
        return name if name in FUNCTIONS else None
    return None


def references(value: Any) -> Iterator[str]:
    """Every path that a `Get` in the value names."""
    if function(value) == "Get":
        yield str(value["Get"])
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def malformed(value: Any) -> Iterator[Any]:
    """Every function call in the value that does not have the members it needs."""
    call = function(value)
    if call and not _WELL_FORMED[call](value[call]):
        yield value
    inner = value.values() if isinstance(value, Mapping) else value
    for item in inner if isinstance(value, (Mapping, list)) else ():
        yield from malformed(item)


def _is_json_get(call: Any) -> bool:
    return (
        isinstance(call, Mapping)
        and isinstance(call.get("Path"), str)
        and function(call.get("PropertyFile")) == "Get"
    )


_WELL_FORMED: Mapping[str, Callable[[Any], bool]] = {
    "Get": lambda call: isinstance(call, str),
    "Std:Join": lambda call: isinstance(call, Mapping) and isinstance(call.get("Values"), list),
    "Std:JsonGet": _is_json_get,
}


def steps_of(value: Any) -> set[str]:
    """The steps whose properties the value reads."""
    paths = (path.split(".") for path in references(value))
    return {parts[1] for parts in paths if parts[0] == "Steps" and len(parts) > 1}


def tokens(path: str) -> list[str | int]:
    """The names and indexes of a path: `Outputs['train'].S3Uri` is Outputs, train, S3Uri.

    Raises:
        ValueError: The path cannot be read.
    """
    found: list[str | int] = []
    position = 0
    while position < len(path):
        match = _TOKEN.match(path, position)
        if not match:
            raise ValueError(f"{path!r} is no path")
        name = next((group for group in match.groups()[:3] if group is not None), None)
        found.append(int(match[4]) if name is None else name)
        position = match.end()
    return found
