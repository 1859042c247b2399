"""Waiting for the platform, and saying which arrow did not fire."""

import pytest

from rehearsal.arrows import ArrowDidNotFire, await_arrow


class Patience:
    """A clock on which each sleep takes no time of the test's."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def let_pass(self, at_most: float) -> None:
        self.seconds += min(at_most, 1.0)


def test_the_answer_that_satisfies_is_returned():
    answers = iter(["", "", "an execution"])
    seen = await_arrow("rule -> machine", lambda: next(answers), expected="x", time=Patience())
    assert seen == "an execution"


def test_an_arrow_that_does_not_fire_is_named_with_what_was_seen_instead():
    with pytest.raises(ArrowDidNotFire) as stopped:
        await_arrow(
            "approval rule -> Promotion",
            lambda: "no execution",
            expected="an execution of dev-promotion",
            until=lambda seen: seen != "no execution",
            within=5,
            time=Patience(),
        )
    assert str(stopped.value) == (
        "the arrow 'approval rule -> Promotion' did not fire: expected an execution of "
        "dev-promotion within 5 s, saw 'no execution'"
    )
    assert stopped.value.arrow == "approval rule -> Promotion"


def test_an_answer_at_the_last_moment_still_counts():
    patience = Patience()
    seen = await_arrow(
        "a -> b", lambda: patience.seconds >= 5, expected="x", within=5, time=patience
    )
    assert seen is True


def test_an_error_of_the_probe_is_not_taken_for_an_arrow_that_did_not_fire():
    def probe() -> str:
        raise PermissionError("not allowed to look")

    with pytest.raises(PermissionError, match="not allowed to look"):
        await_arrow("a -> b", probe, expected="x", time=Patience())
