"""How time passes while the story waits: as on this machine, or as the local AWS lets it."""

import time
from typing import Protocol


class Passing(Protocol):
    """A clock that somebody waits by."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def let_pass(self, at_most: float) -> None:
        """Wait until something may have happened, but no longer than that many seconds."""
        ...


def let_pass_until(time: Passing, end: float) -> None:
    """Let all of the time pass until a moment, whatever happens in it."""
    while (left := end - time.now()) > 0:
        time.let_pass(left)


class RealTime:
    """The machine's clock; whether something happened can only be found by looking.

    Args:
        look_again_seconds: How long to wait between two looks.
    """

    def __init__(self, look_again_seconds: float = 0.25) -> None:
        self._look_again_seconds = look_again_seconds

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def let_pass(self, at_most: float) -> None:
        """Wait until it is time to look again, or less."""
        time.sleep(min(at_most, self._look_again_seconds))


class LocalTime:
    """The clock of a local AWS, which jumps over hours in which nothing happens.

    Args:
        aws: What has `now()` and `wait_for_news(seconds)`, as `local_aws.launch.LocalAws` has.
    """

    def __init__(self, aws: "Waitable") -> None:
        self._aws = aws

    def now(self) -> float:
        """Seconds since the epoch, as the local AWS counts them."""
        return self._aws.now()

    def let_pass(self, at_most: float) -> None:
        """Let time pass there until something happened, or happened since the last wait."""
        self._aws.wait_for_news(at_most)


class Waitable(Protocol):
    """A local AWS, as far as its clock goes."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def wait_for_news(self, seconds: float) -> float:
        """Let time pass until something happened since the last wait, or so many seconds."""
        ...
