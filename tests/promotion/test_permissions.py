"""What the text of the role's policy lets a promotion say of a version."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from mlops_constructs.promotion import Promotion
from tests.promotion.names import arn_of
from tests.promotion.told import PROPS, new_stack
from tests.state_machines.policies import allows
from tests.state_machines.templates import statements

STATUS = "sagemaker:ModelApprovalStatus"
STAGE, STAGE_STATUS = "sagemaker:ModelLifeCycle:stage", "sagemaker:ModelLifeCycle:stageStatus"
"""https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-staging-construct-set-up.html"""

ANOTHER_GROUP = arn_of(1).replace("dev-flight-delay", "other-flight-delay")


def policy(**props: Any) -> list[dict[str, Any]]:
    stack: cdk.Stack = new_stack()
    key = kms.Key(stack, "Key")
    topic = sns.Topic(stack, "Topic", master_key=key)
    Promotion(stack, "Promotion", topic=topic, key=key, **(PROPS | props))
    return statements(assertions.Template.from_stack(stack))


@pytest.fixture(scope="module")
def of_dev() -> list[dict[str, Any]]:
    """Of a stage that Prod follows."""
    return policy()


@pytest.fixture(scope="module")
def of_prod() -> list[dict[str, Any]]:
    """Of a stage that follows Dev, and that none follows."""
    return policy(name_prefix="prod-", group_prefix="dev-", next_stage="")


def may_say(found: list[dict[str, Any]], *, of: str = arn_of(1), **context: str) -> bool:
    keys = {"status": STATUS, "stage": STAGE, "stage_status": STAGE_STATUS}
    said = {keys[name]: value for name, value in context.items()}
    return allows(found, "sagemaker:UpdateModelPackage", of, context=said)


def test_both_may_stamp_a_version(of_dev: Any, of_prod: Any):
    assert may_say(of_dev)
    assert may_say(of_prod)


@pytest.mark.parametrize("status", ["Approved", "Rejected", "PendingManualApproval"])
def test_neither_may_give_a_verdict_in_the_registry(of_dev: Any, of_prod: Any, status: str):
    assert not may_say(of_dev, status=status)
    assert not may_say(of_prod, status=status)


def test_dev_may_propose_a_version_for_prod(of_dev: Any):
    assert may_say(of_dev, stage="Prod", stage_status="PendingApproval")


@pytest.mark.parametrize(
    "said",
    [
        {"stage": "Prod", "stage_status": "Approved"},
        {"stage": "Prod", "stage_status": "Rejected"},
        {"stage": "Dev", "stage_status": "PendingApproval"},
        {"stage": "Prod"},
        {"stage_status": "PendingApproval"},
        {"stage": "Prod", "stage_status": "PendingApproval", "status": "Approved"},
    ],
)
def test_dev_may_say_nothing_else_of_a_life_cycle(of_dev: Any, said: dict[str, str]):
    assert not may_say(of_dev, **said)


@pytest.mark.parametrize("status", ["PendingApproval", "Approved", "Rejected"])
def test_prod_may_say_nothing_of_a_life_cycle(of_prod: Any, status: str):
    assert not may_say(of_prod, stage="Prod", stage_status=status)


def test_versions_of_other_groups_are_out_of_reach(of_dev: Any, of_prod: Any):
    for found in (of_dev, of_prod):
        assert not may_say(found, of=ANOTHER_GROUP)
        assert not allows(found, "sagemaker:DescribeModelPackage", ANOTHER_GROUP)


def test_a_freeze_can_be_read_and_not_be_written(of_dev: Any):
    for name in ("frozen", "flight-delay/frozen"):
        arn = f"arn:aws:ssm:us-east-1:123456789012:parameter/perennial/dev/{name}"
        assert allows(of_dev, "ssm:GetParameters", arn)
        for action in ("ssm:PutParameter", "ssm:DeleteParameters"):
            assert not allows(of_dev, action, arn)
