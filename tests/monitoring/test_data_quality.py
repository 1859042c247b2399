"""A run of the data-quality monitor, from captured requests to a verdict."""

import base64
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import jsonschema
import pandas as pd
import pytest
from botocore.session import get_session
from botocore.stub import Stubber
from botocore.validate import ParamValidator

from tests.monitoring.conftest import (
    BEGAN,
    FEATURES,
    Monitor,
    Row,
    capture,
    record,
    traffic,
)  # fmt: skip
from tests.monitoring.test_baseline_files import STATISTICS

CHECKS = [
    "data_type_check", "completeness_check", "baseline_drift_check", "missing_column_check",
    "extra_column_check", "categorical_values_check",
]  # fmt: skip
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
VIOLATIONS = {
    "type": "object",
    "required": ["violations"],
    "additionalProperties": False,
    "properties": {"violations": {"type": "array", "items": {
        "type": "object",
        "required": ["feature_name", "constraint_check_type", "description"],
        "additionalProperties": False,
        "properties": {
            "feature_name": {"type": "string"},
            "constraint_check_type": {"enum": CHECKS},
            "description": {"type": "string"},
        },
    }}},
}  # fmt: skip

Change = Callable[[int, list[str]], list[str]]


@pytest.fixture(scope="session")
def week(rows: list[Row]) -> list[Row]:
    """The last one of the baseline."""
    return [row for row in rows if row[0] >= BEGAN + timedelta(weeks=7)]


def changed(week: list[Row], change: Change, *, since_day: int = 0) -> list[Row]:
    since = BEGAN + timedelta(weeks=7, days=since_day)
    return [
        (at, change(index, list(values)) if at >= since else values)
        for index, (at, values) in enumerate(week)
    ]


def column(name: str, change: Callable[[int, str], str]) -> Change:
    place = list(FEATURES).index(name)
    return lambda index, values: [
        change(index, value) if position == place else value
        for position, value in enumerate(values)
    ]


def plus(amount: float) -> Callable[[int, str], str]:
    return lambda _, value: f"{float(value) + amount:.2f}" if value else ""


def test_a_week_like_the_baselines_is_quiet(week, monitor: Monitor, tmp_path: Path, capsys):
    report = monitor(traffic(tmp_path / "capture", week))
    assert report.code == 0
    found = report.read()
    assert (found["outcome"], found["violations"]) == ("quiet", 0)
    assert found["records"] == len(week) == sum(found["records_by_day"])
    assert found["drift_ratio"] <= 1
    assert found["sentence"].startswith("Quiet: none of ")
    assert capsys.readouterr().out.strip() == found["sentence"]
    assert report.read("constraint_violations.json") == {"violations": []}
    assert not (tmp_path / "message").exists()


def test_the_report_lies_under_the_windows_end(week, monitor: Monitor, tmp_path: Path):
    report = monitor(traffic(tmp_path / "capture", week))
    (path,) = report.folder.rglob("report.json")
    assert str(path.parent.relative_to(report.folder)) == "2026/03/02/00"
    names = {"statistics.json", "constraint_violations.json", "report.json", "report.html"}
    assert {file.name for file in path.parent.iterdir()} == names


def test_statistics_of_the_window_are_those_of_pandas(week, monitor: Monitor, tmp_path: Path):
    found = monitor(traffic(tmp_path / "capture", week)).read("statistics.json")
    jsonschema.validate(found, STATISTICS)
    features = {feature["name"]: feature for feature in found["features"]}
    frame = pd.DataFrame([values for _, values in week], columns=list(FEATURES))
    numbers = pd.to_numeric(frame["scanned"])
    told = features["scanned"]["numerical_statistics"]
    assert told["common"] == {"num_present": numbers.count(), "num_missing": numbers.isna().sum()}
    assert told["mean"] == pytest.approx(numbers.mean())
    assert told["std_dev"] == pytest.approx(numbers.std(ddof=0))
    assert (told["min"], told["max"]) == (numbers.min(), numbers.max())
    kll = told["distribution"]["kll"]
    assert sum(bucket["count"] for bucket in kll["buckets"]) == numbers.count()
    weights = [2**level * len(kept) for level, kept in enumerate(kll["sketch"]["data"])]
    assert sum(weights) == numbers.count()
    shops = features["shop"]["string_statistics"]["distribution"]["categorical"]["buckets"]
    counts = frame["shop"].value_counts().to_dict()
    assert {bucket["value"]: bucket["count"] for bucket in shops} == counts


@pytest.mark.parametrize(
    ("change", "feature", "check"),
    [
        pytest.param(column("queue", plus(2)), "queue", "baseline_drift_check", id="moved"),
        pytest.param(
            column("inside", plus(0.7)), "inside", "baseline_drift_check",
            id="hidden in its own seasons",
        ),
        pytest.param(
            column("queue", lambda i, v: "" if i % 10 == 0 else v), "queue", "completeness_check",
            id="a tenth missing",
        ),
        pytest.param(
            column("scanned", lambda i, v: "" if i % 5 == 0 else v), "scanned",
            "completeness_check", id="a fifth missing where a tenth is usual",
        ),
        pytest.param(
            column("queue", lambda i, v: "n/a" if i % 20 == 0 else v), "queue", "data_type_check",
            id="no numbers",
        ),
        pytest.param(
            column("queue", lambda i, v: "inf" if i % 20 == 0 else v), "queue", "data_type_check",
            id="infinite",
        ),
        pytest.param(
            column("shop", lambda i, v: "west" if i % 20 == 0 else v), "shop",
            "categorical_values_check", id="a new category",
        ),
        pytest.param(
            column("shop", lambda i, v: "east"), "shop", "baseline_drift_check",
            id="only one category",
        ),
        pytest.param(
            lambda i, values: values[:-1] if i % 20 < 3 else values, "the request",
            "missing_column_check", id="fewer columns",
        ),
        pytest.param(
            lambda i, values: [*values, "1"] if i % 20 < 3 else values, "the request",
            "extra_column_check", id="more columns",
        ),
    ],
)  # fmt: skip
def test_a_change_is_drift_and_is_named(
    week, monitor: Monitor, tmp_path: Path, change: Change, feature: str, check: str
):
    report = monitor(traffic(tmp_path / "capture", changed(week, change)))
    found = report.read()
    assert (report.code, found["outcome"]) == (0, "drift")
    assert found["drift_ratio"] > 1
    violations = report.read("constraint_violations.json")
    jsonschema.validate(violations, VIOLATIONS)
    assert len(violations["violations"]) == found["violations"]
    named = {(v["feature_name"], v["constraint_check_type"]) for v in violations["violations"]}
    assert (feature, check) in named
    crossed = {c["feature"] for c in found["checks"] if c["lower"] > c["threshold"]}
    assert crossed == {c["feature"] for c in found["checks"] if c["violated"]}


def test_a_request_of_other_columns_alone_is_drift_and_not_silence(
    week, monitor: Monitor, tmp_path: Path
):
    other = changed(week, lambda _, values: [*values, "1"])
    found = monitor(traffic(tmp_path / "capture", other)).read()
    assert (found["outcome"], found["records"]) == ("drift", 0)
    assert found["unreadable"] == {"row with more columns": len(week)}


def test_the_day_it_began_is_told(week, monitor: Monitor, tmp_path: Path):
    late = changed(week, column("queue", plus(20)), since_day=3)
    report = monitor(traffic(tmp_path / "capture", late))
    checks = [c for c in report.read()["checks"] if c["violated"]]
    assert {c["since"] for c in checks} == {"2026-02-26T00:00:00Z"}
    assert "since Thursday 26 February, 00:00 UTC" in report.read()["sentence"]
    early = changed(week, column("queue", plus(20)))
    again = monitor(traffic(tmp_path / "again", early)).read()
    assert {c["since"] for c in again["checks"] if c["violated"]} == {"2026-02-23T00:00:00Z"}
    assert "in the whole window" in again["sentence"]


def test_few_records_do_not_cry_wolf(week, monitor: Monitor, tmp_path: Path):
    few = changed(week[::25], column("queue", lambda i, v: str(max(int(v), 2))))
    report = monitor(traffic(tmp_path / "capture", few), "--minimum-records", "20").read()
    check = next(c for c in report["checks"] if (c["feature"], c["check"]) == ("queue", "distance"))
    assert check["lower"] < check["threshold"] < check["value"]
    assert report["outcome"] == "quiet"


def test_too_few_records_are_an_outcome_of_their_own(week, monitor: Monitor, tmp_path: Path):
    wild = changed(week, column("queue", plus(1000)))[::10]
    report = monitor(traffic(tmp_path / "capture", wild))
    found = report.read()
    assert (report.code, found["outcome"], found["checks"]) == (0, "too-few-records", [])
    count = len(wild)
    assert found["sentence"] == f"Not judged: {count} records, and at least 500 are needed."


def test_a_window_that_began_before_there_was_traffic_is_not_judged(
    week, monitor: Monitor, tmp_path: Path
):
    late = [row for row in week if row[0] >= BEGAN + timedelta(weeks=7, days=2)]
    found = monitor(traffic(tmp_path / "capture", late)).read()
    assert found["outcome"] == "too-few-records"
    assert "traffic on 5 of 7 days, and at least 6 are needed" in found["sentence"]


def test_no_traffic_at_all_is_too_little_and_no_crash(monitor: Monitor, tmp_path: Path):
    report = monitor(capture(tmp_path, []))
    assert (report.code, report.read()["outcome"]) == (0, "too-few-records")
    jsonschema.validate(report.read("constraint_violations.json"), VIOLATIONS)
    assert report.read("report.html").startswith("<!doctype html>")


def test_what_can_not_be_read_is_counted_and_shown(week, monitor: Monitor, tmp_path: Path):
    folder = traffic(tmp_path / "capture", week)
    at = week[0][0]
    binary = record(at, base64.b64encode(b"\xff").decode(), encoding="BASE64")
    capture(folder, [(at, '{"torn'), (at, json.dumps(binary)), (at, "17")])
    report = monitor(folder)
    found = report.read()
    assert found["unreadable"] == {
        "torn line": 1, "base64 that is no text": 1, "other JSON than a capture record": 1,
    }  # fmt: skip
    assert found["outcome"] == "quiet"
    assert "base64 that is no text" in report.read("report.html")


class CloudWatch:
    """Keeps what was put."""

    def __init__(self) -> None:
        self.put: list[dict[str, Any]] = []

    def put_metric_data(self, **request: Any) -> None:
        model = get_session().get_service_model("cloudwatch").operation_model("PutMetricData")
        problems = ParamValidator().validate(request, model.input_shape)
        assert not problems.has_errors(), problems.generate_report()
        self.put.append(request)


def metrics(cloudwatch: CloudWatch) -> dict[str, float]:
    (request,) = cloudwatch.put
    assert request["Namespace"] == "Perennial/Monitoring"
    dimensions = [
        {"Name": "Endpoint", "Value": "shop"}, {"Name": "Monitor", "Value": "data-quality"},
    ]  # fmt: skip
    for datum in request["MetricData"]:
        assert datum["Dimensions"] == dimensions
        assert "Timestamp" not in datum
    return {datum["MetricName"]: datum["Value"] for datum in request["MetricData"]}


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> CloudWatch:
    kept = CloudWatch()
    monkeypatch.setattr(boto3, "client", lambda service: {"cloudwatch": kept}[service])
    return kept


NAMESPACE = ("--namespace", "Perennial/Monitoring")


def test_a_judged_window_puts_its_metrics(week, monitor, tmp_path: Path, cloudwatch: CloudWatch):
    folder = traffic(tmp_path / "capture", changed(week, column("queue", plus(2))))
    capture(folder, [(week[0][0], "{")])
    found = monitor(folder, *NAMESPACE).read()
    put = metrics(cloudwatch)
    assert 0 <= put.pop("BaselineAge") < 1
    assert put == {
        "Heartbeat": 1, "RecordCount": len(week), "UnreadableCount": 1, "TooFewRecords": 0,
        "ViolationCount": found["violations"], "DriftRatio": found["drift_ratio"],
    }  # fmt: skip


def test_a_window_with_too_little_says_nothing_of_drift(
    monitor, tmp_path: Path, cloudwatch: CloudWatch
):
    monitor(capture(tmp_path, []), *NAMESPACE)
    put = metrics(cloudwatch)
    assert 0 <= put.pop("BaselineAge") < 1
    assert put == {
        "Heartbeat": 1, "RecordCount": 0, "UnreadableCount": 0, "TooFewRecords": 1,
    }  # fmt: skip


def dated(baseline: Path, tmp_path: Path, text: str | None) -> Path:
    """The baseline as it would be with this made.json, or without one."""
    known = shutil.copytree(baseline, tmp_path / "known")
    if text is None:
        (known / "made.json").unlink()
    else:
        (known / "made.json").write_text(text)
    return known


def test_the_age_of_the_baseline_is_measured_in_days(
    baseline, monitor, tmp_path: Path, cloudwatch: CloudWatch
):
    made = datetime.now(UTC) - timedelta(days=100, hours=12)
    known = dated(baseline, tmp_path, json.dumps({"made": f"{made:%FT%TZ}"}))
    assert monitor(capture(tmp_path / "capture", []), *NAMESPACE, known=known).code == 0
    assert metrics(cloudwatch)["BaselineAge"] == pytest.approx(100.5, abs=0.01)


def test_a_baseline_that_does_not_say_when_it_was_made_has_no_age(
    baseline, monitor, tmp_path: Path, cloudwatch: CloudWatch
):
    known = dated(baseline, tmp_path, None)
    assert monitor(capture(tmp_path / "capture", []), *NAMESPACE, known=known).code == 0
    assert "BaselineAge" not in metrics(cloudwatch)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"made": "soon"}', '{"made": 3}'])
def test_a_date_that_makes_no_sense_is_told(
    baseline, monitor, tmp_path: Path, cloudwatch: CloudWatch, capsys, text: str
):
    known = dated(baseline, tmp_path, text)
    assert monitor(capture(tmp_path / "capture", []), *NAMESPACE, known=known).code == 1
    told = said(tmp_path, capsys)
    assert told.startswith(f'{known}/made.json must hold {{"made": "<time in ISO 8601>"}} (')
    assert not cloudwatch.put


def test_without_a_namespace_no_metrics_are_put(week, monitor, tmp_path: Path, cloudwatch):
    monitor(traffic(tmp_path / "capture", week))
    assert not cloudwatch.put


def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    sentence = capsys.readouterr().err.strip()
    assert (tmp_path / "message").read_text() == sentence
    return sentence


def test_metrics_that_are_refused_fail_the_run(
    week, monitor, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    client = boto3.client(
        "cloudwatch", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    monkeypatch.setattr(boto3, "client", lambda service: client)
    with Stubber(client) as stub:
        stub.add_client_error("put_metric_data", "AccessDenied", "not you")
        assert monitor(traffic(tmp_path / "capture", week), *NAMESPACE).code == 1
    assert said(tmp_path, capsys).startswith("the metrics could not be put: ")


def test_a_monitor_without_its_capture_puts_no_heartbeat(
    monitor, tmp_path: Path, capsys, cloudwatch: CloudWatch
):
    assert monitor("/nowhere", *NAMESPACE).code == 1
    assert said(tmp_path, capsys) == "there is no capture at /nowhere"
    assert not cloudwatch.put


def test_a_folder_that_is_no_baseline_is_told(monitor, tmp_path: Path, capsys):
    assert monitor(tmp_path, known=tmp_path).code == 1
    assert said(tmp_path, capsys) == (
        "the baseline lacks expectations.json; it must come from the monitor's own baseline.py"
    )


def test_a_broken_baseline_is_told(baseline: Path, monitor, tmp_path: Path, capsys):
    known = shutil.copytree(baseline, tmp_path / "known")
    (known / "expectations.json").write_text('{"columns": {}}')
    assert monitor(tmp_path, known=known).code == 1
    assert said(tmp_path, capsys) == "expectations.json can't be read: KeyError: 'left'"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--window-end", "soon"), "--window-end must be a time in ISO 8601, UTC, or now; got"),
        (("--window-hours", "0"), "--window-hours must be at least 1, got 0"),
    ],
)
def test_a_window_that_makes_no_sense_is_told(monitor, tmp_path, capsys, arguments, says: str):
    assert monitor(capture(tmp_path, []), *arguments).code == 1
    assert said(tmp_path, capsys).startswith(says)


def test_now_is_the_hour_that_runs(monitor, tmp_path: Path):
    window = monitor(capture(tmp_path, []), "--window-end", "now").read()["window"]
    assert window["end"].endswith(":00:00Z")


def overruled(baseline: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The baseline with constraints.json as a person left it."""
    known = shutil.copytree(baseline, tmp_path / "known")
    path = known / "constraints.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return known


def feature(document: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (entry for entry in document["features"] if entry["name"] == name)
    return found


def test_a_person_overrules_a_threshold(week, baseline, monitor, tmp_path: Path):
    def lower(document: dict[str, Any]) -> None:
        overrides = feature(document, "queue")["monitoringConfigOverrides"]
        overrides["distribution_constraints"]["comparison_threshold"] = 0.0

    known = overruled(baseline, tmp_path, lower)
    moved = changed(week, column("queue", lambda i, v: "9" if i % 10 == 0 else v))
    folder = traffic(tmp_path / "capture", moved)
    before = monitor(folder).read()
    assert all(c["check"] != "distance" for c in before["checks"] if c["violated"])
    after = monitor(folder, known=known).read()
    assert [c["feature"] for c in after["checks"] if c["violated"]][:1] == ["queue"]


def test_a_person_widens_the_range(week, baseline, monitor, tmp_path: Path):
    moved = changed(week, column("queue", lambda i, v: "30" if i % 20 == 0 else v))
    folder = traffic(tmp_path / "capture", moved)

    def outside(report: dict[str, Any]) -> bool:
        return any(c["check"] == "outside" for c in report["checks"] if c["violated"])

    assert outside(monitor(folder).read())
    widened = overruled(
        baseline, tmp_path, lambda d: feature(d, "queue")["perennial"].update(maximum=40)
    )
    assert not outside(monitor(folder, known=widened).read())


def test_a_person_switches_a_feature_off(week, baseline, monitor, tmp_path: Path):
    def switch_off(document: dict[str, Any]) -> None:
        feature(document, "queue")["monitoringConfigOverrides"] = {
            "evaluate_constraints": "Disabled"
        }

    known = overruled(baseline, tmp_path, switch_off)
    wild = changed(week, column("queue", plus(1000)))
    report = monitor(traffic(tmp_path / "capture", wild), known=known)
    assert "queue" not in {c["feature"] for c in report.read()["checks"] if c["violated"]}
    assert "switched off" in report.read("report.html")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["features"].pop(), "constraints.json: no feature is called 'scanned'"),
        (lambda d: feature(d, "queue").update(completeness="much"),
         "constraints.json: queue: completeness must be a number from 0 to 1, got 'much'"),
        (lambda d: feature(d, "queue")["perennial"].pop("outside_threshold"),
         "constraints.json: queue: perennial.outside_threshold must be a number from 0 to 1, "
         "got None"),
        (lambda d: feature(d, "queue")["perennial"].update(minimum=9, maximum=1),
         "constraints.json: queue: perennial.minimum and perennial.maximum must be numbers in "
         "this order, got 9 and 1"),
        (lambda d: feature(d, "inside")["perennial"].update(adjusted_threshold=1.5),
         "constraints.json: inside: perennial.adjusted_threshold must be a number from 0 to 1, "
         "got 1.5"),
        (lambda d: d["perennial"].update(usual_days=0, misfits_threshold=True),
         "constraints.json: perennial.usual_days must be a number of days from 1, got 0; "
         "perennial.misfits_threshold must be a number from 0 to 1, got True"),
        (lambda d: d.pop("monitoring_config"),
         "constraints.json can't be read: KeyError: 'monitoring_config'"),
    ],
)  # fmt: skip
def test_a_threshold_that_makes_no_sense_is_told(
    baseline, monitor, tmp_path: Path, capsys, change, says: str
):
    known = overruled(baseline, tmp_path, change)
    assert monitor(capture(tmp_path / "capture", []), known=known).code == 1 or says == ""
    assert said(tmp_path, capsys) == says
