"""When a monitor rings, and what a person sees of a model."""

import json
from typing import Any

import pytest
from aws_cdk import Fn, Stack
from aws_cdk import aws_sns as sns

from local_aws.ministack import alarm_rules
from mlops_constructs.monitoring import (
    DataQuality,
    DegradedAlarm,
    EndpointMonitor,
    ModelDashboard,
    MonitorMetric,
    MonitorSettings,
)
from mlops_constructs.monitoring.alarms import SEVEN_DAYS, quiet_hours
from mlops_constructs.monitoring.engine import Engine
from mlops_constructs.monitoring.metrics import of_kind
from mlops_constructs.monitoring.report_states import report_definition
from tests.constructs_library.someones_app import new_stack, of_type, synthesized, the
from tests.monitoring_stack.watched import (
    ACCOUNTS,
    EACH,
    MODEL_MONITOR,
    OPEN,
    QUALITY,
    endpoint_in,
    monitor_in,
    template_of,
)

Template = dict[str, Any]


@pytest.fixture(scope="module")
def template() -> Template:
    return template_of(OPEN)


def alarm(template: Template, name: str, kind: str = "data-quality") -> dict[str, Any]:
    [found] = [
        a["Properties"]
        for a in of_type(template, "AWS::CloudWatch::Alarm")
        if a["Properties"].get("AlarmName") == f"churn-{kind}-{name}"
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


@pytest.mark.parametrize(
    ("engine", "waits", "hours"),
    [(MODEL_MONITOR, 48, 98), (MODEL_MONITOR, 400, 168), (OPEN, 48, 50)],
)
def test_model_monitor_may_be_quiet_until_its_first_labels_can_be_there(
    engine: Engine, waits: int, hours: int
):
    settings = QUALITY.model_copy(update={"labels_within_hours": waits})
    silence = alarm(template_of(engine, settings=settings), "silent", "model-quality")
    assert silence["EvaluationPeriods"] == silence["DatapointsToAlarm"] == hours


def test_a_baseline_older_than_the_settings_say_rings_until_there_is_a_newer_one():
    stale = alarm(template_of(OPEN, settings=DataQuality(stale_after_days=30)), "stale")
    assert (stale["MetricName"], stale["Statistic"]) == ("BaselineAge", "Maximum")
    assert (stale["Threshold"], stale["ComparisonOperator"]) == (30, "GreaterThanThreshold")
    assert (stale["Period"], stale["EvaluationPeriods"]) == (3600, 1)
    assert stale["TreatMissingData"] == "ignore"


@pytest.mark.parametrize("settings", EACH, ids=lambda settings: settings.kind)
def test_an_alarm_says_what_its_monitor_found(settings: MonitorSettings):
    found = of_type(template_of(OPEN, settings=settings), "AWS::CloudWatch::Alarm")
    [said] = [
        alarm["Properties"]["AlarmDescription"]
        for alarm in found
        if alarm["Properties"].get("AlarmName") == f"churn-{settings.kind}-drift"
    ]
    assert said.startswith(f"churn-{settings.kind} found that {settings.finds}; its report ")


@pytest.mark.parametrize("name", ["drift", "silent", "stale"])
def test_each_is_of_this_monitor_and_tell_the_topic(template: Template, name: str):
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
    assert [a["Condition"] for a in named] == ["HasModel"] * 3


@pytest.mark.parametrize(
    ("measured", "statistic"),
    [(MonitorMetric.HEARTBEAT, "Sum"), (MonitorMetric.DRIFT_RATIO, "Maximum")],
)
def test_a_monitors_metrics_are_for_anyone_to_use(measured: MonitorMetric, statistic: str):
    metric = monitor_in(new_stack()).metric(measured)
    assert (metric.metric_name, metric.statistic) == (measured.metric_name, statistic)
    assert metric.dimensions == {"Endpoint": "churn", "Monitor": "data-quality"}
    assert metric.period.to_hours() == 1


def monitors_in(stack: Stack, engine: Engine, *kinds: MonitorSettings) -> list[EndpointMonitor]:
    endpoint, topic = endpoint_in(stack), sns.Topic(stack, "Topic")
    return [
        EndpointMonitor(
            stack,
            settings.kind,
            settings=settings,
            engine=engine,
            endpoint=endpoint,
            image_accounts=ACCOUNTS,
            topic=topic,
        )
        for settings in kinds
    ]


def test_a_model_is_degraded_while_any_of_its_monitors_has_found_drift():
    stack = new_stack()
    monitors = monitors_in(stack, OPEN, *EACH)
    degraded = DegradedAlarm(
        stack,
        "Degraded",
        endpoint_name="churn",
        drifts=[monitor.alarms.drift for monitor in monitors],
        condition=stack.node.find_child("HasModel"),
    )
    template = synthesized(stack)
    alarm = the(template, "AWS::CloudWatch::CompositeAlarm")
    assert alarm["Condition"] == "HasModel"
    assert alarm["Properties"]["AlarmName"] == degraded.alarm_name == "churn-degraded"
    assert "AlarmActions" not in alarm["Properties"]
    rule = "".join(
        template["Resources"][part["Fn::GetAtt"][0]]["Properties"]["AlarmName"]
        if isinstance(part, dict)
        else part
        for part in alarm["Properties"]["AlarmRule"]["Fn::Join"][1]
    )
    for ringing in range(len(EACH)):
        states = {
            f"churn-{settings.kind}-drift": "ALARM" if number == ringing else "OK"
            for number, settings in enumerate(EACH)
        }
        assert alarm_rules.holds(alarm_rules.parse(rule), states.get)
    quiet = {f"churn-{settings.kind}-drift": "INSUFFICIENT_DATA" for settings in EACH}
    assert not alarm_rules.holds(alarm_rules.parse(rule), quiet.get)


def widgets_of(engine: Engine, *kinds: MonitorSettings) -> list[dict[str, Any]]:
    """What the dashboard's body says, in the order in which it is read."""
    stack = new_stack()
    monitors = monitors_in(stack, engine, *(kinds or [DataQuality()]))
    ModelDashboard(
        stack,
        "Dashboard",
        dashboard_name="churn",
        endpoint_name="churn",
        pipeline_name="churn",
        monitors=monitors,
        package=Fn.select(0, ["arn:of:the:version"]),
        alarm_names=["churn-degraded"],
        machines={"promotions": "dev-promotion"},
    )
    body = the(synthesized(stack), "AWS::CloudWatch::Dashboard")["Properties"]["DashboardBody"]
    text = "".join(part if isinstance(part, str) else "token" for part in body["Fn::Join"][1])
    found: list[dict[str, Any]] = json.loads(text)["widgets"]
    return found


@pytest.fixture(scope="module")
def widgets() -> list[dict[str, Any]]:
    return widgets_of(OPEN)


@pytest.fixture(scope="module")
def of_all_kinds() -> list[dict[str, Any]]:
    return widgets_of(OPEN, *EACH)


def shown(widget: dict[str, Any]) -> list[str]:
    """The names of its metrics; none of a widget that is no graph of metrics."""
    metrics = widget["properties"].get("metrics", [])
    return [metric[1] for metric in metrics if isinstance(metric[0], str)]


def test_the_dashboard_shows_drift_traffic_and_training(widgets: list[dict[str, Any]]):
    assert [shown(widget) for widget in widgets] == [
        [],
        [],
        ["BaselineAge"],
        ["DriftRatio"],
        ["ViolationCount"],
        ["RecordCount", "UnreadableCount", "TooFewRecords"],
        ["Invocations"],
        ["Invocation4XXErrors", "Invocation5XXErrors"],
        ["ModelLatency", "OverheadLatency"],
        [],
        ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed"],
        ["ExecutionStarted", "ExecutionSucceeded", "ExecutionFailed"],
        ["ExecutionDuration"],
    ]


def test_it_begins_with_the_version_that_serves_and_with_what_rings(
    of_all_kinds: list[dict[str, Any]],
):
    text, alarms, ages = of_all_kinds[:3]
    assert "arn:of:the:version" in text["properties"]["markdown"]
    assert [arn.rpartition("token:alarm:")[2] for arn in alarms["properties"]["alarms"]] == [
        "churn-degraded",
        *(f"churn-{s.kind}-{what}" for s in EACH for what in ("drift", "silent", "stale")),
    ]
    assert len(shown(ages)) == len(EACH)


def test_a_release_is_a_line_of_its_own(widgets: list[dict[str, Any]]):
    [search] = [
        metric[0]["expression"]
        for widget in widgets
        for metric in widget["properties"].get("metrics", [])
        if isinstance(metric[0], dict)
    ]
    assert search == (
        "SEARCH('{AWS/SageMaker,EndpointName,VariantName,EndpointConfigName} "
        'MetricName="Invocations" EndpointName="churn" VariantName="AllTraffic"'
        "', 'Sum', 3600)"
    )


def test_each_kind_shows_its_headline_with_the_threshold_and_the_coverage_of_its_labels(
    of_all_kinds: list[dict[str, Any]],
):
    rows = {
        settings.kind: [
            widget["properties"]
            for widget in of_all_kinds
            if widget["properties"].get("title", "").startswith(f"{settings.kind}: ")
        ]
        for settings in EACH
    }
    assert [len(row) for row in rows.values()] == [3, 3, 3, 3]
    titles = [row[0]["title"] for row in rows.values()]
    assert titles == [
        "data-quality: largest distance by its threshold",
        "model-quality: AUC, and its threshold",
        "bias: the metric nearest to its threshold, and its threshold",
        "attribution: NDCG, and its threshold",
    ]
    for kind in ("model-quality", "bias", "attribution"):
        headline = [metric[1] for metric in rows[kind][0]["metrics"]]
        assert headline == ["HeadlineValue", "HeadlineThreshold"]
    for kind, row in rows.items():
        records = [metric[1] for metric in row[2]["metrics"]]
        labelled = {"LabelCoverage", "TooFewLabels"} & set(records)
        assert len(labelled) == (2 if kind in ("model-quality", "bias") else 0)
    for settings in EACH:
        put = {metric.metric_name for metric in of_kind(settings)}
        assert {metric[1] for shows in rows[settings.kind] for metric in shows["metrics"]} <= put


def test_coverage_has_an_axis_of_its_own(of_all_kinds: list[dict[str, Any]]):
    [records] = [
        widget["properties"]
        for widget in of_all_kinds
        if widget["properties"].get("title", "").startswith(f"{QUALITY.kind}: records")
    ]
    right = [m[1] for m in records["metrics"] if isinstance(m[-1], dict) and "yAxis" in m[-1]]
    assert right == ["LabelCoverage"]
    assert records["yAxis"]["right"] == {"min": 0, "max": 1}


def test_what_an_engine_does_not_measure_is_not_shown_as_silence():
    body = report_definition(endpoint_name="churn", settings=DataQuality())["States"]
    put = [
        point["MetricName"]
        for state in ("Put the metrics", "Put its age")
        for point in body[state]["Arguments"]["MetricData"]  # type: ignore[index]
    ]
    shows = [name for widget in widgets_of(MODEL_MONITOR) for name in shown(widget)]
    of_the_monitor = {metric.metric_name for metric in MonitorMetric} & set(shows)
    assert of_the_monitor == {"ViolationCount", "BaselineAge"} <= set(put)


@pytest.mark.parametrize("settings", EACH[1:], ids=lambda each: each.kind)
def test_on_model_monitor_the_headline_is_what_aws_measures(settings: MonitorSettings):
    title = f"{settings.kind}: as AWS measures it"
    assert title in json.dumps(widgets_of(MODEL_MONITOR, settings))
    assert title not in json.dumps(widgets_of(OPEN, settings))


@pytest.mark.parametrize("engine", [OPEN, MODEL_MONITOR])
def test_there_is_no_graph_of_nothing_which_cloudwatch_would_refuse(engine: Engine):
    graphs = [widget for widget in widgets_of(engine) if widget["type"] == "metric"]
    assert graphs and all(widget["properties"]["metrics"] for widget in graphs)


def test_the_drift_ratio_is_shown_against_its_threshold(widgets: list[dict[str, Any]]):
    [limit] = widgets[3]["properties"]["annotations"]["horizontal"]
    assert limit["value"] == 1


def test_no_widget_covers_another(of_all_kinds: list[dict[str, Any]]):
    covered = [
        (column, row)
        for w in of_all_kinds
        for column in range(w["x"], w["x"] + w["width"])
        for row in range(w["y"], w["y"] + w["height"])
    ]
    assert len(covered) == len(set(covered))
    assert max(column for column, _ in covered) < 24
