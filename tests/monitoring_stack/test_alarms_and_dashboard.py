"""When a monitor rings, and what a person sees of a model."""

import json
from typing import Any

import pytest

from mlops_constructs.monitoring import DataQuality, ModelDashboard, MonitorMetric
from mlops_constructs.monitoring.alarms import SEVEN_DAYS, quiet_hours
from mlops_constructs.monitoring.engine import Engine
from mlops_constructs.monitoring.report_states import report_definition
from tests.constructs_library.someones_app import new_stack, of_type, synthesized, the
from tests.monitoring_stack.watched import MODEL_MONITOR, OPEN, monitor_in, template_of

Template = dict[str, Any]


@pytest.fixture(scope="module")
def template() -> Template:
    return template_of(OPEN)


def alarm(template: Template, name: str) -> dict[str, Any]:
    [found] = [
        a["Properties"]
        for a in of_type(template, "AWS::CloudWatch::Alarm")
        if a["Properties"].get("AlarmName") == f"churn-data-quality-{name}"
    ]
    return dict(found)


def test_one_run_that_finds_a_violation_rings(template: Template):
    drift = alarm(template, "drift")
    assert (drift["MetricName"], drift["Statistic"]) == ("ViolationCount", "Maximum")
    assert (drift["Threshold"], drift["ComparisonOperator"]) == (
        1,
        "GreaterThanOrEqualToThreshold",
    )
    assert (drift["Period"], drift["EvaluationPeriods"], drift["DatapointsToAlarm"]) == (3600, 1, 1)


def test_the_hours_between_two_runs_change_nothing(template: Template):
    assert alarm(template, "drift")["TreatMissingData"] == "ignore"


def test_no_heartbeat_for_more_than_two_runs_rings(template: Template):
    silence = alarm(template, "silent")
    assert (silence["MetricName"], silence["Statistic"]) == ("Heartbeat", "Sum")
    assert (silence["Threshold"], silence["ComparisonOperator"]) == (1, "LessThanThreshold")
    assert (silence["Period"], silence["TreatMissingData"]) == (3600, "breaching")
    assert silence["EvaluationPeriods"] == silence["DatapointsToAlarm"] == 50


@pytest.mark.parametrize("every_hours", range(1, 25))
def test_two_runs_can_be_missed_and_the_look_back_is_one_that_cloudwatch_allows(every_hours: int):
    assert 2 * every_hours < quiet_hours(every_hours) <= SEVEN_DAYS


def test_silence_follows_the_schedule():
    silence = alarm(template_of(OPEN, settings=DataQuality(every_hours=6)), "silent")
    assert silence["EvaluationPeriods"] == 14


@pytest.mark.parametrize("name", ["drift", "silent"])
def test_both_are_of_this_monitor_and_tell_the_topic(template: Template, name: str):
    found = alarm(template, name)
    assert found["Namespace"] == "Perennial/Monitoring"
    assert found["Dimensions"] == [
        {"Name": "Endpoint", "Value": "churn"},
        {"Name": "Monitor", "Value": "data-quality"},
    ]
    assert [action["Ref"][:5] for action in found["AlarmActions"]] == ["Topic"]


def test_without_a_version_nothing_can_ring(template: Template):
    named = [
        a for a in of_type(template, "AWS::CloudWatch::Alarm") if "AlarmName" in a["Properties"]
    ]
    assert [a["Condition"] for a in named] == ["HasModel", "HasModel"]


@pytest.mark.parametrize(
    ("measured", "statistic"),
    [(MonitorMetric.HEARTBEAT, "Sum"), (MonitorMetric.DRIFT_RATIO, "Maximum")],
)
def test_a_monitors_metrics_are_for_anyone_to_use(measured: MonitorMetric, statistic: str):
    metric = monitor_in(new_stack()).metric(measured)
    assert (metric.metric_name, metric.statistic) == (measured.metric_name, statistic)
    assert metric.dimensions == {"Endpoint": "churn", "Monitor": "data-quality"}
    assert metric.period.to_hours() == 1


def widgets_of(engine: Engine) -> list[dict[str, Any]]:
    """What the dashboard's body says, in the order in which it is read."""
    stack = new_stack()
    ModelDashboard(
        stack,
        "Dashboard",
        dashboard_name="churn",
        endpoint_name="churn",
        pipeline_name="churn",
        monitors=[monitor_in(stack, engine)],
    )
    body = the(synthesized(stack), "AWS::CloudWatch::Dashboard")["Properties"]["DashboardBody"]
    text = "".join(part if isinstance(part, str) else "region" for part in body["Fn::Join"][1])
    found: list[dict[str, Any]] = json.loads(text)["widgets"]
    return found


@pytest.fixture(scope="module")
def widgets() -> list[dict[str, Any]]:
    return widgets_of(OPEN)


def shown(widget: dict[str, Any]) -> list[str]:
    return [metric[1] for metric in widget["properties"]["metrics"]]


def test_the_dashboard_shows_drift_traffic_and_training(widgets: list[dict[str, Any]]):
    assert [shown(widget) for widget in widgets] == [
        ["DriftRatio"],
        ["ViolationCount"],
        ["RecordCount", "UnreadableCount", "TooFewRecords"],
        ["Invocations"],
        ["Invocation4XXErrors", "Invocation5XXErrors"],
        ["ModelLatency", "OverheadLatency"],
        ["ExecutionStarted", "ExecutionSucceeded", "ExecutionFailed"],
        ["ExecutionDuration"],
    ]


def test_what_an_engine_does_not_measure_is_not_shown_as_silence():
    body = report_definition(endpoint_name="churn", kind="data-quality")["States"]
    put = body["Put the metrics"]["Arguments"]["MetricData"]  # type: ignore[index]
    shows = [name for widget in widgets_of(MODEL_MONITOR) for name in shown(widget)]
    of_the_monitor = {metric.metric_name for metric in MonitorMetric} & set(shows)
    assert of_the_monitor == {"ViolationCount"} <= {point["MetricName"] for point in put}


def test_the_drift_ratio_is_shown_against_its_threshold(widgets: list[dict[str, Any]]):
    [limit] = widgets[0]["properties"]["annotations"]["horizontal"]
    assert limit["value"] == 1


def test_no_widget_covers_another(widgets: list[dict[str, Any]]):
    covered = [
        (column, row)
        for w in widgets
        for column in range(w["x"], w["x"] + w["width"])
        for row in range(w["y"], w["y"] + w["height"])
    ]
    assert len(covered) == len(set(covered))
    assert max(column for column, _ in covered) < 24
