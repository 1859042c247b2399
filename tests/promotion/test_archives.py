"""A model whose requests name a version: its archive is copied, asked, and named by the slot."""

import json
from typing import Any

import pytest

from tests.promotion.archives import NAMED, ArchiveWorld, approved, key_of
from tests.promotion.names import EMPTY, ENDPOINT, GROUP, LOCK, SLOT, STAMP, arn_of, slot_of
from tests.promotion.promote import promote, start
from tests.state_machines.machine import AwsError

BEFORE_PROD = {**NAMED, "next": "Prod"}
WRITES = {"putParameter", "copyObject", "invoke", "updateModelPackage", "updateStack", "publish"}
LOADING = AwsError("ModelNotReadyException", "the endpoint is still loading the target model")


def serving(*versions: int) -> ArchiveWorld:
    """A world in which versions were released one after the other."""
    world = approved()
    for version in versions:
        world.register(version)
        assert promote(world, NAMED).output["outcome"] == "released"
    for seen in (world.messages, world.calls, world.probed, world.slept):
        seen.clear()
    return world


def test_the_newest_approved_version_is_copied_asked_and_then_named():
    world = approved(1, 2)
    output = promote(world, NAMED).output
    assert output == {"outcome": "released", "package": arn_of(2), "config": "2.tar.gz"}
    assert world.parameters[SLOT] == slot_of(2)
    assert world.archives == {key_of(2): 2}
    assert world.probed == [2]
    assert world.stamps[2][STAMP].startswith("released ")
    assert world.subjects() == ["Released: dev-flight-delay"]
    order = [action for action in world.actions() if action in ("copyObject", "invoke")]
    assert order == ["copyObject", "invoke"]


def test_people_hear_which_archive_is_named_and_which_was_before():
    world = serving(1)
    world.register(2)
    promote(world, NAMED)
    [message] = world.messages
    assert f"{ENDPOINT} now serves {arn_of(2)} by config 2.tar.gz" in message["Message"]
    assert "Before it: 1.tar.gz" in message["Message"]


def test_no_stack_is_updated_and_the_endpoint_stays_as_it_is():
    world = serving(1)
    world.register(2)
    promote(world, NAMED)
    assert "updateStack" not in world.actions()
    assert world.endpoint == {"status": "InService", "config": world.stack_config}


def test_until_the_archive_has_answered_the_slot_names_what_served():
    world, seen = serving(1), []
    world.register(2)

    def look(action: str, given: dict[str, Any]) -> None:
        if action in ("copyObject", "invoke"):
            seen.append(world.parameters[SLOT])

    world.on_call = look
    promote(world, NAMED)
    assert seen == [slot_of(1), slot_of(1)]
    assert world.parameters[SLOT] == slot_of(2)


def test_a_second_promotion_finds_it_serving_and_writes_nothing():
    world = serving(1)
    assert promote(world, NAMED).output["outcome"] == "already serving"
    assert not WRITES & set(world.actions())


def test_before_any_version_is_approved_nothing_is_done():
    world = approved()
    world.register(1, "PendingManualApproval")
    assert promote(world, NAMED).output["outcome"] == "already serving"
    assert world.parameters[SLOT] == EMPTY
    assert not WRITES & set(world.actions())


def test_a_version_that_answers_with_errors_is_taken_back_and_what_served_stays():
    world = serving(1)
    world.register(2)
    world.failing = {2: 99}
    assert promote(world, NAMED).output["outcome"] == "rolled back"
    assert world.parameters[SLOT] == slot_of(1)
    assert world.stamps[2][STAMP].startswith("rolled back ")
    assert world.probed == [2, 2, 2]
    [message] = world.messages
    assert message["Subject"] == "Rolled back: dev-flight-delay"
    assert f"{arn_of(2)} was not released to {ENDPOINT}, which runs {arn_of(1)}" in str(message)
    assert "Asked the probe, it said: Received server error (500)" in message["Message"]
    assert LOCK not in world.parameters


def test_what_was_taken_back_is_not_asked_again():
    world = serving(1)
    world.register(2)
    world.failing = {2: 99}
    promote(world, NAMED)
    world.probed.clear()
    assert promote(world, NAMED).output["outcome"] == "already serving"
    assert world.probed == []


def test_an_error_that_passes_costs_no_version():
    world = approved(1)
    world.failing = {1: 2}
    assert promote(world, NAMED).output["outcome"] == "released"
    assert world.probed == [1, 1, 1]
    assert world.slept == [20, 20]


def test_an_endpoint_that_is_busy_or_still_loads_is_asked_again():
    world = serving(1)
    world.register(2)
    world.faults = [LOADING, AwsError("Busy", "(503)"), LOADING]
    assert promote(world, NAMED).output["outcome"] == "released"
    assert world.serves() == 2


def test_an_endpoint_that_stays_busy_is_told_a_person_and_is_no_fault_of_the_version():
    world = serving(1)
    world.register(2)
    world.faults = [LOADING] * 99
    output = promote(world, NAMED).output
    assert (output["outcome"], output["error"]) == ("failed", "ModelNotReadyException")
    assert world.serves() == 1
    assert STAMP not in world.stamps[2]
    assert world.subjects() == ["Promotion needs a person: dev-flight-delay"]
    world.faults = []
    assert promote(world, NAMED).output["outcome"] == "released"


def test_rejecting_what_serves_brings_the_one_before_back_whose_archive_lies_there():
    world = serving(1, 2)
    world.approval[2] = "Rejected"
    assert promote(world, NAMED).output["outcome"] == "released"
    assert world.parameters[SLOT] == slot_of(1)
    assert world.probed == [1]
    assert "copyObject" not in world.actions()
    assert world.subjects() == ["Released: dev-flight-delay"]


def test_rejecting_the_only_version_leaves_it_and_tells_a_person():
    world = serving(1)
    world.approval[1] = "Rejected"
    promote(world, NAMED)
    assert world.parameters[SLOT] == slot_of(1)
    assert world.subjects() == ["No approved version: dev-flight-delay"]


def test_a_version_that_is_rejected_while_it_is_asked_does_not_serve():
    world = serving(1)
    world.register(2)

    def reject(action: str, given: dict[str, Any]) -> None:
        if action == "invoke":
            world.approval[2] = "Rejected"

    world.on_answer = reject
    world.served.clear()
    assert promote(world, NAMED).output["outcome"] == "already serving"
    assert world.served == [1]
    assert world.parameters[SLOT] == slot_of(1)


def test_a_freeze_that_comes_while_it_is_asked_holds_the_slot():
    world = serving(1)
    world.register(2)

    def freeze(action: str, given: dict[str, Any]) -> None:
        if action == "invoke":
            world.parameters["/perennial/dev/flight-delay/frozen"] = "by hand"

    world.on_answer = freeze
    assert promote(world, NAMED).output["outcome"] == "frozen"
    assert world.parameters[SLOT] == slot_of(1)
    assert LOCK not in world.parameters


@pytest.mark.parametrize("approval", ["Approved", "Rejected"])
def test_an_archive_that_somebody_deleted_is_put_again(approval: str):
    world = serving(1)
    world.approval[1] = approval
    world.archives.clear()
    assert promote(world, NAMED).output["outcome"] == "already serving"
    assert world.archives == {key_of(1): 1}
    assert world.probed == [1]
    assert "Released: dev-flight-delay" not in world.subjects()


def test_an_archive_that_is_deleted_after_its_answer_is_put_and_asked_again():
    world = approved(1)

    def delete(action: str, given: dict[str, Any]) -> None:
        if action == "invoke" and len(world.probed) == 1:
            world.archives.clear()

    world.on_answer = delete
    assert promote(world, NAMED).output["outcome"] == "released"
    assert world.archives == {key_of(1): 1}
    assert world.probed == [1, 1]


def test_one_that_does_not_answer_any_more_when_it_is_put_again_gives_way_to_the_one_before():
    world = serving(1, 2)
    del world.archives[key_of(2)]
    world.failing = {2: 99}
    assert promote(world, NAMED).output["outcome"] == "released"
    assert world.parameters[SLOT] == slot_of(1)
    assert world.stamps[2][STAMP].startswith("rolled back ")


def test_a_version_that_a_person_put_into_the_slot_is_asked_before_it_counts_as_released():
    world = serving(1)
    world.register(2)
    world.parameters[SLOT] = slot_of(2)
    world.archives[key_of(2)] = 2
    assert promote(world, NAMED).output["outcome"] == "released"
    assert world.probed == [2]
    assert world.stamps[2][STAMP].startswith("released ")


def test_another_baseline_in_the_slot_is_put_right_and_is_no_release():
    world = serving(1)
    world.parameters[SLOT] = f"{arn_of(1)},s3://artifacts/another"
    assert promote(world, NAMED).output["outcome"] == "already serving"
    assert world.parameters[SLOT] == slot_of(1)
    assert world.messages == []


def test_a_crash_between_the_slot_and_the_stamp_is_made_good():
    world = approved(1)
    execution = start(world, "killed", NAMED)
    for state in execution.steps():
        if state == "Protect the endpoint":
            break
    world.executions[execution.arn] = "ABORTED"
    assert (world.serves(), STAMP in world.stamps[1]) == (1, False)
    assert promote(world, NAMED).output["outcome"] == "released"
    assert world.stamps[1][STAMP].startswith("released ")


@pytest.mark.parametrize(
    "containers",
    [
        [{"Image": "one"}],
        [{"Image": "one", "ModelDataUrl": "s3://bucket/folder/"}],
        [{"Image": n, "ModelDataUrl": "s3://bucket/model.tar.gz"} for n in ("one", "two")],
    ],
    ids=["no archive", "no tar.gz", "two containers"],
)
def test_what_is_not_one_archive_is_taken_back_with_the_reason(containers: list[dict[str, str]]):
    world = serving(1)
    world.register(2)
    world.containers = {2: containers}
    assert promote(world, NAMED).output["outcome"] == "rolled back"
    assert "It is not one container with one archive" in world.messages[0]["Message"]
    assert world.serves() == 1


@pytest.mark.parametrize(
    ("size", "outcome"), [(5 * 1024**3, "released"), (5 * 1024**3 + 1, "rolled back")]
)
def test_an_archive_of_more_than_five_gigabytes_is_taken_back_with_its_size(
    size: int, outcome: str
):
    world = serving(1)
    world.register(2)
    world.sizes = {2: size}
    assert promote(world, NAMED).output["outcome"] == outcome
    told = "Its archive has 5368709121 bytes; no more than 5368709120 can be copied"
    assert (told in world.messages[0]["Message"]) is (outcome == "rolled back")


def test_a_large_archive_that_a_person_put_there_is_asked_and_not_copied():
    world = approved(1)
    world.sizes = {1: 6 * 1024**3}
    world.archives[key_of(1)] = 1
    assert promote(world, NAMED).output["outcome"] == "released"
    assert world.probed == [1]
    assert "copyObject" not in world.actions()


@pytest.mark.parametrize("action", ["listObjectsV2", "headObject", "copyObject"])
def test_an_archive_that_can_not_be_reached_is_told_a_person_and_costs_no_version(action: str):
    world = serving(1)
    world.register(2)
    denied = AwsError("S3.S3Exception", "Access Denied (Service: S3, Status Code: 403)")
    world.refusals[action] = [denied] * 99
    output = promote(world, NAMED).output
    assert (output["outcome"], output["error"]) == ("failed", "S3.S3Exception")
    assert world.serves() == 1
    assert STAMP not in world.stamps[2]
    world.refusals.clear()
    assert promote(world, NAMED).output["outcome"] == "released"


def test_a_stack_that_does_not_say_where_archives_lie_is_told_a_person():
    world = approved(1)
    world.outputs = False
    output = promote(world, NAMED).output
    assert (output["outcome"], output["error"]) == ("failed", "Promotion.NoArchives")


def test_a_deploy_is_waited_out_before_anything_is_asked():
    world = serving(1)
    world.register(2)
    world.status = "UPDATE_IN_PROGRESS"
    assert promote(world, NAMED).output["outcome"] == "released"
    assert world.slept[0] == 2


def test_its_answer_proves_it_for_the_next_stage():
    world = approved(1)
    promote(world, BEFORE_PROD)
    assert world.life_cycle[1] == {
        "Stage": "Prod",
        "StageStatus": "PendingApproval",
        "StageDescription": "Serves in dev by config 1.tar.gz and has answered the probe",
    }
    assert "getMetricStatistics" not in world.actions()


def test_it_is_proposed_once():
    world = approved(1)
    promote(world, BEFORE_PROD)
    world.life_cycle[1]["StageStatus"] = "Rejected"
    promote(world, BEFORE_PROD)
    assert world.life_cycle[1]["StageStatus"] == "Rejected"
    assert world.subjects().count("Waits for approval in Prod: flight-delay") == 1


def test_who_does_not_hold_the_lock_copies_and_asks_nothing():
    world = serving(1)
    world.register(2)
    holder = "arn:aws:states:us-east-1:123456789012:execution:dev-promotion:other"
    world.executions[holder] = "RUNNING"
    world.parameters[LOCK] = holder
    assert promote(world, NAMED).output["outcome"] == "left to the holder of the lock"
    assert not {"copyObject", "invoke"} & set(world.actions())


def test_configs_of_earlier_deploys_are_deleted_and_those_that_serve_stay():
    world = serving(1)
    old, foreign = world.stack_config, world.config("", endpoint="another")
    assert old and world.endpoint
    world.stack_config = world.endpoint["config"] = world.config("", model="newer")
    world.register(2)
    promote(world, NAMED)
    assert set(world.configs) == {foreign, world.stack_config}
    assert "many" not in world.models


def test_the_endpoint_can_not_be_deleted_or_replaced_by_an_update_of_its_stack():
    world = approved(1)
    promote(world, NAMED)
    [_, denied] = world.policy["Statement"]
    assert denied["Resource"] == ["LogicalResourceId/Endpoint3E4A"]


def test_archives_of_other_groups_and_stacks_are_out_of_the_question():
    world = serving(1)
    world.register(2)
    promote(world, NAMED)
    said = json.dumps([given for _, given in world.calls])
    assert f"model-package/{GROUP}/2" in said
    assert "NONE.tar.gz" not in said
