"""AWS::CloudWatch::Alarm, ::CompositeAlarm and ::Dashboard in stacks."""

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.stacks import Stack

pytestmark = pytest.mark.local_aws
SINGLE: dict[str, Any] = {
    "Namespace": "Stacked",
    "MetricName": "m",
    "Statistic": "Sum",
    "Period": "60",
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}
BODY = json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "# Hello"}}]})


@pytest.fixture
def cloudwatch(client: Callable[[str], Any]) -> Any:
    return client("cloudwatch")


@pytest.fixture
def stack(client: Callable[[str], Any]) -> Iterator[Stack]:
    made = Stack(client("cloudformation"), f"alarms-{uuid.uuid4().hex[:8]}")
    yield made
    with contextlib.suppress(ClientError):
        made.delete()


def template(**resources: Any) -> dict[str, Any]:
    def outputs(name: str) -> dict[str, Any]:
        found = {f"{name}Ref": {"Value": {"Ref": name}}}
        if name != "Dashboard":
            found[f"{name}Arn"] = {"Value": {"Fn::GetAtt": [name, "Arn"]}}
        return found

    types = {"Alarm": "Alarm", "Math": "Alarm", "Above": "CompositeAlarm", "Dashboard": "Dashboard"}
    return {
        "Resources": {
            name: {"Type": f"AWS::CloudWatch::{types[name]}", "Properties": properties}
            for name, properties in resources.items()
        },
        "Outputs": {k: v for name in resources for k, v in outputs(name).items()},
    }


def described(cloudwatch: Any, name: str) -> dict[str, Any]:
    found = cloudwatch.describe_alarms(
        AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    (alarm,) = [*found["MetricAlarms"], *found["CompositeAlarms"]]
    return dict(alarm)


def test_an_alarm_is_made_with_ref_and_attributes_as_its_schema_says(
    cloudwatch: Any, stack: Stack
) -> None:
    assert stack.create(template(Alarm=SINGLE))["StackStatus"] == "CREATE_COMPLETE"
    outputs = stack.outputs()
    alarm = described(cloudwatch, outputs["AlarmRef"])
    assert alarm["AlarmName"].startswith(f"{stack.name}-Alarm-")
    assert outputs["AlarmArn"] == alarm["AlarmArn"]
    assert (alarm["Period"], alarm["Threshold"]) == (60, 1.0)


def test_an_alarm_updated_in_place_keeps_its_state(cloudwatch: Any, stack: Stack) -> None:
    stack.create(template(Alarm=SINGLE))
    name = stack.outputs()["AlarmRef"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="by hand")
    before = described(cloudwatch, name)
    changed = {**SINGLE, "Threshold": 7, "TreatMissingData": "ignore"}
    assert stack.update(template(Alarm=changed))["StackStatus"] == "UPDATE_COMPLETE"
    after = described(cloudwatch, name)
    kept = ("StateValue", "StateReason", "StateTransitionedTimestamp")
    assert [after[x] for x in kept] == [before[x] for x in kept]
    assert after["Threshold"] == 7.0


def test_a_renamed_alarm_is_another_alarm(cloudwatch: Any, stack: Stack) -> None:
    old, new = f"{stack.name}-old", f"{stack.name}-new"
    stack.create(template(Alarm={**SINGLE, "AlarmName": old}))
    cloudwatch.set_alarm_state(AlarmName=old, StateValue="ALARM", StateReason="by hand")
    stack.update(template(Alarm={**SINGLE, "AlarmName": new}))
    assert stack.outputs()["AlarmRef"] == new
    assert described(cloudwatch, new)["StateValue"] == "INSUFFICIENT_DATA"
    assert cloudwatch.describe_alarms(AlarmNames=[old])["MetricAlarms"] == []


def test_a_deleted_stack_takes_its_alarms_along(cloudwatch: Any, stack: Stack) -> None:
    above = {"AlarmRule": {"Fn::Sub": "ALARM(${Alarm})"}}
    stack.create(template(Alarm=SINGLE, Above=above))
    names = [stack.outputs()[f"{x}Ref"] for x in ("Alarm", "Above")]
    stack.delete()
    kinds = ["MetricAlarm", "CompositeAlarm"]
    found = cloudwatch.describe_alarms(AlarmNames=names, AlarmTypes=kinds)
    assert (found["MetricAlarms"], found["CompositeAlarms"]) == ([], [])


def test_tags_of_a_stack_reach_its_alarms_and_change_with_it(cloudwatch: Any, stack: Stack) -> None:
    def tags() -> dict[str, str]:
        arn = stack.outputs()["AlarmArn"]
        found = cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]
        return {x["Key"]: x["Value"] for x in found if not x["Key"].startswith("aws:")}

    stack.create(template(Alarm={**SINGLE, "Tags": [{"Key": "a", "Value": "1"}]}))
    assert tags() == {"a": "1"}
    stack.update(template(Alarm={**SINGLE, "Tags": [{"Key": "b", "Value": "2"}]}))
    assert tags() == {"b": "2"}


def test_a_metric_math_alarm_is_made(cloudwatch: Any, stack: Stack) -> None:
    stat = {"Metric": {"Namespace": "S", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    math = {
        **{k: SINGLE[k] for k in ("EvaluationPeriods", "Threshold", "ComparisonOperator")},
        "Metrics": [
            {"Id": "e", "Expression": "m / 100", "ReturnData": "true"},
            {"Id": "m", "MetricStat": stat, "ReturnData": "false"},
        ],
    }
    assert stack.create(template(Math=math))["StackStatus"] == "CREATE_COMPLETE"
    alarm = described(cloudwatch, stack.outputs()["MathRef"])
    assert [each["Id"] for each in alarm["Metrics"]] == ["e", "m"]


def test_a_composite_alarm_with_a_suppressor_is_made_and_changed(
    cloudwatch: Any, stack: Stack
) -> None:
    above = {
        "AlarmRule": {"Fn::Sub": 'ALARM("${Alarm}")'},
        "ActionsSuppressor": {"Ref": "Alarm"},
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 60,
    }
    stack.create(template(Alarm=SINGLE, Above=above))
    outputs = stack.outputs()
    alarm = described(cloudwatch, outputs["AboveRef"])
    assert outputs["AboveArn"] == alarm["AlarmArn"]
    assert alarm["ActionsSuppressor"] == outputs["AlarmRef"]
    stack.update(template(Alarm=SINGLE, Above={**above, "AlarmRule": "TRUE"}))
    assert described(cloudwatch, outputs["AboveRef"])["StateValue"] == "ALARM"


def test_an_alarm_of_that_name_is_not_taken_over(cloudwatch: Any, stack: Stack) -> None:
    name = f"{stack.name}-taken"
    cloudwatch.put_metric_alarm(AlarmName=name, **{**SINGLE, "Period": 60, "Threshold": 5.0})
    made = stack.create(template(Alarm={**SINGLE, "AlarmName": name}))
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    assert f"{name} already exists" in stack.reasons()
    assert described(cloudwatch, name)["Threshold"] == 5.0


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "anomaly detection"),
        ({"Period": 45}, "Period must be 10, 20, 30 or a multiple of 60"),
        ({"ThresholdMetricId": "m"}, "does not implement ThresholdMetricId"),
    ],
)
def test_a_stack_says_why_an_alarm_cannot_be(
    stack: Stack, properties: dict[str, Any], text: str
) -> None:
    made = stack.create(template(Alarm={**SINGLE, **properties}))
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    assert text in stack.reasons()


def test_a_dashboard_is_made_changed_renamed_and_deleted(cloudwatch: Any, stack: Stack) -> None:
    def body(name: str) -> Any:
        return json.loads(cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"])

    name = f"{stack.name}-board"
    stack.create(template(Dashboard={"DashboardName": name, "DashboardBody": BODY}))
    assert stack.outputs()["DashboardRef"] == name
    assert body(name) == json.loads(BODY)
    empty = json.dumps({"widgets": []})
    stack.update(template(Dashboard={"DashboardName": name, "DashboardBody": empty}))
    assert body(name) == {"widgets": []}
    stack.update(template(Dashboard={"DashboardName": f"{name}-2", "DashboardBody": BODY}))
    with pytest.raises(ClientError) as gone:
        body(name)
    assert gone.value.response["Error"]["Code"] == "ResourceNotFound"
    stack.delete()
    entries = cloudwatch.list_dashboards(DashboardNamePrefix=name)["DashboardEntries"]
    assert entries == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("no JSON", "Expecting value"),
        ("[]", "/widgets should be an array"),
        ('{"widgets": {}}', "/widgets should be an array"),
        ('{"widgets": [1]}', "/widgets/0 should be an object"),
        ('{"widgets": [{"type": "pie", "properties": {}}]}', "/widgets/0/type should be one of"),
        ('{"widgets": [{"type": "text"}]}', "/widgets/0/properties should be an object"),
        ('{"widgets": [{"type": "text", "properties": {}}]}', "should have markdown"),
        ('{"widgets": [{"type": "metric", "properties": {}}]}', "metrics or annotations"),
        (
            '{"widgets": [{"type": "text", "properties": {"markdown": ""}, "width": 25}]}',
            "/widgets/0/width should be 1 to 24, got 25",
        ),
    ],
)
def test_a_body_that_is_no_dashboard_is_refused(cloudwatch: Any, body: str, text: str) -> None:
    with pytest.raises(ClientError) as refused:
        cloudwatch.put_dashboard(DashboardName="refused", DashboardBody=body)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterInput"
    assert text in refused.value.response["Error"]["Message"]


def test_a_dashboard_that_is_not_there_cannot_be_deleted(cloudwatch: Any) -> None:
    with pytest.raises(ClientError) as refused:
        cloudwatch.delete_dashboards(DashboardNames=["nobody"])
    assert refused.value.response["Error"]["Code"] == "ResourceNotFound"
