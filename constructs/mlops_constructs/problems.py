"""How a construct refuses what it was given: every problem at once, one sentence each."""

from collections.abc import Iterable


class InvalidProps(ValueError):
    """The properties of a construct do not fit together, or do not fit AWS.

    Attributes:
        problems: One sentence for each problem: what, got, allowed, and where to change it.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def refuse(problems: Iterable[str]) -> None:
    """Raises :class:`InvalidProps` with all ``problems``, if there are any."""
    found = tuple(problems)
    if found:
        raise InvalidProps(found)
