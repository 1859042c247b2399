"""The machine's clock, and how this process is made to see another time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# time_machine imports these if they are there, for conveniences that nobody needs here; pytest
# alone takes half a second.
_NOT_NEEDED = ("pytest", "dateutil")


class Machine:
    """The machine's clock, ahead by all jumps so far.

    Attributes:
        offset: The seconds by which this process is ahead of the machine.
    """

    def __init__(self) -> None:
        """Nothing is changed before `travel`."""
        self.offset = 0.0
        self._traveller: Any = None

    def travel(self) -> None:
        """Make the whole process, whatever runs in it, take its time from here; it ticks on.

        What counts seconds without a date (`time.monotonic`, so asyncio and timeouts) stays real.
        """
        with _left_out(_NOT_NEEDED):
            import time_machine
        self._traveller = time_machine.travel(time.time(), tick=True).start()

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def jump(self, seconds: float) -> None:
        """Be so much later at once.

        Raises:
            RuntimeError: The process does not travel.
        """
        if self._traveller is None:
            raise RuntimeError("time cannot jump in this process; call travel() when it starts")
        self._traveller.shift(seconds)
        self.offset += seconds

    def elapsed(self) -> float:
        """Real seconds since some moment, whatever jumps."""
        return time.monotonic()


@contextmanager
def _left_out(modules: tuple[str, ...]) -> Iterator[None]:
    """Let imports in the block fail for modules that are not loaded yet."""
    absent = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None means: not there
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
