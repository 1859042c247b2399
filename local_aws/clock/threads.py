"""Threads whose work counts, with the shape of Python's own."""

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any

from local_aws.clock import clock
from local_aws.clock.event import Event
from local_aws.clock.work import Work


def name_of(function: Callable[..., object]) -> str:
    """What a thread is called for calling it, e.g. `rollout.update`."""
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


class Thread(threading.Thread):
    """A thread whose work counts from its start; who joins it waits on the clock."""

    def __init__(self, *args: Any, **named: Any) -> None:
        """As `threading.Thread`."""
        super().__init__(*args, **named)
        self._work: Work | None = None
        self._done = Event(clock)

    def start(self) -> None:
        """Count as work, then start."""
        self._work = clock.begin(self.name)
        try:
            super().start()
        except BaseException:
            clock.end(self._work)
            raise

    def run(self) -> None:
        """Do the work, and hand over to who joins before it ends."""
        assert self._work
        try:
            with clock.works.in_thread(self._work):
                super().run()
        finally:
            self._done.set()
            clock.end(self._work)

    def join(self, timeout: float | None = None) -> None:
        """Wait until it is done, or so many virtual seconds."""
        if self._done.wait(timeout):
            super().join()


class Pool:
    """What MiniStack uses of `concurrent.futures.ThreadPoolExecutor`.

    A worker counts as long as it has something to do; what waits for a worker does not.
    """

    def __init__(self, max_workers: int) -> None:
        """No worker yet."""
        self._max_workers = max_workers
        self._waiting: deque[Callable[[], object]] = deque()
        self._workers: list[Thread] = []
        self._lock = threading.Lock()

    def submit(self, function: Callable[..., object], *args: Any) -> None:
        """Call a function as soon as a worker is free; it says itself what came of it."""
        with self._lock:
            self._waiting.append(partial(function, *args))
            if len(self._workers) < self._max_workers:
                worker = Thread(target=self._run, daemon=True)
                self._workers.append(worker)
                worker.start()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wait until all is done."""
        for worker in list(self._workers):
            worker.join()

    def _run(self) -> None:
        while function := self._next():
            function()

    def _next(self) -> Callable[[], object] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._workers.remove(threading.current_thread())  # type: ignore[arg-type]
            return None
