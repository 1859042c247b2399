"""What is being done, and by whom: while there is any of it, time does not jump."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(eq=False)
class Work:
    """Something that is being done.

    Attributes:
        name: What it is, for whoever wonders why time does not jump.
        quiet: Whether its end is no news to who waits outside.
        looked_again: Whether it only woke to look whether to sleep on.
        over: It ended, perhaps while one of its threads still slept.
    """

    name: str
    quiet: bool = False
    looked_again: bool = False
    over: bool = False


class Works:
    """All work that goes on, and whose it is.

    Which work a thread does is known from its start, or from the context that it was given.

    Attributes:
        news: How often some of it, unless it was quiet, came to an end or began to wait.
    """

    def __init__(self) -> None:
        """Nothing goes on."""
        self.news = 0
        self._going_on: dict[Work, None] = {}
        self._of_thread = threading.local()
        self._of_context: ContextVar[Work | None] = ContextVar("work", default=None)

    def names(self) -> tuple[str, ...]:
        """What goes on."""
        return tuple(work.name for work in self._going_on)

    @property
    def any(self) -> bool:
        """Whether anything goes on."""
        return bool(self._going_on)

    def current(self) -> Work | None:
        """The work of this thread, or of its context."""
        work: Work | None = getattr(self._of_thread, "work", None)
        return work or self._of_context.get()

    def go_on(self, work: Work | None) -> None:
        """Count it from now, unless it is over."""
        if work and not work.over:
            self._going_on[work] = None

    def leave(self, work: Work | None, *, news: bool = True) -> None:
        """Do not count it from now."""
        if work in self._going_on:
            del self._going_on[work]
            self.news += news and not work.quiet

    @contextmanager
    def in_thread(self, work: Work) -> Iterator[None]:
        """What this thread does in the block."""
        self._of_thread.work = work
        try:
            yield
        finally:
            del self._of_thread.work

    @contextmanager
    def in_context(self, work: Work) -> Iterator[None]:
        """What this context, and the threads that copy it, do in the block."""
        token = self._of_context.set(work)
        try:
            yield
        finally:
            self._of_context.reset(token)
