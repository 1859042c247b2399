"""Waiting for somebody else, on a clock."""

import threading
from typing import TYPE_CHECKING

from local_aws.clock.timers import Timer
from local_aws.clock.work import Work

if TYPE_CHECKING:
    from local_aws.clock.jumping import Clock


class Event:
    """As `threading.Event`, but who waits does not work, and times out in virtual time.

    `set` hands over: those who waited count as working again before who set it can end.
    """

    def __init__(self, clock: "Clock") -> None:
        """Not set."""
        self._clock = clock
        self._set = False
        self._sleepers: dict[threading.Event, Work | None] = {}

    def is_set(self) -> bool:
        """Whether `set` was called."""
        return self._set

    def set(self) -> None:
        """Wake all who wait, and let nobody wait again."""
        with self._clock.changed:
            self._set = True
            for awake in list(self._sleepers):
                self._wake(awake)

    def wait(self, timeout: float | None = None, *, quiet: bool = False) -> bool:
        """Wait until it is set.

        Args:
            timeout: How many virtual seconds at most; None for ever.
            quiet: Who waits only looks again whether to wait on: no news to who waits outside.

        Returns:
            Whether it is set.
        """
        awake = threading.Event()
        with self._clock.changed:
            if self._set or (timeout is not None and timeout <= 0):
                return self._set
            timer = self._sleep(awake, timeout, quiet)
        awake.wait()
        if timer:
            timer.cancel()
        return self._set

    def _sleep(self, awake: threading.Event, timeout: float | None, quiet: bool) -> Timer | None:
        work = self._sleepers[awake] = self._clock.works.current()
        timer = None
        if timeout is not None:
            timer = self._clock.arm(timeout, lambda: self._wake(awake, quiet=quiet))
        looked_again = quiet and work is not None and work.looked_again
        self._clock.leave(work, news=not looked_again)
        return timer

    def _wake(self, awake: threading.Event, *, quiet: bool = False) -> None:
        if awake in self._sleepers:
            work = self._sleepers.pop(awake)
            if work:
                work.looked_again = quiet
            self._clock.works.go_on(work)
            awake.set()
