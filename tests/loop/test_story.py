"""What the rehearsal tells is true: each figure is computed once more from what lies in S3."""

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from sklearn.metrics import log_loss, roc_auc_score

from rehearsal.deployment import digests
from rehearsal.stream import TOLERANCE
from rehearsal.summary import summary
from tests.loop.conftest import FEW, Played

pytestmark = pytest.mark.local_aws

VERSIONS = pytest.mark.parametrize("version", [1, 2])


def events(played: Played) -> list[dict[str, Any]]:
    lines = (played.world.out / "timeline.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def details(played: Played, event: str) -> list[dict[str, Any]]:
    return [e["detail"] for e in events(played) if e["event"] == event]


def package(played: Played, version: int) -> dict[str, Any]:
    name = {1: played.served.first, 2: played.served.package}[version]
    return played.world.client("sagemaker").describe_model_package(ModelPackageName=name)


def beside_the_report(played: Played, version: int, name: str) -> str:
    report = package(played, version)["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    return played.world.read_bytes(report.rpartition("/")[0] + "/" + name).decode()


def predictions(played: Played, version: int) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(beside_the_report(played, version, "predictions.csv"))))


def test_the_timeline_begins_with_the_digest_of_each_deployed_template(played: Played):
    first = events(played)[0]
    assert first["event"] == "templates"
    assert first["detail"]["sha256"] == digests(played.world.assembly)
    assert len(first["detail"]["sha256"]) == 8


def test_every_event_says_when_who_what_and_with_which_figures(played: Played):
    told = events(played)
    assert all(set(event) == {"t", "actor", "event", "detail"} for event in told)
    assert [event["t"] for event in told] == sorted(event["t"] for event in told)


@VERSIONS
def test_the_auc_on_a_package_is_that_of_scikit_learn_on_the_saved_predictions(
    played: Played, version: int
):
    rows = predictions(played, version)
    labels = [int(row["label"]) for row in rows]
    scores = [float(row["challenger_score"]) for row in rows]
    report = json.loads(beside_the_report(played, version, "evaluation.json"))
    metrics = report["binary_classification_metrics"]
    assert len(rows) == report["rows"] > 1000
    assert metrics["auc"]["value"] == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    assert metrics["log_loss"]["value"] == pytest.approx(log_loss(labels, scores), abs=1e-9)
    assert details(played, "metrics checked")[version - 1]["auc"] == metrics["auc"]["value"]


def test_a_first_version_is_compared_with_chance_and_says_so(played: Played):
    report = json.loads(beside_the_report(played, 1, "evaluation.json"))
    assert report["champion"] == {"auc": None, "package": "NONE"}
    auc = report["binary_classification_metrics"]["auc"]["value"]
    assert report["gate"]["auc"] == auc
    assert report["gate"]["improvement"] == pytest.approx(auc - 0.5)
    assert report["gate"]["summary"] == (
        f"challenger AUC {auc:.3f}, improvement over chance {auc - 0.5:+.3f}"
    )


def test_challenger_and_champion_are_scored_on_the_same_weeks(played: Played):
    rows = predictions(played, 2)
    labels = [int(row["label"]) for row in rows]
    report = json.loads(beside_the_report(played, 2, "evaluation.json"))
    computed = roc_auc_score(labels, [float(row["champion_score"]) for row in rows])
    assert report["champion"]["package"] == played.served.first
    assert report["champion"]["auc"] == pytest.approx(computed, abs=1e-12)
    gained = report["gate"]["auc"] - report["champion"]["auc"]
    assert report["gate"]["improvement"] == pytest.approx(gained) and gained > 0
    days = {row["flight_id"][:10] for row in rows}
    assert (min(days)[:7], max(days)) == ("2013-06", "2013-06-30")


def test_a_package_says_where_it_comes_from(played: Played):
    properties = [package(played, version)["CustomerMetadataProperties"] for version in (1, 2)]
    alarm = played.served.names.drift_alarm
    assert properties[0]["Reason"] == "person: first version on the flights of winter"
    assert properties[1]["Reason"].startswith(f"drift: {alarm}: Threshold Crossed")
    assert [p["ChampionPackageArn"] for p in properties] == ["NONE", played.served.first]
    assert all(p["DataVersion"].startswith("as of 20") for p in properties)
    assert all("max-depth=6" in p["Hyperparameters"].split() for p in properties)
    assets = [path.read_bytes() for path in played.world.assembly.rglob("asset.*.gz")]
    digest = [hashlib.sha256(asset).hexdigest() for asset in assets]
    assert all(p["CodeDigest"] in digest for p in properties)


def test_the_run_of_summer_was_started_by_the_rule_with_the_alarm_as_its_reason(played: Played):
    order = [event["event"] for event in events(played)]
    told = ["drift alarm rang", "retraining asked for by the alarm", "pipeline started"]
    at = order.index(told[0])
    assert order[at : at + 3] == told
    assert order.count("retraining asked for") == 1


def test_the_summary_tells_the_figures_of_the_timeline(played: Played):
    text = summary(played.world.out / "timeline.jsonl", seconds=90)
    for checked in details(played, "metrics checked"):
        assert f"AUC {checked['auc']:.4f}" in text
    assert "3 windows: quiet, drift, quiet" in text
    assert max(len(line) for line in text.splitlines() if "because of" in line) < 120
    days = len(details(played, "window judged"))
    assert f"90 s for {days} days" in text


def test_every_request_during_a_release_is_answered_counted_and_its_share(played: Played):
    [borne] = details(played, "requests went on")
    assert borne["package"] == played.served.package
    by_version = {name: n for name, n in borne.items() if name.startswith("version_")}
    assert borne["requests"] == sum(by_version.values()) >= FEW
    assert borne["shares"]
    assert all(abs(s["answered"] - s["share"]) <= TOLERANCE for s in borne["shares"])
    counted = [told["invocations"] for told in details(played, "requests counted")]
    assert borne["requests"] in counted
