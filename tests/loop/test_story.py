"""What the rehearsal tells is true: each figure is computed once more from what lies in S3."""

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import log_loss, roc_auc_score

from rehearsal.deployment import digests
from rehearsal.summary import summary
from tests.loop.conftest import Played

pytestmark = pytest.mark.local_aws


def events(played: Played) -> list[dict[str, Any]]:
    lines = (played.world.out / "timeline.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def detail(played: Played, event: str) -> dict[str, Any]:
    [found] = [e["detail"] for e in events(played) if e["event"] == event]
    return found


def package(played: Played) -> dict[str, Any]:
    sagemaker = played.world.client("sagemaker")
    return sagemaker.describe_model_package(ModelPackageName=played.served.package)


def beside_the_report(played: Played, name: str) -> str:
    report = package(played)["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    return played.world.read_bytes(report.rpartition("/")[0] + "/" + name).decode()


def test_the_timeline_begins_with_the_digest_of_each_deployed_template(played: Played):
    first = events(played)[0]
    assert first["event"] == "templates"
    assert first["detail"]["sha256"] == digests(played.world.assembly)
    assert len(first["detail"]["sha256"]) == 4


def test_the_templates_are_those_that_synth_writes(played: Played, assemblies: dict[str, Path]):
    assert digests(assemblies["home"]) == detail(played, "templates")["sha256"]


def test_every_event_says_when_who_what_and_with_which_figures(played: Played):
    told = events(played)
    assert all(set(event) == {"t", "actor", "event", "detail"} for event in told)
    assert [event["t"] for event in told] == sorted(event["t"] for event in told)


def test_the_auc_on_the_package_is_that_of_scikit_learn_on_the_saved_predictions(played: Played):
    rows = list(csv.DictReader(io.StringIO(beside_the_report(played, "predictions.csv"))))
    labels = [int(row["label"]) for row in rows]
    scores = [float(row["challenger_score"]) for row in rows]
    report = json.loads(beside_the_report(played, "evaluation.json"))
    metrics = report["binary_classification_metrics"]
    assert len(rows) == report["rows"] > 1000
    assert metrics["auc"]["value"] == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    assert metrics["log_loss"]["value"] == pytest.approx(log_loss(labels, scores), abs=1e-9)
    assert detail(played, "metrics checked")["auc"] == metrics["auc"]["value"]


def test_a_first_version_is_compared_with_chance_and_says_so(played: Played):
    report = json.loads(beside_the_report(played, "evaluation.json"))
    assert report["champion"] == {"auc": None, "package": "NONE"}
    auc = report["binary_classification_metrics"]["auc"]["value"]
    assert report["gate"]["auc"] == auc
    assert report["gate"]["improvement"] == pytest.approx(auc - 0.5)
    assert report["gate"]["summary"] == (
        f"challenger AUC {auc:.3f}, improvement over chance {auc - 0.5:+.3f}"
    )


def test_the_package_says_where_it_comes_from(played: Played):
    properties = package(played)["CustomerMetadataProperties"]
    assert properties["DataVersion"] == "2013-03"
    assert properties["Reason"] == "first version on the flights of winter"
    assert properties["ChampionPackageArn"] == "NONE"
    assert "max-depth=6" in properties["Hyperparameters"].split()
    assets = [path.read_bytes() for path in played.world.assembly.rglob("asset.*.gz")]
    assert properties["CodeDigest"] in [hashlib.sha256(asset).hexdigest() for asset in assets]


def test_the_summary_tells_the_figures_of_the_timeline(played: Played):
    text = summary(played.world.out / "timeline.jsonl")
    assert f"AUC {detail(played, 'metrics checked')['auc']:.4f}" in text
    assert played.served.package.rpartition(":")[2] in text
