"""Waiting for what the platform does by itself, and naming the arrow that did not fire."""

from collections.abc import Callable
from typing import TypeVar

from rehearsal.passing import Passing, RealTime

Seen = TypeVar("Seen")


class ArrowDidNotFire(Exception):
    """An arrow of the loop (a rule, a target, a state machine) did nothing in its time."""

    def __init__(self, arrow: str, expected: str, within: float, seen: object) -> None:
        super().__init__(
            f"the arrow '{arrow}' did not fire: expected {expected} within {within:g} s, "
            f"saw {seen!r}"
        )
        self.arrow = arrow


class StoryBroke(Exception):
    """The world answered, but not with what the story promises."""


def await_arrow(
    arrow: str,
    probe: Callable[[], Seen],
    *,
    expected: str,
    until: Callable[[Seen], bool] = bool,
    within: float = 60.0,
    time: Passing = RealTime(),  # noqa: B008, it has no state
) -> Seen:
    """Ask `probe` until its answer satisfies `until`, and return that answer.

    Args:
        arrow: from what to what, in the words of the picture ("approval rule -> Promotion").
        probe: reads the world over an AWS API; it changes nothing.
        expected: what the answer should be, for the error text.
        until: whether an answer is the expected one; by default any that is not empty.
        within: seconds of patience, on the clock of `time`.
        time: how time passes meanwhile.

    Raises:
        ArrowDidNotFire: naming the arrow and the last answer.
    """
    deadline = time.now() + within
    while not until(seen := probe()):
        left = deadline - time.now()
        if left <= 0:
            raise ArrowDidNotFire(arrow, expected, within, seen)
        time.let_pass(left)
    return seen
