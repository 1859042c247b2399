"""A change set says what would become of resources whose conditions turn."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.stacks import Stack, given

pytestmark = pytest.mark.local_aws
NO_CHANGES = "The submitted information didn't contain changes."


def template(parameter: dict[str, Any]) -> dict[str, Any]:
    """A queue that is always there, and a topic that is there while the parameter says so."""
    return {
        "Parameters": {"Version": parameter},
        "Conditions": {"HasVersion": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Version"}, "NONE"]}]}},
        "Resources": {
            "Always": {"Type": "AWS::SQS::Queue"},
            "Served": {"Type": "AWS::SNS::Topic", "Condition": "HasVersion"},
        },
    }


PLAIN = template({"Type": "String", "Default": "NONE"})


@pytest.fixture
def stack(client: Callable[[str], Any]) -> Iterator[Stack]:
    stack = Stack(client("cloudformation"), f"change-set-{uuid.uuid4().hex[:8]}")
    yield stack
    stack.delete()


@pytest.fixture
def slot(client: Callable[[str], Any]) -> Iterator[str]:
    name = f"/change-set/{uuid.uuid4().hex[:8]}"
    client("ssm").put_parameter(Name=name, Value="NONE", Type="String")
    yield name
    client("ssm").delete_parameter(Name=name)


def changes(stack: Stack, body: dict[str, Any], **parameters: str) -> dict[str, tuple[str, str]]:
    """Logical id to action and physical id; with what the change set says if there are none."""
    cloudformation = stack._cloudformation
    cloudformation.create_change_set(
        StackName=stack.name,
        ChangeSetName="what-if",
        TemplateBody=json.dumps(body),
        Parameters=given(parameters),
    )
    found = cloudformation.describe_change_set(StackName=stack.name, ChangeSetName="what-if")
    cloudformation.delete_change_set(StackName=stack.name, ChangeSetName="what-if")
    if found["Status"] == "FAILED":
        assert found["StatusReason"].startswith(NO_CHANGES)
    each = [change["ResourceChange"] for change in found["Changes"]]
    return {c["LogicalResourceId"]: (c["Action"], c.get("PhysicalResourceId", "")) for c in each}


def test_a_plain_parameter_that_falls_back_to_its_default_removes_what_it_guarded(stack: Stack):
    stack.create(PLAIN, Version="1")
    topic = stack.physical_id("Served")
    assert changes(stack, PLAIN) == {"Served": ("Remove", topic)}


def test_what_the_change_set_says_is_what_the_update_does(stack: Stack):
    stack.create(PLAIN, Version="1")
    stack.update(PLAIN)
    with pytest.raises(ClientError, match="Served"):
        stack.physical_id("Served")
    assert changes(stack, PLAIN, Version="2") == {"Served": ("Add", "")}


def test_a_condition_that_stays_false_is_no_change(stack: Stack):
    stack.create(PLAIN)
    assert changes(stack, PLAIN) == {}


def test_a_new_stack_adds_only_what_its_conditions_let_be(client: Callable[[str], Any]):
    cloudformation, name = client("cloudformation"), f"change-set-{uuid.uuid4().hex[:8]}"
    cloudformation.create_change_set(
        StackName=name, ChangeSetName="new", ChangeSetType="CREATE", TemplateBody=json.dumps(PLAIN)
    )
    found = cloudformation.describe_change_set(StackName=name, ChangeSetName="new")
    cloudformation.delete_stack(StackName=name)
    assert [c["ResourceChange"]["LogicalResourceId"] for c in found["Changes"]] == ["Always"]


def test_a_parameter_of_parameter_store_is_resolved_afresh(
    stack: Stack, slot: str, client: Callable[[str], Any]
):
    stored = template({"Type": "AWS::SSM::Parameter::Value<String>", "Default": slot})
    client("ssm").put_parameter(Name=slot, Value="1", Overwrite=True)
    stack.create(stored)
    assert changes(stack, stored) == {}
    client("ssm").put_parameter(Name=slot, Value="NONE", Overwrite=True)
    assert changes(stack, stored) == {"Served": ("Remove", stack.physical_id("Served"))}
