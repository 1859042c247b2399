"""When a promotion needs a person: what it says, and what it leaves behind."""

import pytest

from tests.promotion.names import LOCK, REQUEST, SLOT, STAMP
from tests.promotion.promote import promote, released
from tests.promotion.world import World
from tests.state_machines.machine import AwsError, Execution

NEEDS_A_PERSON = ["Promotion needs a person: dev-flight-delay"]
STUCK = ["UPDATE_ROLLBACK_FAILED", "ROLLBACK_COMPLETE", "UPDATE_FAILED", "REVIEW_IN_PROGRESS"]


def told(execution: Execution) -> tuple[str, str]:
    """Error and cause of an execution that has told people of them, and so did not fail."""
    assert (execution.status, execution.output["outcome"]) == ("SUCCEEDED", "failed")
    return execution.output["error"], execution.output["cause"]


@pytest.mark.parametrize("status", STUCK)
def test_a_stack_that_no_update_can_leave_needs_a_person(status: str):
    world = released(1)
    world.register(2)
    world.status = status
    error, cause = told(promote(world))
    assert error == "Promotion.StackStuck"
    assert cause == (
        f"Stack Dev-Serving-flight-delay is in {status} (none given), which no update can leave;"
        " see A stack that is stuck in docs/runbook.md"
    )
    assert world.subjects() == NEEDS_A_PERSON
    assert cause in world.messages[0]["Message"]
    assert world.serves() == 1


def test_a_rollback_that_fails_during_the_release_needs_a_person_and_frees_the_lock():
    world = released(1)
    world.register(2)

    def fail() -> None:
        world.status = "UPDATE_ROLLBACK_FAILED"

    world.on_wait = fail
    error, _ = told(promote(world))
    assert error == "Promotion.StackStuck"
    assert world.subjects() == NEEDS_A_PERSON
    assert LOCK not in world.parameters


@pytest.mark.parametrize("status", ["Failed", "OutOfService", "UpdateRollbackFailed"])
def test_an_endpoint_that_no_update_can_leave_needs_a_person(status: str):
    world = released(1)
    assert world.endpoint is not None
    world.endpoint["status"] = status
    error, cause = told(promote(world))
    assert error == "Promotion.EndpointStuck"
    assert cause == (
        f"Endpoint dev-flight-delay is {status} (none given), which no update can leave;"
        " see An endpoint that is stuck in docs/runbook.md"
    )


def test_an_endpoint_deleted_by_hand_is_not_held_against_a_version():
    world = released(1)
    world.endpoint = None
    error, cause = told(promote(world))
    assert error == "Promotion.NotConverged"
    assert cause == (
        "After the update of Dev-Serving-flight-delay the endpoint runs config NONE and the stack"
        " says config-1; see Stack and endpoint disagree in docs/runbook.md"
    )
    assert world.stamps[1][STAMP].startswith("released")


def test_an_error_of_aws_is_told_and_frees_the_lock():
    world = released(1)
    world.register(2)
    denied = AwsError("CloudFormation.CloudFormationException", "not authorized to UpdateStack")
    world.refusals["updateStack"] = [denied]
    assert told(promote(world)) == (denied.error, denied.cause)
    assert world.subjects() == NEEDS_A_PERSON
    assert denied.cause in world.messages[0]["Message"]
    assert LOCK not in world.parameters


def test_a_failure_that_can_not_be_told_still_frees_the_lock_and_fails_with_its_own_cause():
    world = released(1)
    world.register(2)
    denied = AwsError("CloudFormation.CloudFormationException", "not authorized to UpdateStack")
    world.refusals["updateStack"] = [denied]
    world.refusals["publish"] = [AwsError("Sns.KmsDisabledException", "no key")] * 5
    execution = promote(world)
    assert (execution.status, execution.cause) == ("FAILED", denied.cause)
    assert LOCK not in world.parameters


def test_an_error_that_passes_is_tried_again():
    world = released(1)
    world.refusals["describeStacks"] = [AwsError("CloudFormation.CloudFormationException", "Rate")]
    assert promote(world).status == "SUCCEEDED"


def test_a_missing_slot_is_named():
    world = released(1)
    del world.parameters[SLOT]
    error, cause = told(promote(world))
    assert error == "Promotion.NoSlot"
    assert cause == (
        "There is no slot /perennial/dev/flight-delay/slot; the stack that owns it makes it"
    )


def test_an_incomplete_input_is_refused_in_one_sentence():
    world = World()
    request = {key: value for key, value in REQUEST.items() if key not in ("stage", "slot")}
    execution = promote(world, request)
    assert (execution.status, execution.error) == ("FAILED", "Promotion.BadInput")
    assert execution.cause == (
        "The input has to say model, stage, group, endpoint, stack, slot, monitoring, monitors,"
        " next, approval, hosting; it lacks stage, slot"
    )
    assert not world.calls


def test_what_else_the_input_says_is_left_alone():
    world = released(1)
    request = {**REQUEST, "reason": "a person wanted to see", "package": "arn:of:another"}
    assert promote(world, request).output["outcome"] == "already serving"
