"""Stack policies: what they deny, and that an update comes to a stop at it."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from local_aws.ministack.stack_policies import denial
from tests.local_aws.stacks import Stack

ALLOW_ALL = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
KEEP = {
    "Effect": "Deny",
    "Action": ["Update:Replace", "Update:Delete"],
    "Principal": "*",
    "Resource": "LogicalResourceId/Group",
}
ENDPOINT = "AWS::SageMaker::Endpoint"


def judge(action: str, logical_id: str, *statements: dict[str, Any]) -> str | None:
    return denial(json.dumps({"Statement": statements}), action, logical_id, ENDPOINT)


def test_a_stack_without_a_policy_allows_everything() -> None:
    assert denial("", "Update:Delete", "Group", ENDPOINT) is None


def test_a_deny_wins_over_an_allow_and_is_named() -> None:
    assert judge("Update:Delete", "Group", ALLOW_ALL, KEEP) == (
        "Action denied by stack policy: Statement [#2] does not allow [Update:Delete]"
        " for resource [Group]"
    )
    assert judge("Update:Modify", "Group", ALLOW_ALL, KEEP) is None
    assert judge("Update:Delete", "Other", ALLOW_ALL, KEEP) is None


def test_what_no_statement_allows_is_denied() -> None:
    assert judge("Update:Modify", "Group", KEEP) == (
        "Action not allowed by stack policy: no statement allows [Update:Modify]"
        " for resource [Group]"
    )


def test_a_statement_can_name_types_and_what_it_does_not_concern() -> None:
    condition = {"StringEquals": {"ResourceType": [ENDPOINT]}}
    deny = {**ALLOW_ALL, "Effect": "Deny", "Condition": condition}
    assert judge("Update:Modify", "Group", ALLOW_ALL, deny) is not None
    other = {**deny, "Condition": {"StringLike": {"ResourceType": ["AWS::EC2::*"]}}}
    assert judge("Update:Modify", "Group", ALLOW_ALL, other) is None
    rest = {"Effect": "Deny", "NotAction": "Update:Modify", "NotResource": "*/Other"}
    assert judge("Update:Modify", "Group", ALLOW_ALL, rest) is None
    assert judge("Update:Delete", "Group", ALLOW_ALL, rest) is not None
    assert judge("Update:Delete", "Other", ALLOW_ALL, rest) is None


@pytest.fixture
def protected(client: Callable[[str], Any]) -> Stack:
    """A stack whose group its policy keeps from deletion and replacement."""
    stack = Stack(client("cloudformation"), f"protected-{uuid.uuid4().hex[:8]}")
    stack.create(template(stack, "first"))
    policy = json.dumps({"Statement": [ALLOW_ALL, KEEP]})
    client("cloudformation").set_stack_policy(StackName=stack.name, StackPolicyBody=policy)
    return stack


def template(stack: Stack, group: str | None) -> dict[str, Any]:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 0 if group else 1}}
    resources: dict[str, Any] = {"Queue": queue}
    if group:
        properties = {"ModelPackageGroupName": f"{stack.name}-{group}"}
        resources["Group"] = {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": properties}
    return {"Resources": resources}


@pytest.mark.local_aws
def test_a_protected_resource_is_not_deleted(protected: Stack) -> None:
    done = protected.update(template(protected, None))
    assert done["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert protected.physical_id("Group").endswith("-first")


@pytest.mark.local_aws
def test_a_protected_resource_is_not_replaced(protected: Stack) -> None:
    done = protected.update(template(protected, "second"))
    assert done["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "does not allow [Update:Replace] for resource [Group]" in protected.reasons()
    assert protected.physical_id("Group").endswith("-first")
