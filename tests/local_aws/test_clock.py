"""The clock alone, on a machine whose time stands still: it moves by jumps only."""

import random
import threading
from collections.abc import Callable

import pytest

from local_aws.clock.event import Event
from local_aws.clock.jumping import Clock
from local_aws.clock.machine import Machine
from local_aws.clock.work import Work

DAY = 86400.0
LONG = 30.0


class StillMachine:
    """Time stands still until it jumps."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.jumps: list[float] = []

    def now(self) -> float:
        return 1000 + self.offset

    def jump(self, seconds: float) -> None:
        assert seconds > 0
        self.offset += seconds
        self.jumps.append(self.now())

    def elapsed(self) -> float:
        return Machine().elapsed()


@pytest.fixture
def machine() -> StillMachine:
    return StillMachine()


@pytest.fixture
def clock(machine: StillMachine) -> Clock:
    return Clock(machine)


class Job:
    """Work on a thread of its own, as `background.run` starts it."""

    def __init__(self, clock: Clock, do: Callable[[], object], name: str = "job") -> None:
        self.work = clock.begin(name)
        self._clock, self._do = clock, do
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        with self._clock.works.in_thread(self.work):
            self._do()
        self._clock.end(self.work)

    def over(self) -> bool:
        self.thread.join(LONG)
        return not self.thread.is_alive()


def pass_all(clock: Clock, seconds: float) -> list[float]:
    """Let time pass until it is over; what each call waited."""
    waits, end = [], clock.now() + seconds
    while clock.now() < end:
        waits.append(clock.let_pass(end - clock.now(), patience=LONG))
    return waits


def wait_for_waiters(clock: Clock, number: int) -> None:
    deadline = Machine().elapsed() + LONG
    while len(clock._bounds) < number:
        assert Machine().elapsed() < deadline


def test_an_idle_clock_jumps_the_whole_wait_and_no_further(clock: Clock) -> None:
    assert clock.let_pass(7 * DAY, patience=LONG) == 7 * DAY
    assert clock.now() == 1000 + 7 * DAY


def test_a_clock_that_nobody_waits_for_does_not_jump(clock: Clock, machine: StillMachine) -> None:
    fired = threading.Event()
    clock.after(10, fired.set)
    assert not fired.wait(0.05)
    assert machine.jumps == []


def test_a_timer_ends_the_wait_when_its_work_is_done(clock: Clock) -> None:
    seen: list[float] = []
    clock.after(60, lambda: seen.append(clock.now()))
    assert clock.let_pass(DAY, patience=LONG) == 60
    assert seen == [1060]


def test_the_clock_does_not_jump_while_anything_works(clock: Clock, machine: StillMachine) -> None:
    work = clock.begin("job")
    assert clock.let_pass(DAY, patience=0.05) == 0
    assert machine.jumps == []
    clock.end(work)
    assert clock.let_pass(DAY, patience=LONG) == DAY


def test_who_looked_before_something_happened_is_told_at_once(clock: Clock):
    heard = clock.pass_on(0, patience=LONG).news
    Job(clock, lambda: None).thread.join()
    assert clock.pass_on(DAY, patience=LONG, since=heard).seconds == 0
    heard = clock.pass_on(0, patience=LONG).news
    assert clock.pass_on(DAY, patience=LONG, since=heard).seconds == DAY


def test_the_end_of_work_ends_a_wait_before_time_passes(clock: Clock) -> None:
    work = clock.begin("job")
    waits: list[float] = []
    waiter = threading.Thread(target=lambda: waits.append(clock.let_pass(DAY, patience=LONG)))
    waiter.start()
    wait_for_waiters(clock, 1)
    clock.end(work)
    waiter.join(LONG)
    assert waits == [0]


def test_a_wait_goes_on_while_other_work_does(clock: Clock) -> None:
    short, long = clock.begin("short"), clock.begin("long")
    waiter = threading.Thread(target=lambda: clock.let_pass(DAY, patience=LONG))
    waiter.start()
    wait_for_waiters(clock, 1)
    clock.end(short)
    clock.after(DAY, lambda: None)  # makes the waiter look
    waiter.join(0.05)
    assert waiter.is_alive()
    clock.end(long)
    waiter.join(LONG)
    assert not waiter.is_alive()


def test_two_sleepers_wake_in_order_at_their_own_times(clock: Clock) -> None:
    woken: list[tuple[str, float]] = []

    def sleeper(name: str, seconds: float) -> Callable[[], None]:
        def sleep() -> None:
            clock.sleep(seconds)
            woken.append((name, clock.now()))

        return sleep

    jobs = [Job(clock, sleeper("late", 3 * DAY)), Job(clock, sleeper("soon", 60))]
    pass_all(clock, 4 * DAY)
    assert all(job.over() for job in jobs)
    assert woken == [("soon", 1060), ("late", 1000 + 3 * DAY)]


def test_a_callback_that_starts_work_holds_the_clock(clock: Clock, machine: StillMachine) -> None:
    started: list[Work] = []
    clock.after(60, lambda: started.append(clock.begin("what it started")))
    clock.after(120, lambda: None)
    assert clock.let_pass(DAY, patience=0.2) == 60
    assert clock.state().working == ("what it started",)
    assert clock.let_pass(DAY, patience=0.05) == 0
    clock.end(started[0])
    assert clock.let_pass(DAY, patience=LONG) == 60


def test_who_sleeps_while_another_waits_for_him_lets_time_jump(clock: Clock) -> None:
    """An update of a stack waits for its endpoint, which bakes for 300 s."""
    baked = Event(clock)

    def bake() -> None:
        clock.sleep(300)
        baked.set()

    jobs = [Job(clock, baked.wait, "stack"), Job(clock, bake, "endpoint")]
    assert sum(pass_all(clock, 300)) == 300
    assert all(job.over() for job in jobs)


def test_who_is_woken_counts_before_who_woke_him_ends(clock: Clock) -> None:
    """There is no moment between the two at which time could jump."""
    for _ in range(200):
        began, done = clock.now(), Event(clock)
        seen: list[float] = []

        def wait(done: Event = done, seen: list[float] = seen) -> None:
            done.wait()
            seen.append(clock.now())

        waiting, setting = Job(clock, wait), Job(clock, done.set)
        clock.let_pass(DAY, patience=LONG)
        assert waiting.over() and setting.over()
        assert seen == [began]


def test_an_event_that_nobody_sets_times_out_in_virtual_time(clock: Clock) -> None:
    answers: list[tuple[bool, float]] = []
    job = Job(clock, lambda: answers.append((Event(clock).wait(DAY), clock.now())))
    pass_all(clock, 2 * DAY)
    assert job.over()
    assert answers == [(False, 1000 + DAY)]


def test_an_event_that_is_set_in_time_leaves_nothing_to_jump_to(
    clock: Clock, machine: StillMachine
) -> None:
    done, answers = Event(clock), list[bool]()
    job = Job(clock, lambda: answers.append(done.wait(DAY)))
    clock.after(60, done.set)
    assert clock.let_pass(7 * DAY, patience=LONG) == 60
    assert job.over() and answers == [True] and done.is_set()
    assert clock.state().next_timer is None
    assert machine.jumps == [1060]


def test_a_cancelled_timer_is_neither_fired_nor_jumped_to(
    clock: Clock, machine: StillMachine
) -> None:
    fired: list[str] = []
    clock.after(60, lambda: fired.append("cancelled")).cancel()
    clock.after(90, lambda: fired.append("left"))
    assert clock.let_pass(DAY, patience=LONG) == 90
    assert (fired, machine.jumps) == (["left"], [1090])
    assert clock.state().next_timer is None


def test_a_quiet_timer_fires_on_time_and_ends_no_wait(clock: Clock, machine: StillMachine) -> None:
    seen: list[float] = []

    def look() -> None:
        seen.append(clock.now())
        clock.after(60, look, quiet=True)

    clock.after(60, look, quiet=True)
    assert clock.let_pass(3600, patience=LONG) == 3600
    assert seen == [1000 + 60 * n for n in range(1, len(seen) + 1)]
    assert len(seen) in (59, 60)  # the last one is due as the wait is over


def test_who_only_looks_again_ends_no_wait_before_he_is_done(clock: Clock) -> None:
    done = threading.Event()

    def poll() -> None:
        while clock.now() < 1000 + 600:
            clock.sleep(10, quiet=True)
        done.set()

    Job(clock, poll)
    waits = pass_all(clock, 600)
    assert done.wait(LONG)
    assert len(waits) <= 3


def test_two_waits_end_at_their_own_times(clock: Clock, machine: StillMachine) -> None:
    clock.after(500, lambda: None)
    work = clock.begin("hold both", quiet=True)
    waits: dict[float, float] = {}

    def wait(seconds: float) -> None:
        waits[seconds] = clock.let_pass(seconds, patience=LONG)

    waiters = [threading.Thread(target=wait, args=(seconds,)) for seconds in (10.0, 100.0)]
    for waiter in waiters:
        waiter.start()
    wait_for_waiters(clock, 2)
    clock.end(work)
    for waiter in waiters:
        waiter.join(LONG)
    assert waits == {10: 10, 100: 100}
    assert machine.jumps == [1010, 1100]


def test_work_that_ended_in_its_sleep_is_not_woken_to_work(clock: Clock) -> None:
    """A request whose client went away while its state machine still waited."""
    woke, go_on = threading.Event(), threading.Event()

    def sleep() -> None:
        clock.sleep(60)
        woke.set()
        go_on.wait(LONG)

    job = Job(clock, sleep)
    while clock.state().working:
        assert job.thread.is_alive()
    clock.end(job.work)
    assert clock.let_pass(60, patience=LONG) == 60
    assert woke.wait(LONG)
    assert clock.state().working == ()
    go_on.set()
    assert job.over()


def test_two_hundred_sleepers_wake_in_the_order_of_their_times(clock: Clock) -> None:
    """No wake-up is lost, and the same story is told every time."""
    order: list[tuple[int, int]] = []
    seconds = {each: random.Random(each).sample(range(1, 10**6), 5) for each in range(200)}

    def sleeper(each: int) -> Callable[[], None]:
        def sleep() -> None:
            for until in sorted(seconds[each]):
                clock.sleep(1000 + until - clock.now())
                order.append((until, each))

        return sleep

    jobs = [Job(clock, sleeper(each), str(each)) for each in seconds]
    due = sorted((until, each) for each, all_of_it in seconds.items() for until in all_of_it)
    pass_all(clock, due[-1][0])
    assert all(job.over() for job in jobs)
    assert [until for until, _ in order] == [until for until, _ in due]


def test_threads_that_begin_and_end_work_at_random_never_let_it_jump_early(clock: Clock) -> None:
    """Each of 50 threads works in turns with naps; while it works, time must stand still."""
    moved: list[float] = []

    def worker(seed: int) -> Callable[[], None]:
        dice = random.Random(seed)

        def work() -> None:
            for _ in range(40):
                before = clock.now()
                sum(range(dice.randrange(2000)))
                if clock.now() != before:
                    moved.append(before)
                clock.sleep(dice.choice((0, 0, dice.random(), 1.0, dice.random() * 10)))

        return work

    jobs = [Job(clock, worker(seed)) for seed in range(50)]
    pass_all(clock, 500)
    assert all(job.over() for job in jobs)
    assert moved == []


def test_the_state_says_what_holds_time(clock: Clock) -> None:
    clock.begin("POST /stack")
    clock.after(5, lambda: None)
    state = clock.state()
    assert (state.now, state.working, state.next_timer) == (1000, ("POST /stack",), 1005)


def test_a_process_that_does_not_travel_says_so_instead_of_jumping() -> None:
    with pytest.raises(RuntimeError, match=r"time cannot jump in this process; call travel\(\)"):
        Machine().jump(1)


def test_without_a_waiter_timers_fire_at_the_machines_pace() -> None:
    real = Clock(Machine())
    fired = threading.Event()
    began = Machine().elapsed()
    real.after(0.05, fired.set)
    real.after(3600, fired.set)
    assert fired.wait(LONG)
    assert Machine().elapsed() - began >= 0.05
    real.sleep(0.01)


def test_timers_fire_at_the_machines_pace_while_somebody_waits_for_work_to_end() -> None:
    real = Clock(Machine())
    real.begin("job")
    waiter = threading.Thread(target=lambda: real.let_pass(DAY, patience=0.5))
    waiter.start()
    wait_for_waiters(real, 1)
    fired = threading.Event()
    began = Machine().elapsed()
    real.after(0.05, fired.set)
    assert fired.wait(LONG)
    assert 0.05 <= Machine().elapsed() - began < 0.45
    waiter.join(LONG)
    later = threading.Event()
    real.after(0.01, later.set)
    assert later.wait(LONG)
