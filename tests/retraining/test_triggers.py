"""The triggers in someone else's app, against the events that AWS documents."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn

from mlops_constructs.problems import InvalidProps
from mlops_constructs.retraining import DriftTrigger, NewDataTrigger, ScheduledRetraining
from mlops_constructs.state_machines import DailyRecheck
from tests.constructs_library.someones_app import (
    actions,
    matches,
    new_stack,
    of_type,
    statements,
    synthesized,
    the,
)

EVENTS = Path(__file__).parents[1] / "events"
SINGLE = "cloudwatch-state-change-for-a-single-metric-alarm.json"
MATH = "cloudwatch-state-change-for-a-metric-math-alarm.json"
CREATED = "s3-object-created.json"
TOLD: dict[str, object] = {"model": "abalone", "policy": {"coolDownHours": 1, "runsPerDay": 1}}
RULE, SCHEDULE = "AWS::Events::Rule", "AWS::Scheduler::Schedule"


def documented(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / name).read_text())
    return event


def alarm(stack: Stack, event: str) -> cloudwatch.IAlarm:
    [arn] = documented(event)["resources"]
    return cloudwatch.Alarm.from_alarm_arn(stack, f"Alarm-{event}", arn)


def common(stack: Stack) -> dict[str, Any]:
    return {
        "retraining": sfn.StateMachine.from_state_machine_name(stack, "Machine", "machine"),
        "retraining_input": TOLD,
        "topic": sns.Topic(stack, "Topic"),
    }


@pytest.fixture(scope="module")
def on_drift() -> dict[str, Any]:
    stack = new_stack()
    alarms = [alarm(stack, SINGLE), alarm(stack, MATH)]
    DriftTrigger(stack, "Drift", alarms=alarms, **common(stack))
    return synthesized(stack)


@pytest.fixture(scope="module")
def on_data() -> dict[str, Any]:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "amzn-s3-demo-bucket1")
    NewDataTrigger(stack, "Data", bucket=bucket, prefix="abalone/", **common(stack))
    return synthesized(stack)


@pytest.fixture(scope="module")
def scheduled() -> dict[str, Any]:
    stack = new_stack()
    ScheduledRetraining(stack, "Every", every_days=7, **common(stack))
    return synthesized(stack)


@pytest.fixture(scope="module")
def rechecked() -> dict[str, Any]:
    stack = new_stack()
    machine = sfn.StateMachine.from_state_machine_name(stack, "Machine", "machine")
    DailyRecheck(
        stack,
        "Recheck",
        machine=machine,
        told={**TOLD, "reason": "daily"},
        topic=sns.Topic(stack, "Topic"),
        meaning="nothing was looked at",
    )
    return synthesized(stack)


def test_it_fires_for_the_documented_alarm_that_goes_into_alarm(on_drift: dict[str, Any]):
    event = documented(SINGLE)
    assert event["detail"]["state"]["value"] == "ALARM"
    assert matches(the(on_drift, RULE), event)


@pytest.mark.parametrize("value", ["OK", "INSUFFICIENT_DATA"])
@pytest.mark.parametrize("name", [SINGLE, MATH])
def test_it_does_not_fire_for_other_states(on_drift: dict[str, Any], name: str, value: str):
    event = documented(name)
    event["detail"]["state"]["value"] = value
    assert not matches(the(on_drift, RULE), event)


def test_it_does_not_fire_for_another_alarm(on_drift: dict[str, Any]):
    event = documented(SINGLE)
    event["resources"] = [event["resources"][0] + "-of-another"]
    assert not matches(the(on_drift, RULE), event)


def test_it_does_not_fire_while_the_alarm_is_suppressed(on_drift: dict[str, Any]):
    event = documented(SINGLE)
    event["detail"]["state"]["actionsSuppressedBy"] = "WaitPeriod"
    assert not matches(the(on_drift, RULE), event)


def test_it_fires_for_a_new_object_below_the_prefix(on_data: dict[str, Any]):
    event = documented(CREATED)
    event["detail"]["object"]["key"] = "abalone/2026/11/part-1.csv"
    assert matches(the(on_data, RULE), event)


@pytest.mark.parametrize("key", ["example-key", "abalone", "abalone-2/part-1.csv"])
def test_it_does_not_fire_for_an_object_elsewhere(on_data: dict[str, Any], key: str):
    event = documented(CREATED)
    event["detail"]["object"]["key"] = key
    assert not matches(the(on_data, RULE), event)


def test_it_does_not_fire_for_another_bucket(on_data: dict[str, Any]):
    event = documented(CREATED)
    event["detail"]["object"]["key"] = "abalone/part-1.csv"
    event["detail"]["bucket"]["name"] = "another"
    assert not matches(the(on_data, RULE), event)


@pytest.mark.parametrize(
    ("template", "trigger", "reason", "paths"),
    [
        (
            "on_drift",
            "drift",
            "<detail-alarmName> rang at <detail-state-timestamp>",
            {"$.detail.alarmName", "$.detail.state.timestamp"},
        ),
        (
            "on_data",
            "data",
            "new data in <detail-bucket-name>/abalone/ at <time>",
            {"$.detail.bucket.name", "$.time"},
        ),
    ],
)
def test_the_machine_learns_the_model_what_asks_and_why(
    request: pytest.FixtureRequest, template: str, trigger: str, reason: str, paths: set[str]
):
    rule = the(request.getfixturevalue(template), RULE)
    [target] = rule["Properties"]["Targets"]
    told = target["InputTransformer"]
    assert json.loads(told["InputTemplate"]) == {**TOLD, "trigger": trigger, "reason": reason}
    assert set(told["InputPathsMap"].values()) == paths


def test_a_schedule_asks_for_a_run_every_so_many_days(scheduled: dict[str, Any]):
    schedule = the(scheduled, SCHEDULE)["Properties"]
    assert schedule["ScheduleExpression"] == "rate(7 days)"
    assert json.loads(schedule["Target"]["Input"]) == {
        **TOLD,
        "trigger": "schedule",
        "reason": "due on <aws.scheduler.scheduled-time>",
    }


def test_a_re_check_looks_every_day(rechecked: dict[str, Any]):
    schedule = the(rechecked, SCHEDULE)["Properties"]
    assert schedule["ScheduleExpression"] == "rate(1 day)"
    assert json.loads(schedule["Target"]["Input"]) == {**TOLD, "reason": "daily"}


EACH = ["on_drift", "on_data", "scheduled", "rechecked"]


@pytest.mark.parametrize("name", EACH)
def test_it_may_start_that_machine_and_nothing_else(request: pytest.FixtureRequest, name: str):
    template = request.getfixturevalue(name)
    starts = [s for s in statements(template) if actions(s) != ["sqs:SendMessage"]]
    [statement] = starts
    assert actions(statement) == ["states:StartExecution"]
    assert statement["Resource"]["Fn::Join"][1][-1] == ":stateMachine:machine"


@pytest.mark.parametrize("name", EACH)
def test_what_cannot_be_delivered_in_a_day_is_kept_and_told(
    request: pytest.FixtureRequest, name: str
):
    template = request.getfixturevalue(name)
    [queue] = [n for n, r in template["Resources"].items() if r["Type"] == "AWS::SQS::Queue"]
    made = (of_type(template, RULE) + of_type(template, SCHEDULE))[0]["Properties"]
    target = made["Targets"][0] if "Targets" in made else made["Target"]
    assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": [queue, "Arn"]}
    assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 86400
    watched = the(template, "AWS::CloudWatch::Alarm")["Properties"]
    assert watched["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}
    ]
    assert [action["Ref"][:5] for action in watched["AlarmActions"]] == ["Topic"]


@pytest.mark.parametrize("name", ["scheduled", "rechecked"])
def test_only_schedules_of_the_account_may_use_the_role(request: pytest.FixtureRequest, name: str):
    role = the(request.getfixturevalue(name), "AWS::IAM::Role")["Properties"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_a_trigger_without_alarms_is_refused():
    stack = new_stack()
    problem = "alarms must not be empty: without a resource the rule would hear every alarm"
    with pytest.raises(InvalidProps, match=problem):
        DriftTrigger(stack, "Drift", alarms=[], **common(stack))


def test_a_composite_alarm_is_refused():
    stack = new_stack()
    rule = cloudwatch.AlarmRule.from_boolean(True)
    composite = cloudwatch.CompositeAlarm(stack, "Any", alarm_rule=rule)
    problem = (
        "Test/Any is a composite alarm, which the machine may not look at; "
        "name the metric alarms it is made of"
    )
    with pytest.raises(InvalidProps, match=problem):
        DriftTrigger(stack, "Drift", alarms=[composite], **common(stack))


@pytest.mark.parametrize("prefix", ["", "abalone", "/abalone/"])
def test_a_prefix_that_is_no_folder_is_refused(prefix: str):
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "amzn-s3-demo-bucket1")
    problem = f"prefix must end with a slash and not begin with one, got {prefix!r}"
    with pytest.raises(InvalidProps, match=re.escape(problem)):
        NewDataTrigger(stack, "Data", bucket=bucket, prefix=prefix, **common(stack))


@pytest.mark.parametrize("days", [0, 366])
def test_an_interval_that_is_no_schedule_is_refused(days: int):
    stack = new_stack()
    with pytest.raises(InvalidProps, match=f"every_days must be 1 to 365, got {days}"):
        ScheduledRetraining(stack, "Every", every_days=days, **common(stack))
