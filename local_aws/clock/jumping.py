"""A clock that follows the machine's while anything works, and jumps when all wait.

It jumps only for somebody outside who lets time pass (`Clock.let_pass`); nobody's session runs
away on its own.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from local_aws.clock.event import Event
from local_aws.clock.timers import Timer, Timers
from local_aws.clock.work import Work, Works


class MachineClock(Protocol):
    """What a clock needs of the machine; see `local_aws.clock.machine.Machine`."""

    @property
    def offset(self) -> float: ...
    def now(self) -> float: ...
    def jump(self, seconds: float) -> None: ...
    def elapsed(self) -> float: ...


@dataclass(frozen=True, kw_only=True)
class State:
    """What a clock does.

    Attributes:
        now: Seconds since the epoch.
        working: The names of all work that goes on; if there is none, time may jump.
        next_timer: When the next timer is due; None if there is none.
    """

    now: float
    working: tuple[str, ...]
    next_timer: float | None


@dataclass(frozen=True)
class Passed:
    """What came of a wait.

    Attributes:
        seconds: How much virtual time passed.
        news: How often something had happened until then.
    """

    seconds: float
    news: int


class Clock:
    """Virtual time: what it is, how to wait, and what keeps it from jumping.

    Work counts from `begin` to `end`, but not while its thread sleeps.

    Attributes:
        changed: Its lock, notified of all that may let time jump or a timer fire.
        works: What goes on, under the lock.
    """

    def __init__(self, machine: MachineClock) -> None:
        """Show the machine's time."""
        lock = threading.RLock()
        self.changed = threading.Condition(lock)
        self.works = Works()
        self._followed = threading.Condition(lock)
        self._machine = machine
        self._timers = Timers()
        self._bounds: list[float] = []
        self._thread: threading.Thread | None = None

    @property
    def offset(self) -> float:
        """The seconds by which virtual time is ahead of the machine's."""
        return self._machine.offset

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._machine.now()

    def state(self) -> State:
        """What the clock does at this moment."""
        with self.changed:
            return State(
                now=self.now(), working=self.works.names(), next_timer=self._timers.next_due()
            )

    def sleep(self, seconds: float, *, quiet: bool = False) -> None:
        """Wait in this thread, whose work does not count meanwhile.

        Args:
            seconds: How long.
            quiet: The thread only looks again whether to sleep on: no news to who waits outside.
        """
        Event(self).wait(seconds, quiet=quiet)

    def after(
        self, seconds: float, callback: Callable[[], object], *, quiet: bool = False
    ) -> Timer:
        """Call back on another thread, which has no account or region of its own.

        Args:
            seconds: How much later.
            callback: Its work counts before anybody can find the clock idle.
            quiet: That it was called is no news to who waits outside; what it starts is.
        """
        name = getattr(callback, "__name__", "callback")
        return self.arm(seconds, lambda: self._call(callback, Work(name, quiet)))

    def arm(self, seconds: float, fire: Callable[[], None]) -> Timer:
        """Have something quick done so much later, under the lock."""
        with self.changed:
            timer = self._timers.add(self.now() + seconds, fire)
            self._hand_over()
        return timer

    def begin(self, name: str, *, quiet: bool = False) -> Work:
        """Count something as work until `end`."""
        work = Work(name, quiet)
        with self.changed:
            self.works.go_on(work)
        return work

    def end(self, work: Work) -> None:
        """The work is done."""
        with self.changed:
            work.over = True
            self.leave(work)

    def leave(self, work: Work | None, *, news: bool = True) -> None:
        """The work waits from now; call it under the lock."""
        self.works.leave(work, news=news)
        if not self.works.any:
            self.changed.notify_all()

    @contextmanager
    def resting(self) -> Iterator[None]:
        """In the block this thread or task waits in real time, so that its work does not count."""
        work = self.works.current()
        with self.changed:
            self.leave(work, news=False)
        try:
            yield
        finally:
            with self.changed:
                self.works.go_on(work)

    def let_pass(self, seconds: float, *, patience: float) -> float:
        """`pass_on`, until something happens from now on; the virtual seconds that passed."""
        return self.pass_on(seconds, patience=patience).seconds

    def pass_on(self, seconds: float, *, patience: float, since: int | None = None) -> Passed:
        """Let time pass for somebody outside; the one call that makes it jump.

        It returns when all wait again after something happened, when time is over, or when
        patience is.

        Args:
            seconds: How much virtual time may pass at most.
            patience: How many real seconds this call may take.
            since: The news that whoever waits has heard of; by default all until now.
        """
        give_up = self._machine.elapsed() + patience
        with self.changed:
            began, news = self.now(), self.works.news if since is None else since
            bound = began + seconds
            self._bounds.append(bound)
            try:
                while True:
                    self._fire_due()
                    now, left = self.now(), give_up - self._machine.elapsed()
                    happened = not self.works.any and self.works.news != news
                    if happened or now >= bound or left <= 0:
                        return Passed(now - began, self.works.news)
                    if not self._jump(now):
                        due = self._timers.next_due() or bound
                        self.changed.wait(min(left, bound - now, max(0.0, due - now)))
            finally:
                self._bounds.remove(bound)
                self._hand_over()

    def _jump(self, now: float) -> bool:
        """Jump to what comes next, if nothing works; nobody's bound is passed over."""
        due = self._timers.next_due()
        target = min(self._bounds if due is None else [*self._bounds, due])
        if self.works.any or target <= now:
            return False
        self._machine.jump(target - now)
        self.changed.notify_all()
        return True

    def _hand_over(self) -> None:
        """Let look whoever fires timers: those who let time pass, else a thread of the clock."""
        if self._bounds:
            self.changed.notify_all()
        elif self._thread is None:
            self._thread = threading.Thread(target=self._follow, daemon=True, name="clock")
            self._thread.start()
        else:
            self._followed.notify()

    def _follow(self) -> None:
        """Fire timers at the machine's pace while nobody lets time pass."""
        with self.changed:
            while True:
                due = None
                if not self._bounds:
                    self._fire_due()
                    due = self._timers.next_due()
                self._followed.wait(None if due is None else max(0.0, due - self.now()))

    def _fire_due(self) -> None:
        for fire in self._timers.take_due(self.now):
            fire()

    def _call(self, callback: Callable[[], object], work: Work) -> None:
        self.works.go_on(work)

        def call() -> None:
            try:
                with self.works.in_thread(work):
                    callback()
            finally:
                self.end(work)

        threading.Thread(target=call, daemon=True, name=work.name).start()
