"""The rule against the event that AWS documents of a metric math alarm."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn

from mlops_constructs.serving import ChallengerRule
from tests.constructs_library.someones_app import matches, new_stack, synthesized, the

EVENTS = Path(__file__).parents[1] / "events"
NAME = "cloudwatch-state-change-for-a-metric-math-alarm.json"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    stack = new_stack()
    ChallengerRule(
        stack,
        "Rule",
        endpoint_name="churn",
        promotion=sfn.StateMachine.from_state_machine_name(stack, "Promotion", "promotion"),
        promotion_input={"model": "churn", "slot": "/mine/churn/slot"},
        topic=sns.Topic(stack, "Topic"),
    )
    return synthesized(stack)


def event(alarm: str, state: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / NAME).read_text())
    found["detail"]["alarmName"] = alarm
    found["detail"]["state"]["value"] = state
    return found


def fires(template: dict[str, Any], alarm: str, state: str = "ALARM") -> bool:
    return matches(the(template, "AWS::Events::Rule"), event(alarm, state))


def test_it_fires_when_the_alarm_of_a_trial_rings_whatever_its_config(template: dict[str, Any]):
    assert fires(template, "churn-challenger-5xx-VersionConfig-7hK2")


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_it_does_not_fire_when_it_falls_silent(template: dict[str, Any], state: str):
    assert not fires(template, "churn-challenger-5xx-VersionConfig-7hK2", state)


@pytest.mark.parametrize("alarm", ["churn-data-quality-drift", "chess-challenger-5xx-c", "churn"])
def test_it_does_not_fire_for_other_alarms(template: dict[str, Any], alarm: str):
    assert not fires(template, alarm)


def test_the_promotion_is_told_which_alarm_rang(template: dict[str, Any]):
    [target] = the(template, "AWS::Events::Rule")["Properties"]["Targets"]
    assert target["InputTransformer"]["InputPathsMap"] == {"detail-alarmName": "$.detail.alarmName"}
    text = target["InputTransformer"]["InputTemplate"]
    assert json.loads(text) == {
        "model": "churn",
        "slot": "/mine/churn/slot",
        "reason": "<detail-alarmName> rings",
    }
