"""Prefixes of a bucket, and whether one lies in another."""


def below(one: str, other: str) -> bool:
    """Whether a prefix is the other one, or lies below it; neither ends in a slash."""
    return f"{one}/".startswith(f"{other}/")


def overlap(one: str, other: str) -> bool:
    """Whether one of the two is the other, or lies below it."""
    return below(one, other) or below(other, one)
