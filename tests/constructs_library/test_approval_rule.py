"""The rule against the events that AWS documents, matched by an implementation that is not ours."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn

from mlops_constructs.serving import VERDICT, VERDICT_AND_LIFE_CYCLE, ApprovalRule
from tests.constructs_library.someones_app import (
    actions,
    matches,
    new_stack,
    statements,
    synthesized,
    the,
)

EVENTS = Path(__file__).parents[1] / "events"
CURRENT = "sagemaker-model-package-state-change-current.json"
ARCHIVED = "sagemaker-model-package-state-change.json"
GROUP = "versionedmp-p-idy6c3e1fiqj"
RULE = "AWS::Events::Rule"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """Of a stage that trains: the verdict of the registry counts."""
    return rule_on(VERDICT)


@pytest.fixture(scope="module")
def following() -> dict[str, Any]:
    """Of a stage that follows it: life cycles count as well."""
    return rule_on(VERDICT_AND_LIFE_CYCLE)


def rule_on(fields: Sequence[str]) -> dict[str, Any]:
    stack = new_stack()
    ApprovalRule(
        stack,
        "Rule",
        group_name=GROUP,
        fields=fields,
        promotion=sfn.StateMachine.from_state_machine_name(stack, "Promotion", "promotion"),
        promotion_input={"model": "abalone", "slot": "/mine/abalone/slot"},
        topic=sns.Topic(stack, "Topic"),
    )
    return synthesized(stack)


def documented(name: str, **detail: Any) -> dict[str, Any]:
    """An event as AWS documents it, with some of its detail changed; None takes a field out."""
    event: dict[str, Any] = json.loads((EVENTS / name).read_text())
    told = event["detail"] | detail
    event["detail"] = {field: value for field, value in told.items() if value is not None}
    return event


def fires(template: dict[str, Any], event: dict[str, Any]) -> bool:
    return matches(the(template, RULE), event)


@pytest.mark.parametrize("verdict", ["Approved", "Rejected"])
def test_it_fires_when_a_person_approves_or_rejects_a_version(
    template: dict[str, Any], verdict: str
):
    event = documented(
        CURRENT, ModelApprovalStatus=verdict, UpdatedModelPackageFields=["ModelApprovalStatus"]
    )
    assert fires(template, event)


def test_it_fires_when_the_verdict_is_one_of_several_changes(template: dict[str, Any]):
    fields = ["ApprovalDescription", "ModelApprovalStatus"]
    event = documented(CURRENT, ModelApprovalStatus="Approved", UpdatedModelPackageFields=fields)
    assert fires(template, event)


def test_it_does_not_fire_for_the_documented_change_of_a_life_cycle(template: dict[str, Any]):
    assert not fires(template, documented(CURRENT))


@pytest.mark.parametrize("stamped", ["CustomerMetadataProperties", "ModelLifeCycle", "sourceUri"])
def test_it_does_not_fire_when_an_approved_version_is_stamped(
    template: dict[str, Any], stamped: str
):
    event = documented(CURRENT, ModelApprovalStatus="Approved", UpdatedModelPackageFields=[stamped])
    assert not fires(template, event)


@pytest.mark.parametrize("verdict", ["Approved", "Rejected"])
@pytest.mark.parametrize("field", ["ModelApprovalStatus", "ModelLifeCycle"])
def test_a_stage_that_follows_hears_of_both_verdicts(
    following: dict[str, Any], field: str, verdict: str
):
    event = documented(CURRENT, ModelApprovalStatus=verdict, UpdatedModelPackageFields=[field])
    assert event["detail"]["ModelLifeCycle"]["StageStatus"] == "Approved"
    assert fires(following, event)


def test_a_stage_that_follows_hears_of_a_life_cycle_that_is_taken_back(following: dict[str, Any]):
    rejected = {"Stage": "Prod", "StageStatus": "Rejected"}
    assert fires(following, documented(CURRENT, ModelLifeCycle=rejected))
    assert documented(CURRENT)["detail"]["UpdatedModelPackageFields"] == ["ModelLifeCycle"]


@pytest.mark.parametrize("stamped", ["CustomerMetadataProperties", "ApprovalDescription"])
def test_a_stage_that_follows_does_not_hear_of_a_stamp(following: dict[str, Any], stamped: str):
    assert not fires(following, documented(CURRENT, UpdatedModelPackageFields=[stamped]))


def test_a_stage_that_follows_hears_of_its_group_alone(following: dict[str, Any]):
    assert not fires(following, documented(CURRENT, ModelPackageGroupName="another"))


def test_a_stage_that_follows_does_not_hear_of_a_version_without_a_verdict(
    following: dict[str, Any],
):
    assert not fires(following, documented(CURRENT, ModelApprovalStatus="PendingManualApproval"))


def test_it_does_not_fire_for_a_version_that_waits_for_its_verdict(template: dict[str, Any]):
    event = documented(
        CURRENT,
        ModelApprovalStatus="PendingManualApproval",
        UpdatedModelPackageFields=["ModelApprovalStatus"],
    )
    assert not fires(template, event)


def test_it_does_not_fire_for_another_group(template: dict[str, Any]):
    event = documented(
        CURRENT,
        ModelPackageGroupName="another",
        ModelApprovalStatus="Approved",
        UpdatedModelPackageFields=["ModelApprovalStatus"],
    )
    assert not fires(template, event)


def test_it_does_not_fire_for_an_event_that_does_not_say_what_changed(template: dict[str, Any]):
    assert not fires(template, documented(ARCHIVED, ModelApprovalStatus="Approved"))


def test_the_promotion_learns_the_model_and_why_it_was_started(template: dict[str, Any]):
    [target] = the(template, RULE)["Properties"]["Targets"]
    told = target["InputTransformer"]
    assert json.loads(told["InputTemplate"]) == {
        "model": "abalone",
        "slot": "/mine/abalone/slot",
        "reason": "<detail-ModelPackageArn> is <detail-ModelApprovalStatus>",
    }
    assert set(told["InputPathsMap"].values()) == {
        "$.detail.ModelPackageArn",
        "$.detail.ModelApprovalStatus",
    }


def test_it_may_start_that_promotion_and_nothing_else(template: dict[str, Any]):
    [statement] = statements(template)
    assert actions(statement) == ["states:StartExecution"]
    assert statement["Resource"]["Fn::Join"][1][-1] == ":stateMachine:promotion"


def test_what_cannot_be_delivered_in_a_day_is_kept(template: dict[str, Any]):
    [target] = the(template, RULE)["Properties"]["Targets"]
    assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 86400
    queue = target["DeadLetterConfig"]["Arn"]
    [sends] = [s for s in statements(template, "AWS::SQS::QueuePolicy") if s["Effect"] == "Allow"]
    [rule] = [name for name, r in template["Resources"].items() if r["Type"] == RULE]
    assert sends["Principal"] == {"Service": "events.amazonaws.com"}
    assert sends["Resource"] == queue
    assert sends["Condition"]["ArnEquals"] == {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}}


def test_people_hear_of_what_could_not_be_delivered(template: dict[str, Any]):
    alarm = the(template, "AWS::CloudWatch::Alarm")["Properties"]
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "notBreaching")
    assert [action["Ref"][:5] for action in alarm["AlarmActions"]] == ["Topic"]


def test_each_documented_event_says_where_it_comes_from():
    index = {row["file"]: row for row in json.loads((EVENTS / "INDEX.json").read_text())}
    assert index.keys() == {path.name for path in EVENTS.glob("*.json")} - {"INDEX.json"}
    assert all(row["url"].startswith("https://docs.aws.amazon.com/") for row in index.values())
