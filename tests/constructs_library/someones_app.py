"""An app that is not Perennial: what any user of the constructs would have."""

import json
from typing import Any

from aws_cdk import App, Stack, assertions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from ministack.services import eventbridge

from mlops_constructs.storage import TrainingStorage
from tests.conftest import feature_flags

ACCOUNTS = {
    "us-east-1": {"XgboostAccount": "683313688378", "SklearnAccount": "683313688378"},
    "eu-west-1": {"XgboostAccount": "141502667606", "SklearnAccount": "141502667606"},
    "mars-north-1": {"SklearnAccount": "000000000001"},
}


def new_stack(name: str = "Test", **arguments: Any) -> Stack:
    """A stack of an app of its own."""
    return Stack(App(context=feature_flags(), analytics_reporting=False), name, **arguments)


def own_storage(stack: Stack) -> TrainingStorage:
    """Buckets and a key that the stack itself makes, unnamed."""
    key = kms.Key(stack, "OwnKey")
    data, artifacts, capture = (s3.Bucket(stack, name) for name in ("In", "Made", "Seen"))
    return TrainingStorage(data=data, artifacts=artifacts, capture=capture, key=key)


def synthesized(stack: Stack) -> dict[str, Any]:
    """The stack's template."""
    template: dict[str, Any] = assertions.Template.from_stack(stack).to_json()
    return template


def of_type(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """All resources of a type, whole."""
    return [r for r in template["Resources"].values() if r["Type"] == kind]


def the(template: dict[str, Any], kind: str) -> dict[str, Any]:
    """The one resource of a type, whole."""
    [resource] = of_type(template, kind)
    return resource


def statements(template: dict[str, Any], kind: str = "AWS::IAM::Policy") -> list[dict[str, Any]]:
    """The statements of all policies of a kind."""
    return [
        statement
        for resource in of_type(template, kind)
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
    ]


def actions(statement: dict[str, Any]) -> list[str]:
    """Its actions, always as a list."""
    named = statement["Action"]
    return [named] if isinstance(named, str) else named


def matches(rule: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether the rule hears the event, by an implementation that is not ours."""
    pattern = rule["Properties"]["EventPattern"]
    status, _, body = eventbridge._test_event_pattern(
        {"EventPattern": json.dumps(pattern), "Event": json.dumps(event)}
    )
    assert status == 200, body
    matched: bool = json.loads(body)["Result"]
    return matched
