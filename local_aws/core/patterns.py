"""The regular expressions of AWS's API models, which are Java's."""

import re
from functools import cache

# Java's Unicode classes, by the nearest that Python's `re` has inside a character class.
_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": r"\s",
    r"\p{M}": "",
    r"\p{ASCII}": r"\x00-\x7f",
}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for java, python in _CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value satisfies the pattern, as AWS judges it."""
    return _compiled(pattern).fullmatch(value) is not None
