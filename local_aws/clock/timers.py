"""What is to happen later."""

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(order=True)
class Timer:
    """What happens at a moment to come. Of two at the same moment the older is the first."""

    due: float
    number: int
    fire: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        """Forget it, if it has not fired."""
        self.fire = None


class Timers:
    """Timers in the order in which they are due."""

    def __init__(self) -> None:
        """None yet."""
        self._heap: list[Timer] = []
        self._numbers = itertools.count()

    def add(self, due: float, fire: Callable[[], None]) -> Timer:
        """Have something happen at a moment, given in seconds since the epoch."""
        timer = Timer(due, next(self._numbers), fire)
        heapq.heappush(self._heap, timer)
        return timer

    def next_due(self) -> float | None:
        """When the first that was not cancelled is due; None if there is none."""
        while self._heap and self._heap[0].fire is None:
            heapq.heappop(self._heap)
        return self._heap[0].due if self._heap else None

    def take_due(self, now: Callable[[], float]) -> Iterator[Callable[[], None]]:
        """Take out one after the other what is due by now, a time that goes on."""
        while (due := self.next_due()) is not None and due <= now():
            fire = heapq.heappop(self._heap).fire
            if fire:
                yield fire
