"""When a retraining needs a person: what it says, and what it leaves behind."""

from typing import Any

import pytest

from tests.retraining.names import LOCK, asked
from tests.retraining.world import World
from tests.state_machines.machine import AwsError, Execution

DENIED = AwsError("SageMaker.SageMakerException", "not authorized to start the pipeline")


def asked_for(world: World) -> Execution:
    """An execution that a person has started, once it has ended."""
    started = world.ask("person")
    world.play()
    return started.execution


def test_a_start_that_aws_refuses_is_told_and_frees_the_lock():
    world = World()
    world.refusals["startPipelineExecution"] = [DENIED] * 5
    execution = asked_for(world)
    told = {"outcome": "failed", "error": DENIED.error, "cause": DENIED.cause}
    assert (execution.status, execution.output) == ("SUCCEEDED", told)
    [message] = world.messages
    assert message["Subject"] == "Retraining needs a person: dev-flight-delay"
    assert DENIED.cause in message["Message"]
    assert "What runs and what serves was left as it is." in message["Message"]
    assert LOCK not in world.parameters


def test_what_was_asked_for_is_not_lost_by_a_failure():
    world = World()
    world.refusals["startPipelineExecution"] = [DENIED] * 5
    asked_for(world)
    world.ask("re-check")
    world.play()
    assert [run.parameters["Reason"] for run in world.runs] == ["person: because"]


@pytest.mark.parametrize(
    "action", ["listPipelineExecutions", "describeAlarms", "getParameters", "putParameter"]
)
def test_an_error_that_passes_is_tried_again(action: str):
    world = World()
    world.refusals[action] = [AwsError("Some.Exception", "Rate exceeded")]
    world.ask("person")
    world.play()
    assert len(world.runs) == 1


def test_a_failure_that_can_not_be_told_still_frees_the_lock_and_fails_with_its_own_cause():
    world = World()
    world.refusals["startPipelineExecution"] = [DENIED] * 5
    world.refusals["publish"] = [AwsError("Sns.KmsDisabledException", "no key")] * 5
    execution = asked_for(world)
    assert (execution.status, execution.cause) == ("FAILED", DENIED.cause)
    assert world.messages == []
    assert LOCK not in world.parameters


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        (
            {"trigger": "whim"},
            "trigger must be one of drift, data, schedule, person, re-check; got whim",
        ),
        (
            {"policy": {"coolDownHours": 24}},
            "policy must say coolDownHours (1 to 336) and runsPerDay (1 to 10);"
            ' got {"coolDownHours":24}',
        ),
        (
            {"policy": {"coolDownHours": 0, "runsPerDay": 2}},
            "policy must say coolDownHours (1 to 336) and runsPerDay (1 to 10);"
            ' got {"coolDownHours":0,"runsPerDay":2}',
        ),
        (
            {"policy": {"coolDownHours": "24", "runsPerDay": 11}},
            "policy must say coolDownHours (1 to 336) and runsPerDay (1 to 10);"
            ' got {"coolDownHours":"24","runsPerDay":11}',
        ),
    ],
)
def test_an_input_that_makes_no_sense_is_refused_in_one_sentence(
    changed: dict[str, Any], cause: str
):
    world = World()
    given = asked("person") | changed
    trigger, reason = given.pop("trigger"), given.pop("reason")
    started = world.ask(trigger, reason, **given)
    world.play()
    execution = started.execution
    assert (execution.status, execution.error) == ("FAILED", "Retraining.BadInput")
    assert execution.cause == cause
    assert not world.calls


def test_an_incomplete_input_is_refused_in_one_sentence():
    world = World()
    started = world.ask("person")
    del started.execution.request["slot"], started.execution.request["alarms"]
    world.play()
    assert started.execution.error == "Retraining.BadInput"
    assert started.execution.cause == (
        "The input has to say model, stage, group, endpoint, pipeline, slot, trigger, alarms,"
        " policy, reason; it lacks slot, alarms"
    )
