"""While a person has frozen a model or its stage nothing changes, and nothing is lost."""

import pytest

from tests.promotion.names import LOCK, NOTE, SLOT, STAMP, slot_of
from tests.promotion.promote import promote, released, start
from tests.promotion.world import World

OF_THE_MODEL = "/perennial/dev/flight-delay/frozen"
OF_THE_STAGE = "/perennial/dev/frozen"
WHY = "holiday sale, ann, 2026-11-24"
OWN = {LOCK, NOTE}
"""What a frozen execution may still write: the lock it gives back."""


def freeze(world: World, name: str = OF_THE_MODEL) -> None:
    world.parameters[name] = WHY


def changes(world: World) -> list[str]:
    """Calls that change anything but the lock and its note."""
    reads = ("describe", "get", "list")
    return [
        action
        for action, given in world.calls
        if not action.startswith(reads) and not ({given.get("Name"), *given.get("Names", [])} & OWN)
    ]


@pytest.mark.parametrize("name", [OF_THE_MODEL, OF_THE_STAGE])
def test_a_frozen_model_is_left_as_it_is(name: str):
    world = released(1)
    world.register(2)
    freeze(world, name)
    execution = promote(world)
    assert (execution.status, execution.output["outcome"]) == ("SUCCEEDED", "frozen")
    assert changes(world) == []
    assert (world.serves(), world.parameters[SLOT]) == (1, slot_of(1))


def test_both_freezes_and_the_slot_are_one_call():
    world = released(1)
    promote(world)
    [names] = [given["Names"] for action, given in world.calls if SLOT in given.get("Names", [])]
    assert names == [SLOT, OF_THE_MODEL, OF_THE_STAGE]


def test_a_freeze_of_another_model_is_none():
    world = released(1)
    world.register(2)
    freeze(world, "/perennial/dev/churn/frozen")
    freeze(world, "/perennial/prod/frozen")
    promote(world)
    assert world.serves() == 2


def test_nobody_is_told_however_often_it_looks():
    world = released(1)
    world.approval[1] = "Rejected"
    freeze(world)
    for _ in range(3):
        promote(world)
    assert world.messages == []


def test_what_was_approved_meanwhile_is_released_when_the_freeze_is_gone():
    world = released(1)
    world.register(2)
    freeze(world)
    promote(world)
    del world.parameters[OF_THE_MODEL]
    assert promote(world).output["outcome"] == "released"
    assert world.serves() == 2


def states_of_a_release(world: World) -> int:
    return len(start(world).run().visited)


def releasing(case: str) -> World:
    world = released(1)
    world.register(2)
    {"good": set(), "broken": world.broken, "silent": world.silent}[case].add(2)
    return world


EVERY = 4
"""Of the moments of a release so many are one by day; the others are the night's."""
MOMENTS = [
    pytest.param(case, moment, marks=[pytest.mark.nightly] if moment % EVERY else [])
    for case in ("good", "broken", "silent")
    for moment in range(states_of_a_release(releasing(case)) + 1)
]


@pytest.mark.parametrize(("case", "moment"), MOMENTS)
def test_a_freeze_at_any_moment_stops_it_within_the_round_and_what_follows_mends_all(
    case: str, moment: int
):
    world = releasing(case)
    execution = start(world, "first")
    steps = execution.steps()
    for _ in range(moment):
        next(steps, None)
    freeze(world)
    looked = execution.visited.count("Read the slot")
    world.calls.clear()
    for _ in steps:
        pass
    world.executions[execution.arn] = execution.status
    # The round that looked before the freeze ends; each later one only looks.
    assert execution.visited.count("Read the slot") - looked <= 2
    assert changes(world).count("updateStack") <= 1
    assert LOCK not in world.parameters
    assert "IN_PROGRESS" not in world.status
    assert world.serves() in (1, 2)

    # What came of an update is not left to guesses, or a version that failed is tried again.
    told, tried = list(world.messages), list(world.tried)
    stamp = world.stamps[2].get(STAMP, "")
    assert [m["Subject"].lower().partition(":")[0] for m in told] == (
        [stamp.rpartition(" ")[0]] if tried else []
    )
    world.calls.clear()
    assert promote(world).output["outcome"] == "frozen"
    assert (changes(world), world.messages) == ([], told)

    del world.parameters[OF_THE_MODEL]
    promote(world)
    served = 2 if case == "good" else 1
    assert (world.serves(), world.parameters[SLOT]) == (served, slot_of(served))
    word = "released" if case == "good" else "rolled back"
    assert world.stamps[2][STAMP].startswith(word)
    assert len([m for m in world.messages if arn_is_told(m)]) == 1
    assert world.tried.count(2) == 1


def arn_is_told(message: dict[str, str]) -> bool:
    return message["Subject"].startswith(("Released", "Rolled back"))


@pytest.mark.parametrize("name", [OF_THE_MODEL, OF_THE_STAGE])
def test_of_a_release_that_ends_frozen_people_hear_and_nothing_is_swept(name: str):
    world = released(1, 2)
    configs = set(world.configs)
    world.register(3)
    world.on_wait = lambda: freeze(world, name)
    assert promote(world).output["outcome"] == "frozen"
    assert world.serves() == 3
    assert world.subjects() == ["Released: dev-flight-delay"]
    assert configs < world.configs.keys()


def test_a_disagreement_that_no_version_is_to_blame_for_waits_for_the_end_of_the_freeze():
    world = released(1)
    world.endpoint = None
    world.on_call = lambda action, given: freeze(world) if action == "updateStack" else None
    assert promote(world).output["outcome"] == "frozen"
    assert world.messages == []


def test_an_execution_that_waits_out_a_deploy_ends_frozen_and_lets_go():
    world = released(1)
    world.register(2)
    world.deploy()
    world.on_wait = lambda: freeze(world)
    assert promote(world).output["outcome"] == "frozen"
    assert LOCK not in world.parameters


def test_an_unfreeze_that_comes_while_the_lock_is_still_held_is_not_lost():
    alone = released(1)
    freeze(alone)
    alone.deploy()
    for moment in range(states_of_a_release(alone) + 1):
        world = released(1)
        world.register(2)
        freeze(world)
        world.deploy()
        first = start(world, "first")
        steps = first.steps()
        for _ in range(moment):
            next(steps, None)
        world.executions[first.arn] = first.status
        del world.parameters[OF_THE_MODEL]
        second = start(world, "second").run()
        world.executions[second.arn] = second.status
        for _ in steps:
            pass
        assert world.serves() == 2, moment
