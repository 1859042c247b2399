"""JSON that stands in a string: indented for a reader, with nothing of how it was written lost.

Two strings that differ in anything, be it a blank, the order of members or `1.0` for `1`, never
read the same: either one of the :data:`STYLES` writes the very string again, and its name goes into
the snapshot, or the string is shown as it is.
"""

import json
import re
from typing import Any, NamedTuple

PLACE, PLACE_END, BARE, BARE_END = "\ue000", "\ue001", "\ue002", "\ue003"
"""Of Unicode's private use: around what a placeholder is called, and around what had no quotes."""

AS_IT_IS = "as it is"
"""Instead of a style: no style writes it so."""

STYLES: dict[str, dict[str, Any]] = {
    "compact": {"separators": (",", ":")},
    "spaced": {"separators": (", ", ": ")},
    "indented by 2": {"indent": 2},
    "indented by 4": {"indent": 4},
    "indented by 1": {"indent": 1},
    "indented by tabs": {"indent": "\t"},
}
"""What JSON.stringify, which CDK uses, and json.dumps write; each with or without `\\u` escapes."""

_STRING_MARKS = re.compile(r'\\.|"', re.DOTALL)
_PLACE = re.compile(f"{PLACE}[^{PLACE_END}]*{PLACE_END}")
_BARE = re.compile(f'"{BARE}([^{BARE_END}]*){BARE_END}"')
_BEYOND_ASCII = re.compile(f"[^\x00-\x7f{PLACE}-{BARE_END}]")


class Reading(NamedTuple):
    """A JSON object or array as a person reads it.

    Attributes:
        text: Indented by two, or as it is.
        style: How it was written, one of :data:`STYLES`, or :data:`AS_IT_IS`.
        value: What it says; numbers and what else had no quotes are strings.
    """

    text: str
    style: str
    value: dict[str, Any] | list[Any]


def reading(marked: str) -> Reading | None:
    """What the text says, or None if that is not an object or an array.

    Args:
        marked: JSON in which each placeholder is a name between :data:`PLACE` and
            :data:`PLACE_END`, in a string or where a value would stand.
    """
    if marked.lstrip()[:1] not in ("{", "["):
        return None
    try:
        value = json.loads(
            _quoted(marked), parse_float=_bare, parse_int=_bare, parse_constant=_bare
        )
    except (ValueError, RecursionError):
        return None
    style = _style(value, marked)
    if style is None:
        return Reading(marked, AS_IT_IS, value)
    return Reading(_written(value, {"indent": 2}) + "\n", style, value)


def _style(value: Any, text: str) -> str | None:
    for name, options in STYLES.items():
        written = _written(value, options)
        if written == text:
            return name
        if _BEYOND_ASCII.sub(_escaped, written) == text:
            return f"{name}, in ASCII"
    return None


def _written(value: Any, options: dict[str, Any]) -> str:
    return _BARE.sub(r"\1", json.dumps(value, ensure_ascii=False, **options))


def _escaped(character: re.Match[str]) -> str:
    return json.dumps(character[0])[1:-1]


def _bare(literal: str) -> str:
    """A number keeps its digits, which a float would not: 1e-7, 1.50."""
    return f"{BARE}{literal}{BARE_END}"


def _quoted(marked: str) -> str:
    """The text with quotes around those placeholders that stand outside of strings."""
    parts: list[str] = []
    end, in_string = 0, False
    for place in _PLACE.finditer(marked):
        before = marked[end : place.start()]
        in_string ^= sum(mark == '"' for mark in _STRING_MARKS.findall(before)) % 2 == 1
        parts += [before, place[0] if in_string else f'"{_bare(place[0])}"']
        end = place.end()
    return "".join([*parts, marked[end:]])
