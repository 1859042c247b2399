"""What alarms tell the event bus and topics, held against AWS's documented events."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.alarm_lab import ARN, MINUTE, Lab, lab

DOCUMENTED = Path(__file__).parents[1] / "events"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")
SENTENCE_TIME = re.compile(r"[A-Z][a-z]+day \d\d [A-Z][a-z]+, \d{4} \d\d:\d\d:\d\d UTC")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
INSTANCE = [{"Name": "InstanceId", "Value": "i-12345678901234567"}]
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
CPU: dict[str, Any] = {
    "AlarmDescription": "Goes into alarm when server CPU utilization is too high!",
    "Namespace": "AWS/EC2",
    "MetricName": "CPUUtilization",
    "Dimensions": INSTANCE,
    "Statistic": "Average",
    "Period": 300,
    "Threshold": 50.0,
}
RULE = "ALARM(ServerCpuTooHigh) OR ALARM(TotalNetworkTrafficTooHigh)"


def traffic() -> dict[str, Any]:
    def metric(name: str, id_: str) -> dict[str, Any]:
        metric = {"Namespace": "AWS/EC2", "MetricName": name, "Dimensions": INSTANCE}
        stat = {"Metric": metric, "Period": 300, "Stat": "Maximum"}
        return {"Id": id_, "MetricStat": stat, "ReturnData": False}

    expression = {
        "Id": "e1",
        "Expression": "SUM(METRICS())",
        "Label": "Total Network Traffic",
        "ReturnData": True,
    }
    return {
        "AlarmDescription": "Goes into alarm if total network traffic exceeds 10Kb",
        "Metrics": [metric("NetworkIn", "m1"), metric("NetworkOut", "m2"), expression],
        "Threshold": 10000.0,
        "TreatMissingData": "ignore",
    }


def documented(name: str) -> Any:
    return json.loads((DOCUMENTED / f"cloudwatch-{name}.json").read_text())


def last(here: Lab, detail_type: str) -> dict[str, Any]:
    """The last event of a type, as a target gets it but for what the bus adds."""
    event = [x for x in here.events if x["DetailType"] == f"CloudWatch Alarm {detail_type}"][-1]
    return {
        "detail-type": event["DetailType"],
        "source": event["Source"],
        "resources": event["Resources"],
        "detail": event["Detail"],
    }


def plain(value: Any) -> Any:
    """An event with its times, ids and JSON texts replaced by what they are."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted((plain(item) for item in value), key=json.dumps)
    if isinstance(value, str) and value.startswith("{"):
        return {"JSON": plain(json.loads(value))}
    if isinstance(value, str):
        return UUID.sub("<id>", SENTENCE_TIME.sub("<time>", TIME.sub("<time>", value)))
    return value


def same(found: dict[str, Any], sample: dict[str, Any]) -> None:
    assert plain(found) == plain({name: sample[name] for name in found})


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    with lab(monkeypatch, "2019-10-01 13:46:10") as made:
        yield made


def test_the_documented_event_of_a_metric_is_told_word_for_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sample = documented("state-change-for-a-single-metric-alarm")
    with lab(monkeypatch, "2019-10-01 13:50:10") as here:
        here.alarm("ServerCpuTooHigh", **CPU, TreatMissingData="ignore")
        cpu: dict[str, Any] = {"Namespace": "AWS/EC2", "Dimensions": INSTANCE}
        here.force("ServerCpuTooHigh", "ALARM")
        here.until("2019-10-01 13:50:50")
        here.put(0.0666851903306472, "CPUUtilization", Timestamp=here.time - 240, **cpu)
        here.until("2019-10-01 13:51:00")
        here.until("2019-10-02 17:03:50")
        here.put(99.50160229693434, "CPUUtilization", Timestamp=here.time - 280, **cpu)
        here.until("2019-10-02 17:04:00")
        same(last(here, "State Change"), sample)


def test_the_documented_event_of_metric_math_is_told_word_for_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sample = documented("state-change-for-a-metric-math-alarm")
    with lab(monkeypatch, "2019-10-02 17:14:30") as here:
        here.alarm("TotalNetworkTrafficTooHigh", **traffic())
        for name, value in (("NetworkIn", 45000), ("NetworkOut", 628)):
            here.put(
                value,
                name,
                Namespace="AWS/EC2",
                Dimensions=INSTANCE,
                Timestamp=here.time - 4 * MINUTE,
            )
        here.until("2019-10-02 17:15:00")
        same(last(here, "State Change"), sample)


def test_alarms_of_target_tracking_do_not_decide_which_events_come_twice(here: Lab) -> None:
    for number in range(6):
        here.alarm(f"own-{number}")
        here.alarm(f"TargetTracking-endpoint/{number}")
    told = [event["Detail"]["alarmName"] for event in here.events]
    twice = {name for name in told if told.count(name) == 2}
    assert len(twice) == 2
    assert all(name.startswith("own-") for name in twice)


@pytest.fixture
def children(here: Lab) -> Lab:
    here.alarm("ServerCpuTooHigh", **CPU)
    here.alarm("TotalNetworkTrafficTooHigh", **traffic())
    here.alarm("ServiceMaintenanceAlarm")
    return here


def composite(here: Lab, **members: Any) -> None:
    here.call("PutCompositeAlarm", AlarmName="ServiceAggregatedAlarm", AlarmRule=RULE, **members)


def suppressed(here: Lab, extension: int = 180) -> None:
    composite(
        here,
        ActionsSuppressor="ServiceMaintenanceAlarm",
        ActionsSuppressorWaitPeriod=120,
        ActionsSuppressorExtensionPeriod=extension,
    )


def first_change(here: Lab, operation: str) -> dict[str, Any]:
    """Creation is told before the state that it leads to."""
    kept = [e for e in here.events if e["Detail"].get("operation") == operation]
    here.events[:] = kept
    return last(here, "Configuration Change")


def test_the_creation_of_a_composite_alarm_is_the_documented_event(children: Lab) -> None:
    composite(children, AlarmDescription="Aggregated monitor for instance")
    same(first_change(children, "create"), documented("creation-of-a-composite-alarm"))


def test_the_creation_with_a_suppressor_is_the_documented_event(children: Lab) -> None:
    suppressed(children)
    sample = documented("creation-of-a-composite-alarm-with-a-suppressor-alarm")
    same(first_change(children, "create"), sample)


def test_the_update_with_a_suppressor_is_the_documented_event(children: Lab) -> None:
    children.force("ServerCpuTooHigh", "ALARM")
    suppressed(children)
    suppressed(children, 360)
    sample = documented("update-of-a-composite-alarm-with-a-suppressor-alarm")
    same(first_change(children, "update"), sample)


def test_the_deletion_with_a_suppressor_is_the_documented_event(children: Lab) -> None:
    children.force("ServerCpuTooHigh", "ALARM")
    suppressed(children, 360)
    children.call("DeleteAlarms", AlarmNames=["ServiceAggregatedAlarm"])
    sample = documented("deletion-of-a-composite-alarm-with-a-suppressor-alarm")
    same(first_change(children, "delete"), sample)


def test_the_deletion_of_metric_math_is_the_documented_event(children: Lab) -> None:
    children.call("DeleteAlarms", AlarmNames=["TotalNetworkTrafficTooHigh"])
    sample = documented("deletion-of-a-metric-math-alarm")
    same(first_change(children, "delete"), sample)


def test_the_update_of_a_metric_alarm_is_the_documented_event(here: Lab) -> None:
    for threshold in (70.0, 80.0):
        settings = {**CPU, "Threshold": threshold, "TreatMissingData": "ignore"}
        here.alarm("ServerCpuTooHigh", **settings)
    same(first_change(here, "update"), documented("update-of-a-metric-alarm"))


def test_a_suppressed_state_change_is_the_documented_event(children: Lab) -> None:
    children.force("TotalNetworkTrafficTooHigh", "OK")
    children.force("ServerCpuTooHigh", "OK")
    suppressed(children)
    children.force("ServerCpuTooHigh", "ALARM")
    children.events[:] = [
        e for e in children.events if e["Detail"]["alarmName"] == "ServiceAggregatedAlarm"
    ]
    sample = documented("state-change-for-a-composite-alarm-with-a-suppressor-alarm")
    # The sample's sentences name other alarms than the sample has.
    text = json.dumps(sample).replace("SuppressionDemo.EventBridge.FirstChild", "ServerCpuTooHigh")
    text = text.replace("SuppressionDemo.EventBridge.Main", "ServiceAggregatedAlarm")
    same(last(children, "State Change"), json.loads(text))


def test_an_alarm_whose_actions_are_disabled_tells_the_bus_all_the_same(here: Lab) -> None:
    here.alarm(ActionsEnabled=False, AlarmActions=[TOPIC])
    here.force("a", "ALARM")
    assert here.transitions("a") == ["ALARM"]
    assert here.messages == []


def test_no_event_is_told_of_a_state_that_stays(here: Lab) -> None:
    here.alarm()
    here.force("a", "ALARM")
    told = len(here.events)
    here.force("a", "ALARM")
    assert len(here.events) == told


def test_now_and_then_an_event_comes_twice(here: Lab) -> None:
    here.alarm()
    for _ in range(6):
        here.force("a", "ALARM")
        here.force("a", "OK")
    told = [e for e in here.events if e["DetailType"].endswith("State Change")]
    assert len(told) > 12


def test_several_breaches_are_listed_newest_first(here: Lab) -> None:
    """As in cloudwatch-metrics-insights-alarms-partial-data.html, where all three breach."""
    here.alarm(EvaluationPeriods=3, DatapointsToAlarm=2)
    for value in (5, 0, 7):
        here.put(value)
        here.pass_time(MINUTE)
    alarm = here.described()
    assert alarm["StateReason"] == (
        "Threshold Crossed: 2 out of the last 3 datapoints [7.0 (01/10/19 13:48:00),"
        " 5.0 (01/10/19 13:46:00)] were greater than the threshold (1.0)"
        " (minimum 2 datapoints for OK -> ALARM transition)."
    )
    assert json.loads(alarm["StateReasonData"])["recentDatapoints"] == [5.0, 0.0, 7.0]


def test_the_way_back_says_how_many_healthy_datapoints_it_takes(here: Lab) -> None:
    for value in (0, 5, 7):
        here.put(value)
        here.pass_time(MINUTE)
    here.alarm(EvaluationPeriods=3)
    here.pass_time(MINUTE)
    assert here.described()["StateReason"] == (
        "Threshold Crossed: 1 out of the last 3 datapoints [0.0 (01/10/19 13:46:00)] was not"
        " greater than the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition)."
    )


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring has no sample of the message;
# these members are those of messages in many public repositories (assumption alarm-notification).
MEMBERS = {
    *("AlarmName", "AlarmDescription", "AWSAccountId", "AlarmConfigurationUpdatedTimestamp"),
    *("NewStateValue", "NewStateReason", "StateChangeTime", "Region", "AlarmArn", "OldStateValue"),
    *("OKActions", "AlarmActions", "InsufficientDataActions"),
}


def test_a_topic_is_told_of_a_change_to_the_state_it_is_for(here: Lab) -> None:
    here.alarm(AlarmActions=[TOPIC], AlarmDescription="too many", Dimensions=INSTANCE)
    here.force("a", "ALARM")
    here.force("a", "OK")
    ((topic, subject, message),) = here.messages
    assert (topic, subject) == (TOPIC, 'ALARM: "a" in US East (N. Virginia)')
    assert message.keys() == MEMBERS | {"Trigger"}
    assert message["AlarmArn"] == f"{ARN}a"
    assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert message["StateChangeTime"] == "2019-10-01T13:46:10.000+0000"
    assert message["Trigger"] == {
        "MetricName": "m",
        "Namespace": "Lab",
        "StatisticType": "Statistic",
        "Statistic": "SUM",
        "Unit": None,
        "Dimensions": [{"value": "i-12345678901234567", "name": "InstanceId"}],
        "Period": 60,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1.0,
        "TreatMissingData": "",
        "EvaluateLowSampleCountPercentile": "",
    }


def test_the_message_of_metric_math_has_its_metrics(here: Lab) -> None:
    here.alarm("math", **traffic(), OKActions=[TOPIC])
    here.force("math", "OK")
    (_, _, message) = here.messages[0]
    assert [each["Id"] for each in message["Trigger"]["Metrics"]] == ["m1", "m2", "e1"]
    assert "MetricName" not in message["Trigger"]


def test_the_message_of_a_composite_alarm_names_the_children_that_did_it(children: Lab) -> None:
    composite(children, AlarmActions=[TOPIC])
    children.force("ServerCpuTooHigh", "ALARM")
    (_, _, message) = children.messages[0]
    assert message.keys() == MEMBERS | {"AlarmRule", "TriggeringChildren"}
    assert message["TriggeringChildren"][0]["Arn"] == f"{ARN}ServerCpuTooHigh"
