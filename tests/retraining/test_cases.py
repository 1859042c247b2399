"""What may happen to a retraining, in one table.

Whatever does, a run starts only while none is in flight and the day's cap is not reached (the world
asserts it at every start), each execution ends, and none that ends keeps the lock.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import pytest

from tests.retraining.names import DAY, HOUR, LOCK, NOTE, REQUEST
from tests.retraining.world import MACHINE, World

MINUTE = 60.0
FREEZES = ("/perennial/dev/flight-delay/frozen", "/perennial/dev/frozen")
ENDED_FROZEN = {"frozen", "left to the holder of the lock"}


@dataclass(frozen=True)
class Told:
    """A world after the case, and what must have come of it.

    Attributes:
        starts: When runs were started by the machine, in hours, to the minute.
        subjects: What people were told.
    """

    world: World
    starts: tuple[float, ...]
    subjects: tuple[str, ...] | None = None


Case = Callable[[], Iterator[Told]]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Puts a case into the table, under its name."""
    CASES[function.__name__.replace("_", " ")] = function
    return function


def rechecked(world: World, days: int) -> World:
    """Daily re-checks."""
    for day in range(1, days + 1):
        world.at(day * DAY, lambda: world.ask("re-check", "daily"))
    return world


RETRAINING = "Retraining: dev-flight-delay"


@case
def a_thousand_alarm_events_in_a_minute_with_duplicates() -> Iterator[Told]:
    world = World()
    world.rings()
    for number in range(1000):
        world.at(number % 600 / 10, lambda: world.ask("drift"))
    world.play(until=2 * MINUTE)
    assert sum(started.runs for started in world.started.values()) == 1
    world.at(20 * HOUR, world.falls_silent)
    world.play()
    yield Told(world, (0,), (RETRAINING,))


@case
def two_triggers_at_once_interleaved_at_every_state() -> Iterator[Told]:
    alone = World()
    alone.rings()
    alone.ask("drift")
    alone.play()
    length = len(next(iter(alone.started.values())).execution.visited)
    for moment, overtaking in product(range(length + 1), (True, False)):
        world = World()
        world.rings()
        first = world.ask("drift")
        for _ in range(moment):
            world.step(first)
        second = world.ask("person", "now")
        while overtaking and second.runs and second.wakes <= world.now:
            world.step(second)
        world.at(20 * HOUR, world.falls_silent)
        world.play()
        later = world.parameters[REQUEST][1] > world.runs[0].start
        yield Told(world, (0, 24) if later else (0,))


@case
def an_alarm_that_stays_in_alarm_through_a_cool_down() -> Iterator[Told]:
    world = World()
    world.train(started=-HOUR, lasts=HOUR / 2)
    world.rings()
    world.ask("drift")
    world.play()
    yield Told(world, (23,), (RETRAINING,))


@case
def an_alarm_that_goes_ok_while_somebody_waits() -> Iterator[Told]:
    world = World()
    world.train(started=-HOUR, lasts=HOUR / 2)
    world.rings()
    world.ask("drift")
    world.at(5 * HOUR, world.falls_silent)
    world.play()
    yield Told(world, (), ())


@case
def a_failed_gate() -> Iterator[Told]:
    world = rechecked(World(), days=3)
    world.rings()
    world.ask("drift")
    world.play()
    yield Told(world, (0, 24, 48, 72))


@case
def a_run_killed_in_the_middle() -> Iterator[Told]:
    world = rechecked(World(), days=1)
    world.rings()
    world.ask("drift")
    world.at(HOUR, lambda: setattr(world.runs[0], "ended", HOUR))
    world.play()
    yield Told(world, (0, 24))


@case
def an_execution_killed_at_every_state_and_then_a_re_check() -> Iterator[Told]:
    alone = World()
    alone.ask("person")
    alone.play()
    length = len(next(iter(alone.started.values())).execution.visited)
    for moment in range(1, length):
        world = rechecked(World(), days=1)
        first = world.ask("person", "now")
        for _ in range(moment):
            world.step(first)
        world.kill(first)
        begun = [run.start / HOUR for run in world.runs]
        world.play()
        yield Told(world, tuple(begun) or ((24,) if REQUEST in world.parameters else ()))


@case
def a_run_that_a_person_started_outside_is_in_flight() -> Iterator[Told]:
    world = World()
    world.train(lasts=5 * HOUR)
    world.rings()
    world.ask("drift", policy={"coolDownHours": 1, "runsPerDay": 2})
    world.play()
    [start] = [run.start for run in world.runs if run.by_the_machine]
    assert 5 * HOUR <= start <= 5 * HOUR + 5 * MINUTE
    yield Told(world, (round(start / HOUR, 2),))


@case
def a_request_that_a_run_outside_has_served_meanwhile() -> Iterator[Told]:
    world = World()
    world.train(started=-HOUR, lasts=HOUR / 2)
    world.ask("schedule")
    world.at(5 * HOUR, lambda: world.train(lasts=HOUR))
    world.play()
    yield Told(world, (), ())


@case
def the_cap_of_the_day_is_reached() -> Iterator[Told]:
    world = World()
    for started in (-10, -5):
        world.train(started=started * HOUR, lasts=HOUR)
    world.rings()
    world.ask("drift", policy={"coolDownHours": 1, "runsPerDay": 2})
    world.play()
    yield Told(world, (14,))


@case
def a_version_that_waits_for_approval() -> Iterator[Told]:
    world = rechecked(World(), days=3)
    world.rings()
    for hour in range(1, 6):
        world.at(hour * HOUR, lambda: world.ask("drift"))
    world.at(MINUTE, world.register)
    world.at(2.5 * DAY, world.falls_silent)
    world.play()
    yield Told(world, (), ("Waits for approval: dev-flight-delay",) * 2)


@case
def a_version_registered_before_the_alarm_answers_nothing() -> Iterator[Told]:
    world = World()
    world.register()
    world.at(HOUR, world.rings)
    world.at(HOUR, lambda: world.ask("drift"))
    world.play()
    yield Told(world, (1,), (RETRAINING,))


@case
def a_rejected_version_is_trained_for_again() -> Iterator[Told]:
    world = rechecked(World(), days=1)
    world.rings()
    world.at(MINUTE, lambda: world.register("Rejected"))
    world.play()
    yield Told(world, (24,))


def answered_by_a_version(stamp: str) -> World:
    """An alarm that stays in ALARM, and a version that was trained for it and approved."""
    world = rechecked(World(), days=3)
    world.rings()
    world.at(MINUTE, world.register)
    world.at(7 * HOUR, lambda: world.approve(stamp))
    return world


@case
def a_version_that_is_released_while_the_alarm_still_rings() -> Iterator[Told]:
    world = answered_by_a_version("released")
    world.at(24.5 * HOUR, world.falls_silent)
    world.play()
    yield Told(world, (), ())


@case
def a_drift_that_lasts_although_a_version_was_released_for_it() -> Iterator[Told]:
    world = answered_by_a_version("released")
    world.at(2.5 * DAY, world.falls_silent)
    world.play()
    yield Told(world, (48,), (RETRAINING,))


@case
def a_version_that_is_approved_and_was_not_released_yet() -> Iterator[Told]:
    world = answered_by_a_version("")
    world.at(2.5 * DAY, world.falls_silent)
    world.play()
    yield Told(world, (48,), (RETRAINING,))


@case
def a_version_whose_release_was_rolled_back() -> Iterator[Told]:
    world = answered_by_a_version("rolled back")
    world.at(1.5 * DAY, world.falls_silent)
    world.play()
    yield Told(world, (24,), (RETRAINING,))


@case
def an_alarm_that_rings_anew_after_a_release() -> Iterator[Told]:
    world = answered_by_a_version("released")
    world.at(10 * HOUR, world.falls_silent)
    world.at(20 * HOUR, world.rings)
    world.at(20 * HOUR, lambda: world.ask("drift"))
    world.at(22 * HOUR, world.falls_silent)
    world.play()
    yield Told(world, (20,), (RETRAINING,))


@case
def a_person_asks_although_a_version_waits() -> Iterator[Told]:
    world = World()
    world.rings()
    world.at(MINUTE, world.register)
    world.at(HOUR, lambda: world.ask("person"))
    world.play()
    yield Told(world, (1,), (RETRAINING,))


@case
def the_lock_of_a_dead_holder_is_taken_over_by_two_at_once() -> Iterator[Told]:
    for used_tokens in ("refused", "answered"):
        for moment in range(12):
            world = World(used_tokens=used_tokens)
            world.parameters[LOCK] = (f"{MACHINE}:dead", -DAY)
            if moment % 2:
                world.parameters[NOTE] = (f"{MACHINE}:somebody", -DAY)
            world.rings()
            first = world.ask("drift")
            for _ in range(moment):
                world.step(first)
            world.ask("person", "now")
            world.at(20 * HOUR, world.falls_silent)
            world.play()
            later = world.parameters[REQUEST][1] > world.runs[0].start
            yield Told(world, (0, 24) if later else (0,))


@case
def a_run_that_lasts_for_nine_days() -> Iterator[Told]:
    world = rechecked(World(), days=10)
    world.train(lasts=9 * DAY)
    world.rings()
    world.ask("drift")
    world.at(9.5 * DAY, world.falls_silent)
    world.play()
    [start] = [run.start for run in world.runs if run.by_the_machine]
    assert 9 * DAY <= start <= 9 * DAY + 5 * MINUTE
    yield Told(world, (round(start / HOUR, 2),))


@case
def a_delivery_of_two_hundred_files() -> Iterator[Told]:
    world = World()
    for number in range(200):
        world.at(number * 3, lambda: world.ask("data", "new data"))
    world.play()
    assert 15 <= world.runs[0].start / MINUTE <= 15.1
    yield Told(world, (0.25,), (RETRAINING,))


@case
def a_file_that_comes_after_the_run_has_begun() -> Iterator[Told]:
    world = World()
    world.ask("data", "new data")
    world.at(HOUR, lambda: world.ask("data", "one more file"))
    world.play()
    yield Told(world, (0.25, 24.25))


@case
def a_freeze_that_is_lifted_after_a_day() -> Iterator[Told]:
    for frozen in FREEZES:
        world = rechecked(World(), days=2)
        world.parameters[frozen] = ("sale, ann, today", 0)
        world.rings()
        world.ask("drift")
        world.ask("person", "now")
        world.play(until=25 * HOUR)
        assert not world.runs and not world.messages
        assert {s.execution.output["outcome"] for s in world.started.values()} <= ENDED_FROZEN
        del world.parameters[frozen]
        world.ask("re-check", "unfrozen")
        world.at(30 * HOUR, world.falls_silent)
        world.play()
        yield Told(world, (25,), (RETRAINING,))


@case
def a_freeze_that_comes_while_somebody_waits() -> Iterator[Told]:
    for frozen in FREEZES:
        world = World()
        world.train(started=-HOUR, lasts=HOUR / 2)
        world.ask("schedule")
        world.play(until=HOUR)
        world.parameters[frozen] = ("sale, ann, today", HOUR)
        world.play()
        assert [s.execution.output["outcome"] for s in world.started.values()] == ["frozen"]
        yield Told(world, (), ())


@case
def a_freeze_of_another_model_or_stage() -> Iterator[Told]:
    world = World()
    for name in ("/perennial/dev/churn/frozen", "/perennial/prod/frozen"):
        world.parameters[name] = ("sale, ann, today", 0)
    world.ask("person", "now")
    world.play()
    yield Told(world, (0,), (RETRAINING,))


@pytest.mark.parametrize("name", CASES)
def test_whatever_happens_a_run_at_a_time_and_every_execution_ends(name: str):
    for told in CASES[name]():
        world = told.world
        assert not [s for s in world.started.values() if s.runs]
        ends = [s.execution for s in world.started.values() if not s.killed]
        assert {end.status for end in ends} == {"SUCCEEDED"}, [end.cause for end in ends]
        assert "failed" not in {end.output["outcome"] for end in ends}, [end.output for end in ends]
        holder = world.parameters.get(LOCK, ("", 0))[0]
        assert holder == "" or world.started[holder].killed
        begun = [run.start / HOUR for run in world.runs if run.by_the_machine]
        assert begun == pytest.approx(told.starts, abs=1 / 60)
        if told.subjects is not None:
            assert tuple(message["Subject"] for message in world.messages) == told.subjects
