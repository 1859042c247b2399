"""The regular expressions of AWS's API models, which are Java's."""

from functools import cache

import regex  # type: ignore[import-untyped]

# Java writes the characters beyond the basic plane as UTF-16 pairs.
_BEYOND_BASIC_PLANE = r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"


@cache
def _compiled(pattern: str) -> "regex.Pattern[str]":
    return regex.compile(pattern.replace(*_BEYOND_BASIC_PLANE))


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value satisfies the pattern, as AWS judges it."""
    return _compiled(pattern).fullmatch(value) is not None
