"""Two executions at once, at every point where one may overtake the other."""

import random
from collections.abc import Iterator

import pytest

from tests.promotion.names import LOCK, NOTE, SLOT, slot_of
from tests.promotion.promote import promote, released, start
from tests.promotion.world import World
from tests.state_machines.machine import AwsError, Execution


def finish(world: World, execution: Execution, steps: Iterator[str]) -> None:
    for _ in steps:
        pass
    world.executions[execution.arn] = execution.status


def run_with_event_after(moment: int) -> tuple[World, Execution, Execution]:
    """Version 3 is approved, and starts a second execution, ``moment`` states into the first."""
    world = released(1)
    world.register(2)
    first = start(world, "first")
    steps = first.steps()
    for _ in range(moment):
        next(steps, None)
    if first.status != "RUNNING":
        world.executions[first.arn] = first.status
    world.register(3)
    second = start(world, "second")
    finish(world, second, second.steps())
    finish(world, first, steps)
    return world, first, second


def states_of_a_release() -> int:
    world = released(1)
    world.register(2)
    return len(promote(world).visited)


EVERY = 4
"""Of the moments of a release so many are one by day; the others are the night's."""


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(moment, marks=[pytest.mark.nightly] if moment % EVERY else [])
        for moment in range(states_of_a_release() + 2)
    ],
)
def test_an_approval_at_any_moment_of_a_release_is_not_lost(moment: int):
    world, first, second = run_with_event_after(moment)
    assert (first.status, second.status) == ("SUCCEEDED", "SUCCEEDED")
    assert world.serves() == 3
    assert LOCK not in world.parameters


def test_two_at_once_end_as_one_release():
    for seed in range(25):
        world = released(1)
        world.register(2)
        pair = [start(world, "first"), start(world, "second")]
        interleave(world, pair, random.Random(seed))
        assert world.serves() == 2, seed
        assert world.actions().count("updateStack") == 1, seed
        assert world.subjects() == ["Released: dev-flight-delay"], seed
        assert LOCK not in world.parameters, seed


def test_three_at_once_and_an_approval_meanwhile_end_with_the_newest():
    for seed in range(25):
        world = released(1)
        world.register(2)
        chance = random.Random(seed)
        pair = [start(world, "first"), start(world, "second")]
        interleave(world, pair, chance, rounds=chance.randrange(80))
        world.register(3)
        interleave(world, [*pair, start(world, "third")], chance)
        assert world.serves() == 3, seed


def interleave(
    world: World, executions: list[Execution], chance: random.Random, rounds: int | None = None
) -> None:
    """Runs ``executions`` in random turns, to the end or for a number of ``rounds``."""
    for execution in executions:
        if not hasattr(execution, "turns"):
            execution.turns = execution.steps()  # type: ignore[attr-defined]
    while any(running := [e for e in executions if e.status == "RUNNING"]):
        if rounds is not None and (rounds := rounds - 1) < 0:
            return
        execution = chance.choice(running)
        next(execution.turns, None)  # type: ignore[attr-defined]
        world.executions[execution.arn] = execution.status


def test_who_finds_the_lock_held_leaves_a_note_and_ends():
    world = released(1)
    world.register(2)
    holder = "arn:aws:states:us-east-1:123456789012:execution:dev-promotion:busy"
    world.executions[holder] = "RUNNING"
    world.parameters[LOCK] = holder
    execution = promote(world)
    assert execution.output == {"outcome": "left to the holder of the lock", "holder": holder}
    assert world.parameters[NOTE] == execution.arn
    assert "updateStack" not in world.actions()


@pytest.mark.parametrize("status", ["FAILED", "ABORTED", "TIMED_OUT", "SUCCEEDED", None])
def test_a_lock_whose_execution_runs_no_longer_is_taken_over(status: str | None):
    world = released(1)
    world.register(2)
    dead = "arn:aws:states:us-east-1:123456789012:execution:dev-promotion:dead"
    if status:
        world.executions[dead] = status
    world.parameters[LOCK] = dead
    assert promote(world).output["outcome"] == "released"
    assert world.serves() == 2
    assert LOCK not in world.parameters


def test_two_that_take_over_the_lock_of_a_dead_execution_end_with_the_approved_version():
    for seed in range(25):
        world = released(1)
        world.register(2)
        world.parameters[LOCK] = "arn:aws:states:us-east-1:1:execution:dev-promotion:dead"
        pair = [start(world, "first"), start(world, "second")]
        interleave(world, pair, random.Random(seed))
        assert world.serves() == 2, seed
        assert world.parameters[SLOT] == slot_of(2), seed


def test_a_lock_that_is_freed_before_its_holder_is_read_is_taken():
    world = released(1)
    world.register(2)
    world.refusals["putParameter"] = [AwsError("Ssm.ParameterAlreadyExistsException", "exists")]
    promote(world)
    assert world.serves() == 2


def test_a_note_left_during_a_release_is_honoured_without_letting_go():
    world = released(1)
    world.register(2)

    def leave_a_note() -> None:
        world.parameters[NOTE] = "someone"

    world.on_wait = leave_a_note
    execution = promote(world)
    assert execution.visited.count("Clear the note") == 2
    assert world.actions().count("deleteParameters") == 1
    assert world.parameters[NOTE] == "NONE"


def test_a_lock_that_was_taken_although_the_answer_was_lost_is_ours():
    world = released(1)
    world.register(2)
    execution = start(world, "first")
    world.parameters[LOCK] = execution.arn
    execution.run()
    assert world.serves() == 2
