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


class RealTime:
    """The machine's clock; whether something happened can only be found by looking."""

    LOOK_AGAIN_SECONDS = 0.25

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def let_pass(self, at_most: float) -> None:
        """Wait a quarter of a second, or less."""
        time.sleep(min(at_most, self.LOOK_AGAIN_SECONDS))


class LocalTime:
    """The clock of a local AWS, which jumps over hours in which nothing happens.

    Args:
        aws: What has `now()` and `wait(seconds)`, as `local_aws.launch.LocalAws` has.
    """

    def __init__(self, aws: "Waitable") -> None:
        self._aws = aws

    def now(self) -> float:
        """Seconds since the epoch, as the local AWS counts them."""
        return self._aws.now()

    def let_pass(self, at_most: float) -> None:
        """Let time pass there until something happened."""
        self._aws.wait(at_most)


class Waitable(Protocol):
    """A local AWS, as far as its clock goes."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def wait(self, seconds: float) -> float:
        """Let time pass until something happened, at most that many seconds."""
        ...
