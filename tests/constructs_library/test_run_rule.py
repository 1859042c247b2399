"""The rule that has batch runs judged, in an app that is not Perennial."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn

from mlops_constructs.serving import RunRule
from tests.constructs_library.someones_app import matches, new_stack, synthesized, the

EVENT = Path(__file__).parents[1] / "local_aws/documented/pipeline-execution-state-change.json"


def event(status: str, pipeline: str = "churn-batch") -> dict[str, Any]:
    """AWS's documented event with another pipeline and status."""
    found: dict[str, Any] = copy.deepcopy(json.loads(EVENT.read_text()))
    arn = found["detail"]["pipelineArn"].rpartition("/")[0]
    found["detail"] |= {
        "pipelineArn": f"{arn}/{pipeline}",
        "currentPipelineExecutionStatus": status,
    }
    return found


@pytest.fixture(scope="module")
def rule() -> dict[str, Any]:
    stack = new_stack()
    pipeline = event("Failed")["detail"]["pipelineArn"]
    RunRule(
        stack,
        "Rule",
        pipeline_arn=pipeline,
        promotion=sfn.StateMachine.from_state_machine_name(stack, "Promotion", "promotion"),
        promotion_input={"model": "churn"},
        topic=sns.Topic(stack, "Topic"),
    )
    return the(synthesized(stack), "AWS::Events::Rule")


@pytest.mark.parametrize(
    ("status", "heard"),
    [("Succeeded", True), ("Failed", True), ("Executing", False), ("Stopped", False)],
)
def test_the_end_of_a_run_is_heard_and_nothing_else(rule: dict[str, Any], status: str, heard: bool):
    assert matches(rule, event(status)) is heard


def test_runs_of_other_pipelines_are_not_heard(rule: dict[str, Any]):
    assert not matches(rule, event("Failed", "churn"))


def test_the_promotion_is_told_which_run_it_was(rule: dict[str, Any]):
    [target] = rule["Properties"]["Targets"]
    told = target["InputTransformer"]
    assert told["InputPathsMap"] == {
        "detail-pipelineExecutionArn": "$.detail.pipelineExecutionArn",
        "detail-currentPipelineExecutionStatus": "$.detail.currentPipelineExecutionStatus",
    }
    assert "churn" in told["InputTemplate"]
    assert target["DeadLetterConfig"]
