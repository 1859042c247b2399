"""The monitoring stack follows what serves, and never costs a release."""

import random
from typing import Any

import pytest

from tests.promotion.names import ENDPOINT, LOCK, MONITORING, NOTE, WATCHED, arn_of
from tests.promotion.promote import promote, released, start
from tests.promotion.test_lock import interleave
from tests.promotion.world import World
from tests.state_machines.machine import AwsError

CHANGES = {"putParameter", "updateStack", "putMetricData", "publish"}
BEHIND = "Monitoring needs a person: dev-flight-delay"


def watching(version: int, *, update: str = "UPDATE_COMPLETE") -> dict[str, str]:
    return {"status": "UPDATE_COMPLETE", "package": arn_of(version), "update": update}


def with_monitors(*versions: int, **monitoring: Any) -> World:
    world = released(*versions)
    world.monitoring = watching(versions[-1]) | monitoring
    return world


def updates(world: World) -> list[str]:
    return [given["StackName"] for name, given in world.calls if name == "updateStack"]


def test_after_a_release_the_new_version_is_watched():
    world = with_monitors(1)
    world.register(2)
    execution = promote(world, WATCHED)
    assert execution.output["outcome"] == "released"
    assert world.monitoring is not None and world.monitoring["package"] == arn_of(2)
    assert updates(world)[-1] == MONITORING
    assert world.subjects() == ["Released: dev-flight-delay"]


def test_a_release_is_a_heartbeat_of_each_monitor():
    world = with_monitors(1)
    world.register(2)
    promote(world, WATCHED)
    assert world.beats == [
        {"Endpoint": ENDPOINT, "Monitor": "data-quality"},
        {"Endpoint": ENDPOINT, "Monitor": "bias"},
    ]
    assert world.actions().index("putMetricData") < len(world.calls) - 1 - world.actions()[
        ::-1
    ].index("updateStack")


def test_a_repeated_event_changes_nothing():
    world = with_monitors(1)
    assert promote(world, WATCHED).output["outcome"] == "already serving"
    assert not CHANGES & set(world.actions())


def test_a_model_without_monitors_has_no_stack_to_look_at():
    world = released(1)
    world.register(2)
    promote(world)
    assert MONITORING not in updates(world)
    assert not world.beats


def test_what_a_promotion_that_died_has_left_is_mended_by_the_next():
    world = with_monitors(1, 2, package=arn_of(1))
    assert promote(world, WATCHED).output["outcome"] == "already serving"
    assert world.monitoring is not None and world.monitoring["package"] == arn_of(2)
    assert updates(world) == [MONITORING]


def test_a_stack_that_watches_nothing_yet_is_updated_after_the_first_release():
    world = World()
    world.monitoring = watching(1) | {"package": "NONE"}
    world.register(1)
    promote(world, WATCHED)
    assert world.monitoring["package"] == arn_of(1)


def test_with_nothing_serving_nothing_is_watched():
    world = World()
    world.monitoring = watching(1) | {"package": "NONE"}
    promote(world, WATCHED)
    assert not CHANGES & set(world.actions())


def test_a_monitoring_stack_that_is_not_deployed_yet_is_no_failure():
    world = released(1)
    world.register(2)
    execution = promote(world, WATCHED)
    assert (execution.status, execution.output["outcome"]) == ("SUCCEEDED", "released")
    assert world.subjects() == ["Released: dev-flight-delay"]


@pytest.mark.parametrize("update", ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"])
def test_an_update_that_fails_is_told_once_and_the_release_stands(update: str):
    world = with_monitors(1, update=update)
    world.register(2)
    execution = promote(world, WATCHED)
    assert execution.output["outcome"] == "released"
    assert world.serves() == 2
    assert world.subjects() == ["Released: dev-flight-delay", BEHIND]
    assert f"is in {update}" in world.messages[-1]["Message"]
    assert f"watches {arn_of(1)}" in world.messages[-1]["Message"]
    assert updates(world).count(MONITORING) == 1
    assert LOCK not in world.parameters


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_FAILED", "ROLLBACK_COMPLETE"])
def test_a_stack_that_is_stuck_is_told_and_not_updated(status: str):
    world = with_monitors(1, status=status)
    world.register(2)
    assert promote(world, WATCHED).output["outcome"] == "released"
    assert world.subjects()[-1] == BEHIND
    assert MONITORING not in updates(world)


def test_a_note_left_meanwhile_does_not_make_it_try_again():
    world = with_monitors(1, update="UPDATE_ROLLBACK_COMPLETE")
    world.register(2)

    def leave_a_note() -> None:
        world.parameters[NOTE] = "someone"

    world.on_wait = leave_a_note
    promote(world, WATCHED)
    assert updates(world).count(MONITORING) == 1
    assert world.subjects().count(BEHIND) == 1


def test_a_deploy_of_the_stack_that_is_under_way_is_waited_out_under_the_lock():
    world = with_monitors(1, 2, package=arn_of(1), status="UPDATE_IN_PROGRESS")
    execution = promote(world, WATCHED)
    assert execution.visited.index("Take the lock") < execution.visited.index("Wait for monitoring")
    assert world.monitoring is not None and world.monitoring["package"] == arn_of(2)
    assert not world.beats


def test_a_deploy_that_slips_in_before_the_update_is_waited_out():
    world = with_monitors(1, 2, package=arn_of(1))
    put = world._putMetricData

    def beat_and_deploy(**arguments: Any) -> Any:
        assert world.monitoring is not None
        world.monitoring["status"] = "UPDATE_IN_PROGRESS"
        return put(**arguments)

    world._putMetricData = beat_and_deploy  # type: ignore[method-assign]
    promote(world, WATCHED)
    assert world.monitoring is not None and world.monitoring["package"] == arn_of(2)
    assert not world.messages


def test_a_stack_that_never_comes_to_rest_is_told_after_two_hours():
    world = with_monitors(1, 2, package=arn_of(1), update="UPDATE_IN_PROGRESS")
    assert promote(world, WATCHED).status == "SUCCEEDED"
    assert world.subjects() == [BEHIND]
    assert 1.8 * 3600 < sum(world.slept) < 2.2 * 3600


@pytest.mark.parametrize("action", ["putMetricData", "updateStack", "describeStacks"])
def test_an_error_of_aws_is_told_and_the_promotion_succeeds(action: str):
    world = with_monitors(1, 2, package=arn_of(1))
    denied = AwsError("CloudFormation.CloudFormationException", "not authorized")
    original = getattr(world, f"_{action}")

    def refuse(**arguments: Any) -> Any:
        if action == "putMetricData" or arguments["StackName"] == MONITORING:
            raise denied
        return original(**arguments)

    setattr(world, f"_{action}", refuse)
    execution = promote(world, WATCHED)
    assert execution.output["outcome"] == "already serving"
    assert world.subjects() == [BEHIND]
    assert "not authorized" in world.messages[0]["Message"]


def test_what_can_not_be_told_does_not_fail_the_release():
    world = with_monitors(1, 2, package=arn_of(1), status="UPDATE_FAILED")
    world.refusals["publish"] = [AwsError("Sns.KmsDisabledException", "no key")] * 5
    assert promote(world, WATCHED).status == "SUCCEEDED"


def test_a_version_that_was_rolled_back_is_not_watched():
    world = with_monitors(1)
    world.register(2)
    world.broken.add(2)
    promote(world, WATCHED)
    assert world.monitoring is not None and world.monitoring["package"] == arn_of(1)
    assert not world.beats


def test_several_at_once_end_with_the_newest_version_watched():
    for seed in range(8):
        world = with_monitors(1)
        world.register(2)
        chance = random.Random(seed)
        pair = [start(world, name, WATCHED) for name in ("first", "second")]
        interleave(world, pair, chance, rounds=chance.randrange(120))
        world.register(3)
        interleave(world, [*pair, start(world, "third", WATCHED)], chance)
        assert world.serves() == 3, seed
        assert world.monitoring is not None and world.monitoring["package"] == arn_of(3), seed
        assert BEHIND not in world.subjects(), seed
