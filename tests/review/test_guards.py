"""What protects less: each pair of properties, and the same pair the other way round."""

from typing import Any

import pytest

from review.guards import weakened
from review.resources import StackPair
from tests.review.handmade import one, pair, stack, template

ALARM, ENDPOINT = "AWS::CloudWatch::Alarm", "AWS::SageMaker::Endpoint"
CONFIG, RULE = "AWS::SageMaker::EndpointConfig", "AWS::Events::Rule"
SCHEDULE, BUCKET = "AWS::Scheduler::Schedule", "AWS::S3::Bucket"
MONITOR = "AWS::SageMaker::MonitoringSchedule"
ABOVE = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 2, "Period": 60}
BELOW = {**ABOVE, "ComparisonOperator": "LessThanThreshold"}


def release(**routing: Any) -> dict[str, Any]:
    policy = {
        "TrafficRoutingConfiguration": {"Type": "CANARY", "WaitIntervalInSeconds": 600, **routing}
    }
    return {"DeploymentConfig": {"BlueGreenUpdatePolicy": policy}}


def canary(value: int) -> dict[str, Any]:
    return release(CanarySize={"Type": "CAPACITY_PERCENT", "Value": value})


def rolled_back_by(*names: str) -> dict[str, Any]:
    alarms = [{"AlarmName": name} for name in names]
    return {"DeploymentConfig": {"AutoRollbackConfiguration": {"Alarms": alarms}}}


def capture(percent: int, *modes: str, on: bool = True) -> dict[str, Any]:
    options = [{"CaptureMode": mode} for mode in modes or ("Input", "Output")]
    told = {
        "EnableCapture": on,
        "InitialSamplingPercentage": percent,
        "CaptureOptions": options,
    }
    return {"DataCaptureConfig": told}


def monitoring(expression: str) -> dict[str, Any]:
    return {"MonitoringScheduleConfig": {"ScheduleConfig": {"ScheduleExpression": expression}}}


def expiring(days: int | None) -> dict[str, Any]:
    rule = {"Status": "Enabled", **({"ExpirationInDays": days} if days else {})}
    return {"LifecycleConfiguration": {"Rules": [rule]}}


WEAKER: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("alarm", ALARM, {**ABOVE, "Threshold": 1}, {**ABOVE, "Threshold": 5}),
    ("alarm", ALARM, {**BELOW, "Threshold": 5}, {**BELOW, "Threshold": 1}),
    ("alarm", ALARM, {**ABOVE, "Threshold": 1}, {**ABOVE, "Threshold": 1, "Period": 300}),
    ("alarm", ALARM, {**ABOVE, "DatapointsToAlarm": 1}, {**ABOVE, "DatapointsToAlarm": 2}),
    ("alarm", ALARM, {**ABOVE, "TreatMissingData": "breaching"}, ABOVE),
    ("alarm", ALARM, ABOVE, {**ABOVE, "ActionsEnabled": False}),
    ("alarm", ALARM, {**ABOVE, "AlarmActions": ["a", "b"]}, {**ABOVE, "AlarmActions": ["a"]}),
    ("rollback", ENDPOINT, rolled_back_by("a", "b"), rolled_back_by("a")),
    ("rollback", ENDPOINT, rolled_back_by("a"), {}),
    ("bake", ENDPOINT, release(), release(WaitIntervalInSeconds=60)),
    ("traffic", ENDPOINT, release(), release(Type="ALL_AT_ONCE")),
    ("traffic", ENDPOINT, release(), {}),
    ("traffic", ENDPOINT, canary(10), canary(50)),
    ("capture", CONFIG, capture(100), capture(1)),
    ("capture", CONFIG, capture(100), capture(100, on=False)),
    ("capture", CONFIG, capture(100), {}),
    ("capture", CONFIG, capture(100), capture(100, "Input")),
    ("monitor", MONITOR, monitoring("cron(0 * ? * * *)"), monitoring("cron(0 0 ? * * *)")),
    ("schedule", SCHEDULE, {"State": "ENABLED"}, {"State": "DISABLED"}),
    ("schedule", SCHEDULE, {}, {"State": "DISABLED"}),
    (
        "schedule",
        SCHEDULE,
        {"ScheduleExpression": "rate(1 day)"},
        {"ScheduleExpression": "rate(7 days)"},
    ),
    ("rule", RULE, {"State": "ENABLED"}, {"State": "DISABLED"}),
    ("retention", "AWS::Logs::LogGroup", {"RetentionInDays": 90}, {"RetentionInDays": 7}),
    ("retention", "AWS::Logs::LogGroup", {}, {"RetentionInDays": 3653}),
    ("retention", "AWS::SQS::Queue", {"MessageRetentionPeriod": 1209600}, {}),
    ("retention", BUCKET, expiring(90), expiring(30)),
    ("retention", BUCKET, expiring(None), expiring(30)),
    ("retention", BUCKET, {"VersioningConfiguration": {"Status": "Enabled"}}, {}),
    (
        "public-access",
        BUCKET,
        {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}},
        {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": False}},
    ),
    ("encryption", "AWS::SNS::Topic", {"KmsMasterKeyId": "key"}, {}),
    ("encryption", "AWS::KMS::Key", {"EnableKeyRotation": True}, {"EnableKeyRotation": False}),
    ("delivery", SCHEDULE, {"Target": {"DeadLetterConfig": {"Arn": "q"}}}, {"Target": {}}),
    ("boundary", "AWS::IAM::Role", {"PermissionsBoundary": "arn"}, {}),
]


@pytest.mark.parametrize(("kind", "type_name", "before", "after"), WEAKER)
def test_what_protects_less_is_told(
    kind: str, type_name: str, before: dict[str, Any], after: dict[str, Any]
):
    [guard] = weakened(one(type_name, before, after))
    assert guard.kind == kind


@pytest.mark.parametrize(("kind", "type_name", "before", "after"), WEAKER)
def test_what_protects_more_is_not(
    kind: str, type_name: str, before: dict[str, Any], after: dict[str, Any]
):
    assert list(weakened(one(type_name, after, before))) == []


def kept(policy: str) -> dict[str, Any]:
    return template(One={"Type": BUCKET, "DeletionPolicy": policy})


def test_a_bucket_that_no_longer_outlives_its_stack_is_told():
    [guard] = weakened([pair(kept("Retain"), kept("Delete"))])
    assert (guard.kind, guard.before, guard.after) == ("retention", "Retain", "Delete")


def test_a_stack_without_termination_protection_is_told():
    sides = stack(template(), terminationProtection=True), stack(template())
    [guard] = weakened([StackPair("Stack", *sides)])
    assert guard.kind == "protection"


@pytest.mark.parametrize(
    ("type_name", "kind"),
    [(ALARM, "alarm"), (MONITOR, "monitor"), (SCHEDULE, "schedule"), (RULE, "rule")],
)
def test_a_watcher_that_is_removed_is_told(type_name: str, kind: str):
    [guard] = weakened([pair(template(One=(type_name, {"Name": "n"})), template())])
    assert (guard.kind, guard.told) == (kind, "is removed")


def test_an_alarm_that_only_moved_is_not_removed():
    alarm = (ALARM, {**ABOVE, "AlarmName": "a", "Dimensions": []})
    moved = [pair(template(Old=alarm), template(), "A"), pair(template(), template(New=alarm), "B")]
    assert list(weakened(moved)) == []


def test_a_schedule_is_a_monitor_s_where_its_construct_says_so():
    def scheduled(state: str) -> dict[str, Any]:
        path = {"aws:cdk:path": "Dev/Monitoring-x/Schedule/Resource"}
        return template(One={"Type": SCHEDULE, "Properties": {"State": state}, "Metadata": path})

    [guard] = weakened([pair(scheduled("ENABLED"), scheduled("DISABLED"), "Dev-Monitoring-x")])
    assert guard.kind == "monitor"


def test_a_stack_of_watchers_that_is_no_longer_in_the_app_is_one_guard():
    watchers = template(A=(ALARM, {"AlarmName": "a"}), B=(MONITOR, {}), C=(ALARM, {}))
    [guard] = weakened([pair(watchers, None)])
    assert guard.kind == "monitor"
    assert guard.told == "is no longer in the app, and with it 2 alarms, 1 monitor"


@pytest.mark.parametrize(
    ("type_name", "before", "after"),
    [
        (ALARM, {**ABOVE, "Threshold": 1}, {**ABOVE, "Threshold": {"Ref": "Limit"}}),
        (ALARM, {**ABOVE, "Threshold": 5}, {**BELOW, "Threshold": 1}),
        (CONFIG, capture(1), capture(100)),
        (SCHEDULE, {"ScheduleExpression": "at(2027-01-01T00:00:00)"}, {}),
    ],
)
def test_what_can_not_be_compared_is_no_weaker_guard(
    type_name: str, before: dict[str, Any], after: dict[str, Any]
):
    assert list(weakened(one(type_name, before, after))) == []
