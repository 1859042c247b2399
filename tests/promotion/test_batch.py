"""A model that scores batches: promoted, proved by a run, taken back when its runs fail."""

import pytest

from tests.promotion.batches import BATCHES, PIPELINE, BatchWorld, released
from tests.promotion.names import LOCK, SLOT, STAMP, arn_of, slot_of
from tests.promotion.promote import promote

BEFORE_PROD = {**BATCHES, "next": "Prod"}


def serving(*versions: int) -> BatchWorld:
    """A world in which versions were released one after the other, each with a run that scored."""
    world = released()
    for version in versions:
        world.register(version)
        assert promote(world, BATCHES).output["outcome"] == "released"
        world.run()
    world.messages.clear()
    world.calls.clear()
    return world


def test_the_newest_approved_version_scores_the_next_batch():
    world = released(1, 2)
    output = promote(world, BATCHES).output
    assert output == {"outcome": "released", "package": arn_of(2), "config": "model-1"}
    assert world.serves() == 2
    assert world.parameters[SLOT] == slot_of(2)
    assert world.stamps[2][STAMP].startswith("released ")
    assert world.subjects() == ["Released: dev-flight-delay"]


def test_nothing_is_asked_of_endpoints():
    world = serving(1)
    promote(world, BATCHES)
    assert not [action for action in world.actions() if "Endpoint" in action]


def test_the_pipeline_can_not_be_deleted_or_replaced_by_an_update_of_its_stack():
    world = serving(1)
    [_, denied] = world.policy["Statement"]
    assert denied["Effect"] == "Deny"
    assert denied["Resource"] == ["LogicalResourceId/Pipeline3E4A"]


def test_a_version_whose_update_fails_is_rolled_back():
    world = serving(1)
    world.register(2)
    world.broken = {2}
    assert promote(world, BATCHES).output["outcome"] == "rolled back"
    assert world.serves() == 1
    assert world.parameters[SLOT] == slot_of(1)


def test_a_release_before_its_first_batch_waits_for_nothing():
    world = released(1)
    assert promote(world, BEFORE_PROD).output["outcome"] == "released"
    assert 60 not in world.slept
    assert not world.life_cycle


def test_a_run_with_nothing_to_score_proves_nothing():
    world = released(1)
    promote(world, BEFORE_PROD)
    world.run(None)
    promote(world, BEFORE_PROD)
    assert not world.life_cycle


def test_a_run_that_scored_a_batch_proves_its_version():
    world = released(1)
    promote(world, BEFORE_PROD)
    world.run()
    assert promote(world, BEFORE_PROD).output["outcome"] == "already serving"
    assert world.life_cycle[1] == {
        "Stage": "Prod",
        "StageStatus": "PendingApproval",
        "StageDescription": "Serves in dev by config model-1 and has scored a batch",
    }


def test_a_run_before_the_release_proves_nothing_of_it():
    world = serving(1)
    world.register(2)
    promote(world, BEFORE_PROD)
    assert 2 not in world.life_cycle


def test_a_failed_run_takes_its_version_back_and_the_one_before_scores_its_window_again():
    world = serving(1)
    world.register(2)
    promote(world, BATCHES)
    world.run("Failed", window="2026-11-24T00:10:00Z")

    assert promote(world, BATCHES).output["outcome"] == "released"

    assert world.serves() == 1
    assert world.parameters[SLOT] == slot_of(1)
    assert world.stamps[2][STAMP].startswith("rolled back ")
    assert world.started == ["2026-11-24T00:10:00Z"]
    assert world.subjects()[-2:] == ["Rolled back: dev-flight-delay", "Released: dev-flight-delay"]
    told = world.messages[-2]["Message"]
    assert f"A run of {PIPELINE} failed to score with {arn_of(2)}" in told
    assert "until 2026-11-24T00:10:00Z again" in told
    assert LOCK not in world.parameters


def test_what_was_taken_back_is_not_tried_again():
    world = serving(1)
    world.register(2)
    promote(world, BATCHES)
    world.run("Failed")
    promote(world, BATCHES)

    assert promote(world, BATCHES).output["outcome"] == "already serving"

    assert world.serves() == 1
    assert len(world.started) == 1


def test_a_window_that_a_person_left_open_is_the_one_before_the_start():
    world = serving(1)
    world.register(2)
    promote(world, BATCHES)
    run = world.run("Failed", window="now")
    promote(world, BATCHES)
    assert world.started == [run.start]


def test_the_newest_failed_window_is_scored_again():
    world = serving(1)
    world.register(2)
    promote(world, BATCHES)
    world.run("Failed", window="2026-11-24T00:10:00Z")
    world.run(None, window="2026-11-24T01:10:00Z")
    world.run("Failed", window="2026-11-24T02:10:00Z")
    promote(world, BATCHES)
    assert world.started == ["2026-11-24T02:10:00Z"]


def test_gathering_that_fails_is_no_fault_of_the_version():
    world = serving(1)
    world.register(2)
    promote(world, BATCHES)
    world.run(None).status = "Failed"
    promote(world, BATCHES)
    assert world.serves() == 2
    assert world.started == []


@pytest.mark.parametrize("order", [("Succeeded", "Failed"), ("Failed", "Succeeded")])
def test_a_version_that_has_scored_a_batch_stays_whatever_fails(order: tuple[str, str]):
    world = serving(1)
    world.register(2)
    promote(world, BATCHES)
    for score in order:
        world.run(score)
    assert promote(world, BATCHES).output["outcome"] == "already serving"
    assert world.serves() == 2


def test_what_fails_after_twenty_runs_is_no_fault_of_the_release():
    world = serving(1)
    world.register(2)
    promote(world, BATCHES)
    for _ in range(20):
        world.run(None)
    world.run("Failed")
    promote(world, BATCHES)
    assert world.serves() == 2
    assert world.started == []


def test_a_first_version_that_fails_stays_until_there_is_another():
    world = released(1)
    promote(world, BATCHES)
    world.run("Failed")

    assert promote(world, BATCHES).output["outcome"] == "rolled back"

    assert world.serves() == 1
    assert world.started == []
    assert world.stamps[1][STAMP].startswith("rolled back ")
    assert world.subjects()[-1] == "No approved version: dev-flight-delay"
    world.register(2)
    promote(world, BATCHES)
    assert world.serves() == 2


def test_a_frozen_model_is_not_taken_back():
    world = serving(1)
    world.register(2)
    promote(world, BATCHES)
    world.run("Failed")
    world.parameters["/perennial/dev/flight-delay/frozen"] = "by hand"
    assert promote(world, BATCHES).output["outcome"] == "frozen"
    assert world.serves() == 2


def test_who_does_not_hold_the_lock_takes_nothing_back():
    world = serving(1)
    world.register(2)
    promote(world, BATCHES)
    world.run("Failed")
    holder = "arn:aws:states:us-east-1:123456789012:execution:dev-promotion:other"
    world.executions[holder] = "RUNNING"
    world.parameters[LOCK] = holder
    assert promote(world, BATCHES).output["outcome"] == "left to the holder of the lock"
    assert world.serves() == 2
    assert world.stamps[2][STAMP].startswith("released ")


def test_models_that_neither_serve_nor_served_last_are_deleted():
    world = serving(1, 2)
    foreign = world.config(arn_of(9), endpoint="another")
    world.register(3)
    promote(world, BATCHES)
    assert set(world.models) == {"model-3", world.endpoint["config"], foreign}  # type: ignore[index]
    assert set(world.models.values()) == {arn_of(2), arn_of(3), arn_of(9)}
