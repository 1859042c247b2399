"""What the monitor said in the story, held against scipy, CloudWatch and the traffic itself."""

import datetime
import json
from typing import Any

import pandas as pd
import pytest
from scipy.stats import ks_2samp

from rehearsal.watching import alarm_state, captured, reports
from tests.loop.conftest import Played
from tests.loop.test_story import details

pytestmark = pytest.mark.local_aws

DIMENSIONS = [
    {"Name": "Endpoint", "Value": "dev-flight-delay"},
    {"Name": "Monitor", "Value": "data-quality"},
]


def told(played: Played) -> list[dict[str, Any]]:
    return [played.world.read_json(uri) for uri in reports(played.world, played.served.names)]


def judged(played: Played) -> list[dict[str, Any]]:
    return [report for report in told(played) if report["outcome"] != "too-few-records"]


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def asked_in(played: Played, report: dict[str, Any]) -> pd.DataFrame:
    """The requests of the report's window, by the columns of the version's own constraints."""
    start, end = moment(report["window"]["start"]), moment(report["window"]["end"])
    rows = [
        line.split(",")
        for record in captured(played.world, played.served.names)
        if start <= moment(record["eventMetadata"]["inferenceTime"]) < end
        for line in record["captureData"]["endpointInput"]["data"].splitlines()
    ]
    described = played.world.client("sagemaker").describe_model_package(
        ModelPackageName=played.served.first
    )
    uri = described["DriftCheckBaselines"]["ModelDataQuality"]["Constraints"]["S3Uri"]
    names = [feature["name"] for feature in played.world.read_json(uri)["features"]]
    return pd.DataFrame(rows, columns=names)


def test_a_window_is_judged_only_when_it_is_whole(played: Played):
    outcomes = [report["outcome"] for report in told(played)]
    assert outcomes == ["too-few-records"] * 5 + ["quiet", "drift", "quiet"]
    assert "traffic on 1 of 7 days" in told(played)[0]["sentence"]


def test_a_report_counts_the_records_of_its_window(played: Played):
    for report in told(played):
        assert report["records"] == len(asked_in(played, report))
        assert not any(report["unreadable"].values())


def test_the_drift_that_was_reported_is_there_by_scipy(played: Played):
    """Summer's temperatures, and how far they are from winter's, without the monitor's code."""
    quiet, drift, _ = judged(played)
    temperatures = [
        pd.to_numeric(asked_in(played, report)["temp"]).dropna() for report in (quiet, drift)
    ]
    [reported] = [
        check for check in drift["checks"]
        if (check["feature"], check["check"]) == ("temp", "outside")
    ]  # fmt: skip
    assert reported["violated"]
    assert ks_2samp(*temperatures).statistic > 0.1
    assert temperatures[1].max() > temperatures[0].max()


def test_cloudwatch_has_the_figures_of_the_reports(played: Played):
    cloudwatch = played.world.client("cloudwatch")
    end = datetime.datetime.fromtimestamp(played.world.time.now(), datetime.UTC)
    expected = {
        "RecordCount": [report["records"] for report in told(played)],
        "TooFewRecords": [int(r["outcome"] == "too-few-records") for r in told(played)],
        "ViolationCount": [report["violations"] for report in judged(played)],
        "DriftRatio": [report["drift_ratio"] for report in judged(played)],
    }
    for name, values in expected.items():
        points = cloudwatch.get_metric_statistics(
            Namespace="Perennial/Monitoring", MetricName=name, Dimensions=DIMENSIONS,
            StartTime=end - datetime.timedelta(days=12), EndTime=end, Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]  # fmt: skip
        points.sort(key=lambda point: point["Timestamp"])
        assert [point["Maximum"] for point in points] == pytest.approx(values), name


def test_the_alarm_rang_once_and_is_quiet_again(played: Played):
    history = played.world.client("cloudwatch").describe_alarm_history(
        AlarmName=played.served.names.drift_alarm, HistoryItemType="StateUpdate", MaxRecords=100
    )["AlarmHistoryItems"]
    states = [json.loads(item["HistoryData"])["newState"]["stateValue"] for item in history]
    assert states.count("ALARM") == 1
    assert alarm_state(played.world, played.served.names.drift_alarm) == "OK"


def test_the_silence_alarm_never_rang(played: Played):
    assert alarm_state(played.world, "dev-flight-delay-data-quality-silent") == "OK"


def test_each_report_has_a_page_that_says_the_same(played: Played):
    for uri, report in zip(reports(played.world, played.served.names), told(played), strict=True):
        page = played.world.read_bytes(uri.replace("report.json", "report.html")).decode()
        assert report["sentence"].partition(":")[0] in page


def test_the_pages_can_be_looked_at_when_the_aws_is_gone(played: Played):
    for uri, shown in zip(
        reports(played.world, played.served.names), details(played, "window judged"), strict=True
    ):
        kept = (played.world.out / shown["page"]).read_bytes()
        assert kept == played.world.read_bytes(uri.replace("report.json", "report.html"))


def test_violations_are_written_in_model_monitor_s_words(played: Played):
    uris = reports(played.world, played.served.names)
    files = [
        played.world.read_json(uri.replace("report.json", "constraint_violations.json"))
        for uri in uris
    ]
    assert [len(f["violations"]) for f in files] == [r["violations"] for r in told(played)]
    for violation in (v for file in files for v in file["violations"]):
        assert set(violation) == {"feature_name", "constraint_check_type", "description"}


def test_the_timeline_tells_what_the_reports_say(played: Played):
    shown = [(d["outcome"], d["records"]) for d in details(played, "window judged")]
    assert shown == [(r["outcome"], r["records"]) for r in told(played)]
