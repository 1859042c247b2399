"""What a probe saw of an assumption."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    """One look.

    Attributes:
        holds: Whether the assumption's sentence is true on AWS; None if nothing showed it.
        what: What was seen, or why nothing was.
        in_part: Whether the sentence says more than what was seen.
    """

    holds: bool | None
    what: str
    in_part: bool = False


def unseen(why: str) -> Seen:
    """Nothing showed it."""
    return Seen(None, why)


NOT_SO_FAR = unseen("the story did not come so far")
