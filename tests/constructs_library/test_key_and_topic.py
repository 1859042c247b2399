"""An alarm's message reaches the topic: its policy lets it in, and its key lets it be encrypted."""

from typing import Any

import pytest

from mlops_constructs.foundation import NotificationTopic, StageKey
from tests.constructs_library.someones_app import actions, new_stack, statements, synthesized, the


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    stack = new_stack()
    NotificationTopic(stack, "Topic", key=StageKey(stack, "Key", alias="alias/mine"))
    return synthesized(stack)


def for_service(policy: list[dict[str, Any]], service: str) -> list[dict[str, Any]]:
    return [
        s for s in policy if s["Effect"] == "Allow" and service in s["Principal"].get("Service", [])
    ]


def allowed(policy: list[dict[str, Any]], service: str) -> set[str]:
    return {action for statement in for_service(policy, service) for action in actions(statement)}


PUBLISHERS = ("cloudwatch.amazonaws.com", "events.amazonaws.com")


@pytest.mark.parametrize("service", PUBLISHERS)
def test_the_key_lets_alarms_and_rules_encrypt_their_messages(
    template: dict[str, Any], service: str
):
    key = the(template, "AWS::KMS::Key")["Properties"]["KeyPolicy"]["Statement"]
    assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= allowed(key, service)


@pytest.mark.parametrize(
    ("service", "condition"),
    [
        ("cloudwatch.amazonaws.com", {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}),
        # Whoever lets EventBridge in on a condition hears nothing of any rule.
        ("events.amazonaws.com", None),
    ],
)
def test_the_topic_lets_alarms_of_this_account_and_rules_publish(
    template: dict[str, Any], service: str, condition: dict[str, Any] | None
):
    policy = statements(template, "AWS::SNS::TopicPolicy")
    assert allowed(policy, service) == {"sns:Publish"}
    [statement] = for_service(policy, service)
    assert statement.get("Condition") == (condition and {"StringEquals": condition})


def test_the_topic_refuses_whoever_publishes_without_tls(template: dict[str, Any]):
    denied = [s for s in statements(template, "AWS::SNS::TopicPolicy") if s["Effect"] == "Deny"]
    assert [s["Condition"] for s in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]


def test_the_topic_is_encrypted_with_the_key(template: dict[str, Any]):
    master = the(template, "AWS::SNS::Topic")["Properties"]["KmsMasterKeyId"]
    assert master["Fn::GetAtt"][0].startswith("Key")


def test_log_groups_of_this_account_may_use_the_key(template: dict[str, Any]):
    [logs] = [
        statement
        for statement in the(template, "AWS::KMS::Key")["Properties"]["KeyPolicy"]["Statement"]
        if "logs." in str(statement["Principal"])
    ]
    pattern = logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert pattern["Fn::Join"][1][-1] == ":log-group:*"


def test_the_key_rotates_and_outlives_its_stack(template: dict[str, Any]):
    key = the(template, "AWS::KMS::Key")
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"


def test_who_knows_only_its_alias_may_ask_for_the_key_by_it(template: dict[str, Any]):
    alias = the(template, "AWS::KMS::Alias")["Properties"]
    assert alias["AliasName"] == "alias/mine"
    assert alias["TargetKeyId"]["Fn::GetAtt"][0].startswith("Key")
