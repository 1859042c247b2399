"""Change sets and deletions are answered when the stack is done, so the cdk CLI need not sleep."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from local_aws.ministack import stack_operations
from local_aws.ministack.stack_operations import LONGEST_SECONDS, wait_for
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.local_aws.stage import Stage


class FakeClock:
    """Time that passes in sleeps only; what `happens` is called with each."""

    def __init__(self, happens: Callable[[], None] = lambda: None) -> None:
        self.slept = 0.0
        self._happens = happens

    def now(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self._happens()


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found = {"StackName": "mine", "StackId": "arn:mine", "StackStatus": "UPDATE_IN_PROGRESS"}
    other = {"StackName": "other", "StackId": "arn:other", "StackStatus": "CREATE_IN_PROGRESS"}
    stacks = {"mine": found, "other": other}
    monkeypatch.setattr(stack_operations.cloudformation, "_stacks", stacks)
    return found


@pytest.mark.parametrize("name", ["mine", "arn:mine"])
def test_the_wait_ends_when_the_stack_is_done(
    stack: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    clock = FakeClock(lambda: stack.update(StackStatus="UPDATE_COMPLETE"))
    monkeypatch.setattr(stack_operations, "clock", clock)
    wait_for(name)
    assert 0 < clock.slept < 1


def test_a_slow_stack_is_waited_for_no_longer_than_the_cli_sleeps(
    stack: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    monkeypatch.setattr(stack_operations, "clock", clock)
    wait_for(stack["StackName"])
    assert clock.slept == pytest.approx(LONGEST_SECONDS, abs=0.1)


def test_nothing_is_waited_for_if_the_stack_is_not_there(
    stack: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    monkeypatch.setattr(stack_operations, "clock", clock)
    wait_for("gone")
    wait_for()
    assert clock.slept == 0


def endpoint(stage: Stage) -> dict[str, Any]:
    """A template whose endpoint takes a moment to come into service."""
    stage.s3.put_object(Bucket=stage.name, Key="model.tar.gz", Body=echo("hello"))
    model = {
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/serving",
        "PrimaryContainer": {
            "Image": IMAGE,
            "ModelDataUrl": f"s3://{stage.name}/model.tar.gz",
            "Environment": ENVIRONMENT,
        },
    }
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1,
        "InstanceType": "ml.m5.large",
    }
    config = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
    properties = {
        "Model": model,
        "EndpointConfig": {"ProductionVariants": [variant]},
        "Endpoint": {"EndpointConfigName": config},
    }
    return {
        "Resources": {
            kind.removeprefix("Endpoint") or kind: {
                "Type": f"AWS::SageMaker::{kind}",
                "Properties": given,
            }
            for kind, given in properties.items()
        }
    }


@pytest.mark.local_aws
def test_the_cli_finds_the_stack_done_at_its_first_look(client: Callable[[str], Any]) -> None:
    cloudformation, name = client("cloudformation"), f"quick-{uuid.uuid4().hex[:8]}"
    change_set = cloudformation.create_change_set(
        StackName=name,
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(endpoint(Stage(client))),
    )
    stack = change_set["StackId"]

    def status() -> str:
        [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return str(found["StackStatus"])

    cloudformation.execute_change_set(StackName=stack, ChangeSetName=change_set["Id"])
    assert status() == "CREATE_COMPLETE"
    cloudformation.delete_stack(StackName=stack)
    assert status() == "DELETE_COMPLETE"
