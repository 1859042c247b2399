"""Many executions in random turns: what holds whatever order things happen in."""

import random

import pytest

from tests.retraining.names import DAY, HOUR, LOCK
from tests.retraining.world import MACHINE, World

DAYS = 6
TRIGGERS = ("drift", "drift", "data", "schedule", "person")


def a_week(seed: int) -> tuple[World, list[float]]:
    """Events, people, runs outside and re-checks at random times; when somebody asked for a run."""
    chance = random.Random(seed)
    world = World(
        lasts=chance.uniform(0.1, 30) * HOUR,
        allowed=chance.randint(1, 4),
        used_tokens=chance.choice(["refused", "answered"]),
        chance=chance,
    )
    policy = {"coolDownHours": chance.choice([1, 3, 24, 40]), "runsPerDay": world.allowed}
    asked: list[float] = []

    def ask(trigger: str) -> None:
        for _ in range(chance.choice([1, 1, 2, 5])):
            world.ask(trigger, policy=policy)
        if trigger not in ("drift", "re-check"):
            asked.append(world.now)

    if chance.random() < 0.3:
        world.parameters[LOCK] = (f"{MACHINE}:dead", -DAY)
    for _ in range(chance.randint(5, 25)):
        when, trigger = chance.uniform(0, (DAYS - 1) * DAY), chance.choice(TRIGGERS)
        world.at(when, lambda trigger=trigger: ask(trigger))  # type: ignore[misc]
    _outside_events(world, chance)
    for day in range(1, DAYS + 12):
        world.at(day * DAY, lambda: ask("re-check"))
    return world, asked


def _outside_events(world: World, chance: random.Random) -> None:
    for _ in range(chance.randint(0, 6)):
        world.at(chance.uniform(0, DAYS * DAY), chance.choice([world.rings, world.falls_silent]))
        world.at(chance.uniform(0, DAYS * DAY), world.register)
    if chance.random() < 0.5:
        world.at(chance.uniform(0, DAYS * DAY), lambda: world.train(lasts=HOUR))
    world.at(DAYS * DAY, world.falls_silent)


@pytest.mark.parametrize("seed", range(8))
def test_nobody_who_asked_is_forgotten_and_nothing_runs_twice(seed: int):
    world, asked = a_week(seed)
    world.play()
    assert {s.execution.status for s in world.started.values()} == {"SUCCEEDED"}
    assert LOCK not in world.parameters
    last = max((run.start for run in world.runs), default=0.0)
    assert all(moment < last for moment in asked)


@pytest.mark.parametrize("seed", range(8))
def test_executions_that_die_at_any_step_take_nothing_with_them(seed: int):
    world, asked = a_week(seed)
    world.play(until=DAYS * DAY, deaths=0.02)
    world.play()
    assert {s.execution.status for s in world.started.values()} <= {"SUCCEEDED", "ABORTED"}
    written = world.parameters.get("/perennial/dev/flight-delay/retraining/request", ("", 0.0))[1]
    last = max((run.start for run in world.runs), default=0.0)
    assert not asked or written <= last


def test_the_world_would_notice_a_second_run_in_flight_and_one_too_many():
    world = World(allowed=1)
    run = world._run({})
    with pytest.raises(AssertionError, match="two runs in flight"):
        world._run({})
    run.ended = world.now
    with pytest.raises(AssertionError, match="more runs in a day"):
        world._run({})
