"""What a promotion does of what it finds: one execution at a time."""

from typing import Any

import pytest

from tests.promotion.names import EMPTY, SLOT, STAMP, slot_of
from tests.promotion.promote import promote, released
from tests.promotion.world import World
from tests.state_machines.machine import AwsError

WRITES = {"putParameter", "updateStack", "setStackPolicy", "updateModelPackage", "publish"}


def test_the_first_approved_version_is_released():
    world = World()
    world.register(1)
    execution = promote(world)
    assert (execution.status, execution.output["outcome"]) == ("SUCCEEDED", "released")
    assert world.serves() == 1
    assert world.parameters[SLOT] == slot_of(1)
    assert world.subjects() == ["Released: dev-flight-delay"]


def test_a_released_version_is_stamped_beside_its_other_properties():
    world = released(1)
    assert world.stamps[1].keys() == {"DataVersion", STAMP}
    assert world.stamps[1][STAMP].startswith("released 2026-11-24T")


def test_a_released_endpoint_can_be_neither_deleted_nor_replaced_by_an_update():
    world = released(1)
    allow, deny = world.policy["Statement"]
    assert (allow["Effect"], allow["Action"], allow["Resource"]) == ("Allow", "Update:*", "*")
    assert (deny["Effect"], deny["Action"]) == ("Deny", ["Update:Delete", "Update:Replace"])
    assert deny["Resource"] == ["LogicalResourceId/Endpoint3E4A"]


def test_the_newest_of_several_approved_versions_is_released():
    world = World()
    for version in (1, 2, 3):
        world.register(version)
    promote(world)
    assert world.serves() == 3
    assert world.actions().count("updateStack") == 1


def test_a_repeated_event_reads_and_writes_nothing():
    world = released(1)
    assert promote(world).output["outcome"] == "already serving"
    assert not WRITES & set(world.actions())


def test_a_pending_version_is_not_released():
    world = released(1)
    world.register(2, "PendingManualApproval")
    promote(world)
    assert world.serves() == 1


def test_rejecting_the_version_that_serves_brings_back_the_one_before():
    world = released(1, 2)
    world.approval[2] = "Rejected"
    promote(world)
    assert world.serves() == 1
    assert world.parameters[SLOT] == slot_of(1)


def test_a_version_that_does_not_start_is_rolled_back_and_the_old_one_still_serves():
    world = released(1)
    world.register(2)
    world.broken.add(2)
    execution = promote(world)
    assert (execution.status, execution.output["outcome"]) == ("SUCCEEDED", "rolled back")
    assert world.serves() == 1
    assert world.parameters[SLOT] == slot_of(1)
    assert world.stamps[2][STAMP].startswith("rolled back 2026-11-24T")
    assert world.subjects() == ["Rolled back: dev-flight-delay"]


def test_a_rolled_back_version_is_not_tried_again():
    world = released(1)
    world.register(2)
    world.broken.add(2)
    promote(world)
    world.calls.clear()
    assert promote(world).output["outcome"] == "already serving"
    assert "updateStack" not in world.actions()


@pytest.mark.parametrize("broken", [True, False])
def test_a_stamp_that_is_not_to_be_read_at_once_is_remembered(broken: bool):
    world = released(1)
    world.register(2)
    if broken:
        world.broken.add(2)
    world._updateModelPackage = lambda **given: given  # type: ignore[method-assign]
    promote(world)
    assert len(world.subjects()) == 1
    assert world.actions().count("updateModelPackage") == 1


def test_a_rolled_back_version_is_tried_again_when_a_person_removes_the_stamp():
    world = released(1)
    world.register(2)
    world.broken.add(2)
    promote(world)
    world.broken.clear()
    del world.stamps[2][STAMP]
    promote(world)
    assert world.serves() == 2


def test_a_rollback_that_cloudformation_did_not_notice_is_noticed_and_undone():
    world = released(1)
    world.register(2)
    world.silent.add(2)
    execution = promote(world)
    assert execution.output["outcome"] == "rolled back"
    assert world.serves() == 1
    assert world.endpoint is not None and world.endpoint["config"] == world.stack_config
    assert world.parameters[SLOT] == slot_of(1)


def test_a_first_release_that_fails_empties_the_slot():
    world = World()
    world.register(1)
    world.broken.add(1)
    assert promote(world).output["outcome"] == "rolled back"
    assert world.parameters[SLOT] == EMPTY
    assert world.endpoint is None
    assert world.subjects() == ["Rolled back: dev-flight-delay"]


def test_after_a_failed_release_an_older_approved_version_is_tried():
    world = World()
    world.register(1)
    world.register(2)
    world.broken.add(2)
    promote(world)
    assert world.serves() == 1
    assert world.subjects() == ["Rolled back: dev-flight-delay", "Released: dev-flight-delay"]


def test_with_no_approved_version_left_the_endpoint_stays_and_a_person_hears_of_it():
    world = released(1)
    world.approval[1] = "Rejected"
    execution = promote(world)
    assert execution.status == "SUCCEEDED"
    assert world.serves() == 1
    assert world.parameters[SLOT] == slot_of(1)
    assert world.subjects() == ["No approved version: dev-flight-delay"]


def test_a_rejected_version_stays_when_the_approved_one_fails():
    world = released(1)
    world.approval[1] = "Rejected"
    world.register(2)
    world.broken.add(2)
    promote(world)
    assert world.serves() == 1
    assert world.parameters[SLOT] == slot_of(1)


def test_with_nothing_approved_and_nothing_serving_nothing_happens():
    world = World()
    world.register(1, "Rejected")
    assert promote(world).status == "SUCCEEDED"
    assert not WRITES & set(world.actions())


def test_with_nothing_approved_a_missing_endpoint_does_not_empty_the_slot():
    world = released(1)
    world.approval[1] = "Rejected"
    world.endpoint = None
    execution = promote(world)
    assert execution.output["error"] == "Promotion.NotConverged"
    assert world.parameters[SLOT] == slot_of(1)


def test_approved_versions_are_looked_for_on_every_page():
    world = World(pages=2)
    for version in range(1, 6):
        world.register(version)
    for version in range(2, 6):
        world.stamps[version][STAMP] = "rolled back 2026-11-01T00:00:00.000Z"
    promote(world)
    assert world.serves() == 1


def test_a_package_without_baselines_leaves_none_in_the_slot(monkeypatch: pytest.MonkeyPatch):
    world = World()
    world.register(1)
    bare = {"ModelPackageArn": slot_of(1).partition(",")[0]}
    monkeypatch.setattr(world, "_describeModelPackage", lambda ModelPackageName: bare)
    promote(world)
    assert world.parameters[SLOT].endswith("/1,NONE")


FOLDER = "s3://artifacts/dev-loan/4x2f/Baseline/baseline"
OF_REQUESTS = {"ModelDataQuality": {"Constraints": {"S3Uri": f"{FOLDER}/constraints.json"}}}
OF_ANSWERS = {
    "ModelQuality": {"Constraints": {"S3Uri": f"{FOLDER}/model-quality/constraints.json"}},
    "Bias": {
        "ConfigFile": {"S3Uri": f"{FOLDER}/bias/analysis_config.json"},
        "PostTrainingConstraints": {"S3Uri": f"{FOLDER}/bias/constraints.json"},
    },
    "Explainability": {"Constraints": {"S3Uri": f"{FOLDER}/attribution/analysis.json"}},
}


@pytest.mark.parametrize(
    "baselines",
    [
        pytest.param(OF_REQUESTS, id="requests"),
        *(pytest.param({kind: OF_ANSWERS[kind]}, id=kind) for kind in OF_ANSWERS),
        pytest.param(OF_ANSWERS, id="all of answers"),
        pytest.param(OF_REQUESTS | OF_ANSWERS, id="requests and answers"),
    ],
)
def test_the_folder_of_all_baselines_is_found_by_whichever_a_version_has(
    baselines: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    world = World()
    world.register(1)
    described = {"ModelPackageArn": slot_of(1).partition(",")[0], "DriftCheckBaselines": baselines}
    monkeypatch.setattr(world, "_describeModelPackage", lambda ModelPackageName: described)
    promote(world)
    assert world.parameters[SLOT].endswith(f"/1,{FOLDER}")


def test_a_deploy_that_is_under_way_is_waited_out():
    world = released(1)
    world.register(2)
    world.deploy()
    promote(world)
    assert world.serves() == 2


def test_a_repeated_event_during_a_deploy_judges_only_what_the_deploy_leaves():
    world = released(1)
    world.deploy()
    execution = promote(world)
    assert execution.visited.index("Wait") < execution.visited.index("Look for the endpoint")
    assert execution.output["outcome"] == "already serving"


@pytest.mark.parametrize("status", ["Updating", "SystemUpdating", "RollingBack"])
def test_an_endpoint_that_changes_is_waited_out_under_the_lock(status: str):
    world = released(1)
    assert world.endpoint is not None
    world.endpoint["status"] = status

    def come_to_rest() -> None:
        world.endpoint = {"status": "InService", "config": "config-1"}

    world.on_wait = come_to_rest
    execution = promote(world)
    assert execution.output["outcome"] == "already serving"
    assert execution.visited.index("Take the lock") < execution.visited.index("Wait")


def test_a_deploy_that_slips_in_before_the_update_is_waited_out():
    world = released(1)
    world.register(2)
    put = world._putParameter

    def put_and_deploy(**arguments: str) -> object:
        if arguments["Name"] == SLOT:
            world.deploy()
        return put(**arguments)

    world._putParameter = put_and_deploy  # type: ignore[method-assign]
    assert promote(world).status == "SUCCEEDED"
    assert world.serves() == 2
    assert world.stamps[2][STAMP].startswith("released")


def test_an_update_that_is_throttled_is_tried_again():
    world = released(1)
    world.register(2)
    world.refusals["updateStack"] = [
        AwsError("CloudFormation.CloudFormationException", "Rate exceeded (Status Code: 400)")
    ]
    promote(world)
    assert world.serves() == 2


def test_a_release_whose_execution_died_before_the_stamp_is_stamped_by_the_next():
    world = released(1)
    del world.stamps[1][STAMP]
    assert promote(world).output["outcome"] == "released"
    assert STAMP in world.stamps[1]
    assert "updateStack" not in world.actions()


def test_a_slot_that_names_a_version_released_before_is_followed_after_a_crash():
    world = released(1, 2)
    world.approval[2] = "Rejected"
    world.parameters[SLOT] = slot_of(1)
    promote(world)
    assert world.serves() == 1


@pytest.mark.parametrize("stamped", [True, False])
def test_an_endpoint_on_another_config_than_the_stack_says_is_brought_to_it(stamped: bool):
    world = released(1)
    world.resolved = slot_of(2)
    world.stack_config = world.config(slot_of(2).partition(",")[0])
    if not stamped:
        del world.stamps[1][STAMP]
    assert promote(world).status == "SUCCEEDED"
    assert world.serves() == 1
    assert world.endpoint is not None and world.endpoint["config"] == world.stack_config


def test_a_slot_that_was_put_by_an_execution_that_died_is_followed():
    world = released(1)
    world.register(2)
    world.parameters[SLOT] = slot_of(2)
    promote(world)
    assert world.serves() == 2
