"""Time in the local AWS. Nothing else in this package reads or waits for the machine's clock."""

import threading
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A callback that has not fired yet."""

    def cancel(self) -> None:
        """Forget the callback, if it has not fired."""


class Clock(Protocol):
    """What time it is and how to wait, so that time can one day pass faster than the machine's."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait in this thread."""
        ...

    def after(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back on another thread, which has no account or region of its own."""
        ...


class RealClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait in this thread."""
        time.sleep(seconds)

    def after(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back on another thread, which does not keep the process alive."""
        timer = threading.Timer(seconds, callback)
        timer.daemon = True
        timer.start()
        return timer


clock: Clock = RealClock()
