"""Preflight stops each move between ways to serve that would end half done."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.finding import Finding, Weight
from operate.preflight.moving import moving
from operate.preflight.template import Template, World
from operate.refused import Refused
from tests.ways import REFUSED, SERVED

WORLD = World("123456789012", "us-east-1")
STACK, ENDPOINT, PIPELINE = "Dev-Serving-churn", "dev-churn", "dev-churn-batch"
THEN = datetime(2026, 11, 27, tzinfo=UTC)
ARN = "arn:aws:sagemaker:us-east-1:123456789012"
ABSENT = f'Could not find endpoint "{ARN}:endpoint/dev-churn".'

Moving = Callable[[str, str], list[Finding]]


class Deployed:
    """An account in which the model is served in a way, as botocore's models have its answers."""

    def __init__(self, account: Account, way: str) -> None:
        self.way = way
        self.sagemaker = Stubber(account._client("sagemaker"))
        self.stacks = Stubber(account._client("cloudformation"))
        self.sagemaker.activate()
        self.stacks.activate()

    def answer(self, after: str) -> None:
        """What is asked on the way to a finding, in its order."""
        if after == "batch":
            self._list()
            if self.way != "batch":
                self._list()
                self._endpoint()
        elif self.way == "batch":
            self.sagemaker.add_client_error("describe_endpoint", "ValidationException", ABSENT)
            self._list()
            self._pipeline(SERVED["batch"]["Resources"]["Pipeline"]["Properties"])
        else:
            self._endpoint()

    def _list(self) -> None:
        kind, identifier = "AWS::SageMaker::Endpoint", f"{ARN}:endpoint/{ENDPOINT}"
        if self.way == "batch":
            kind, identifier = "AWS::SageMaker::Pipeline", PIPELINE
        made = {
            "LogicalResourceId": "Served",
            "PhysicalResourceId": identifier,
            "ResourceType": kind,
            "LastUpdatedTimestamp": THEN,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        other = made | {"ResourceType": "AWS::IAM::Role", "PhysicalResourceId": "role"}
        self.stacks.add_response(
            "list_stack_resources", {"StackResourceSummaries": [other, made]}, {"StackName": STACK}
        )

    def _endpoint(self) -> None:
        resources = SERVED[self.way]["Resources"]
        told = {
            "EndpointName": ENDPOINT,
            "EndpointArn": f"{ARN}:endpoint/{ENDPOINT}",
            "EndpointConfigName": "config",
            "EndpointStatus": "InService",
            "CreationTime": THEN,
            "LastModifiedTime": THEN,
        }
        self.sagemaker.add_response("describe_endpoint", told, {"EndpointName": ENDPOINT})
        self.sagemaker.add_response("describe_endpoint_config", self._config(), None)
        if self.way in ("instances", "many"):
            model = resources["Model"]["Properties"]
            described = model | {"ModelName": "model", "ModelArn": ARN, "CreationTime": THEN}
            self.sagemaker.add_response("describe_model", described, {"ModelName": "model"})

    def _config(self) -> dict[str, Any]:
        variant: dict[str, Any] = {"VariantName": "AllTraffic", "ModelName": "model"}
        more: dict[str, Any] = {}
        if self.way == "serverless":
            variant["ServerlessConfig"] = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
        if self.way == "queue":
            more["AsyncInferenceConfig"] = {"OutputConfig": {"S3OutputPath": "s3://b/answers"}}
        return {
            "EndpointConfigName": "config",
            "EndpointConfigArn": ARN,
            "ProductionVariants": [variant],
            "CreationTime": THEN,
            **more,
        }

    def _pipeline(self, properties: dict[str, Any]) -> None:
        body = properties["PipelineDefinition"]["PipelineDefinitionBody"]
        self.sagemaker.add_response(
            "describe_pipeline", {"PipelineDefinition": body}, {"PipelineName": PIPELINE}
        )


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    return Account(region="us-east-1")


def planned(body: dict[str, Any]) -> list[PlannedStack]:
    return [PlannedStack(STACK, "", "", Template(body), 0, "", "")]


@pytest.fixture
def found(account: Account) -> Moving:
    """What preflight finds where a model is served in one way and is to be in another."""

    def run(before: str, after: str) -> list[Finding]:
        deployed = Deployed(account, before)
        deployed.answer(after)
        findings = list(moving(account, WORLD, planned(SERVED[after])))
        deployed.sagemaker.assert_no_pending_responses()
        deployed.stacks.assert_no_pending_responses()
        return findings

    return run


@pytest.mark.parametrize(("before", "after", "why", "means"), REFUSED)
def test_a_move_that_is_not_done_in_place_stops_and_says_why(
    found: Moving, before: str, after: str, why: str, means: str
):
    [one] = found(before, after)
    assert (one.weight, one.check) == (Weight.STOPS, "moving")
    if after == "batch":
        assert f"pipeline {PIPELINE} is to take its place" in one.what
    served = f"pipeline {PIPELINE} scores" if before == "batch" else f"endpoint {ENDPOINT} is "
    assert one.what.startswith(served)
    assert why in one.what
    assert f"taking stack {STACK} down" in one.todo and "docs/how-to/serve.md" in one.todo
    firsts = {"queue": "let the queue run empty", "batch": "wait for the run's end"}
    assert firsts.get(before, "down") in one.todo
    assert ("but first" in one.todo) is (before in firsts)


@pytest.mark.parametrize("way", SERVED)
def test_a_model_that_is_served_as_before_passes(found: Moving, way: str):
    assert found(way, way) == []


def test_instances_for_a_serverless_endpoint_pass(found: Moving):
    assert found("serverless", "instances") == []


@pytest.mark.parametrize("after", ["instances", "batch"])
def test_a_stack_that_is_new_passes(account: Account, after: str):
    deployed = Deployed(account, after)
    gone = "Stack with id Dev-Serving-churn does not exist"
    for _ in range(2):
        deployed.stacks.add_client_error("list_stack_resources", "ValidationError", gone)
    deployed.sagemaker.add_client_error("describe_endpoint", "ValidationException", ABSENT)
    assert not list(moving(account, WORLD, planned(SERVED[after])))


def test_a_pipeline_that_only_trains_is_none_that_an_endpoint_takes_the_place_of(account: Account):
    deployed = Deployed(account, "batch")
    deployed.sagemaker.add_client_error("describe_endpoint", "ValidationException", ABSENT)
    deployed._list()
    trains = json.dumps({"Steps": [{"Name": "Train", "Type": "Training"}]})
    deployed.sagemaker.add_response("describe_pipeline", {"PipelineDefinition": trains}, None)
    assert not list(moving(account, WORLD, planned(SERVED["instances"])))
    assert not list(moving(account, WORLD, planned({"Resources": {}})))


def test_an_endpoint_whose_model_was_deleted_is_taken_for_one_of_instances(account: Account):
    deployed = Deployed(account, "instances")
    deployed._endpoint()
    deployed.sagemaker._queue.pop()
    gone = 'Could not find model "model".'
    deployed.sagemaker.add_client_error("describe_model", "ValidationException", gone)
    assert not list(moving(account, WORLD, planned(SERVED["instances"])))


@pytest.mark.parametrize(
    ("code", "said"), [("AccessDenied", "Could not find out"), ("ValidationException", "too long")]
)
def test_a_model_that_aws_does_not_show_is_no_guess(account: Account, code: str, said: str):
    deployed = Deployed(account, "instances")
    deployed._endpoint()
    deployed.sagemaker._queue.pop()
    deployed.sagemaker.add_client_error("describe_model", code, said)
    with pytest.raises(Refused):
        list(moving(account, WORLD, planned(SERVED["many"])))
