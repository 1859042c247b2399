"""A run of the bias monitor, from captured answers and labels to a verdict."""

import json
import shutil
from pathlib import Path
from typing import Any

import boto3
import jsonschema
import numpy as np
import pytest
from botocore.stub import ANY, Stubber

from tests.monitoring.conftest import script
from tests.monitoring.loans import (
    ASKED,
    ROWS,
    SETTINGS,
    Loans,
    baseline,
    loans,
    refusing,
    reported,
    run,
)
from tests.monitoring.test_bias_baseline import ANALYSIS

# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html
VIOLATIONS = {
    "type": "object",
    "required": ["version", "violations"],
    "additionalProperties": False,
    "properties": {"version": {"const": "1.0"}, "violations": {"type": "array", "items": {
        "type": "object",
        "required": [
            "facet", "facet_value", "metric_name", "constraint_check_type", "description",
        ],
        "additionalProperties": False,
        "properties": {
            "facet": {"type": "string"}, "facet_value": {"type": "string"},
            "metric_name": {"type": "string"},
            "constraint_check_type": {"const": "bias_drift_check"},
            "description": {"type": "string"},
        },
    }}},
}  # fmt: skip


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return baseline(tmp_path_factory.mktemp("known"), loans(2_000))


@pytest.fixture(scope="module")
def drifted(known: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four of ten of the group are refused whatever speaks for them."""
    folder = tmp_path_factory.mktemp("drifted")
    assert run(folder, known, refusing(loans(1_500, seed=2), 0.4)) == 0
    return folder


def check(folder: Path, name: str) -> dict[str, Any]:
    (found,) = [check for check in reported(folder)["checks"] if check["metric"] == name]
    return dict(found)


def test_a_week_like_the_held_out_rows_is_quiet(known, tmp_path: Path, capsys):
    assert run(tmp_path, known, loans(1_500, seed=2)) == 0
    report = reported(tmp_path)
    assert (report["outcome"], report["violations"], report["coverage"]) == ("quiet", 0, 1.0)
    assert 0 <= report["drift_ratio"] <= 1
    assert reported(tmp_path, "constraint_violations.json")["violations"] == []
    said = capsys.readouterr().out
    assert "none of 10 metrics is surely beyond its limit in 1,500 records" in said
    assert "1 more is not judged: black=1 has 5 favourable answers with an unfavour" in said


def test_a_group_that_is_refused_more_often_is_drift(drifted: Path):
    report = reported(drifted)
    assert report["outcome"] == "drift"
    assert report["drift_ratio"] > 1
    violated = {check["metric"] for check in report["checks"] if check["violated"]}
    assert violated >= {"DPPL", "DI", "RD"}
    assert not violated & {"DPL", "KL", "CI"}  # the world is as it was


def test_violations_have_the_documented_layout(drifted: Path):
    violations = reported(drifted, "constraint_violations.json")
    jsonschema.validate(violations, VIOLATIONS)
    first = violations["violations"][0]
    assert (first["facet"], first["facet_value"]) == ("black", "1")
    assert "with 95 % confidence" in first["description"]
    assert len(violations["violations"]) == reported(drifted)["violations"]


def test_the_analysis_has_the_documented_layout_and_the_windows_values(drifted: Path):
    analysis = reported(drifted, "analysis.json")
    jsonschema.validate(analysis, ANALYSIS)
    (facet,) = analysis["post_training_bias_metrics"]["facets"]["black"]
    (said,) = [m["value"] for m in facet["metrics"] if m["name"] == "DPPL"]
    asked = refusing(loans(1_500, seed=2), 0.4)
    yes = asked.answers >= 0.5
    assert said == pytest.approx(yes[~asked.black].mean() - yes[asked.black].mean())


def test_the_headline_is_the_metric_with_the_largest_ratio(drifted: Path):
    report = reported(drifted)
    worst = max(report["checks"], key=lambda check: check["ratio"])
    headline = report["headline"]
    assert headline["name"].startswith(f"{worst['metric']} of black=1, distance from ")
    assert headline["value"] == pytest.approx(abs(worst["value"] - worst["fair"]))
    assert headline["lower"] / headline["threshold"] == pytest.approx(report["drift_ratio"])
    assert headline["lower"] <= headline["value"] <= headline["upper"]


def test_groups_are_counted_with_and_without_labels(known, tmp_path: Path):
    asked = loans(1_500, seed=2)
    assert run(tmp_path, known, asked, coverage=0.8) == 0
    report = reported(tmp_path)
    (groups,) = report["groups"]
    black = int(asked.black.sum())
    assert (groups["group"]["records"], groups["others"]["records"]) == (black, 1_500 - black)
    assert groups["group"]["labelled"] + groups["others"]["labelled"] == 1_200
    assert (report["coverage"], report["labels"]["used"]) == (0.8, 1_200)


def test_answers_without_a_label_count_where_no_label_is_needed(known, tmp_path: Path):
    asked = loans(1_500, seed=2)
    assert run(tmp_path, known, asked, coverage=0.8) == 0
    yes, black = asked.answers >= 0.5, asked.black
    assert check(tmp_path, "DPPL")["value"] == pytest.approx(yes[~black].mean() - yes[black].mean())
    there, good = np.arange(1_500) // ROWS % 10 < 8, asked.approved == 1
    recalls = [yes[there & good & side].mean() for side in (~black, black)]
    assert check(tmp_path, "RD")["value"] == pytest.approx(recalls[0] - recalls[1])


def test_too_few_labels_are_said_and_not_passed(known, tmp_path: Path):
    assert run(tmp_path, known, refusing(loans(1_500, seed=2), 0.4), coverage=0.4) == 0
    report = reported(tmp_path)
    assert (report["outcome"], report["violations"]) == ("too-few-labels", 0)
    assert not any(check["violated"] for check in report["checks"])
    assert report["headline"] is None
    assert report["sentence"] == (
        "Not judged: 600 of 1,500 records have a label (40%), and at least 50% are needed."
    )


def test_enough_coverage_of_too_few_records_with_a_label_is_said(known, tmp_path: Path):
    assert run(tmp_path, known, loans(800, seed=2), coverage=0.6) == 0
    assert reported(tmp_path)["sentence"] == (
        "Not judged: 480 records with a label, and at least 500 are needed."
    )


def test_too_few_records_are_said_and_not_passed(known, tmp_path: Path):
    assert run(tmp_path, known, loans(300, seed=2)) == 0
    report = reported(tmp_path)
    assert report["outcome"] == "too-few-records"
    assert "300 records, and at least 500 are needed" in report["sentence"]


def test_a_week_without_traffic_is_said_and_not_passed(known, tmp_path: Path):
    for name in ("capture", "labels"):
        (tmp_path / name).mkdir()
    assert script("bias").main(arguments(tmp_path, known)) == 0
    report = reported(tmp_path)
    assert (report["outcome"], report["records"]) == ("too-few-records", 0)
    assert reported(tmp_path, "analysis.json")["version"] == "1.0"


def test_a_group_too_small_to_judge_is_said_and_not_passed(known, tmp_path: Path):
    asked = loans(1_500, seed=2, share=0.008)
    assert run(tmp_path, known, refusing(asked, 1.0)) == 0
    report = reported(tmp_path)
    assert report["outcome"] == "too-few-records"
    assert (
        f"black=1 has {int(asked.black.sum())} records, and at least 30 are needed"
        in (report["sentence"])
    )
    assert check(tmp_path, "DPPL")["violated"] is False


def test_what_is_too_small_beside_what_is_judged_is_said(known, tmp_path: Path):
    asked = loans(1_500, seed=2)
    right = asked.answered(asked.approved * 0.8)
    assert run(tmp_path, known, right) == 0
    report = reported(tmp_path)
    assert report["outcome"] == "quiet"
    assert report["sentence"].endswith(
        "1 more is not judged: no favourable answers with an unfavourable label of black≠1 and no "
        "favourable answers with an unfavourable label of black=1."
    )
    assert check(tmp_path, "TE")["value"] is None


def test_a_persons_threshold_wins_over_the_held_out_rows(known, tmp_path: Path):
    asked = refusing(loans(1_500, seed=2), 0.4)
    wide = {name: 50.0 for name in ("DPPL", "DI", "RD", "AD", "DCA", "DCR", "SD", "DRR", "TE")}
    assert run(tmp_path, known, asked, thresholds=wide) == 0
    assert reported(tmp_path)["outcome"] == "quiet"
    assert check(tmp_path, "DPPL")["threshold"] == 50.0


def test_a_persons_threshold_makes_judged_what_is_only_shown(known, tmp_path: Path):
    assert run(tmp_path, known, loans(1_500, seed=2), thresholds={"CI": 0.3}) == 0
    (violation,) = reported(tmp_path, "constraint_violations.json")["violations"]
    assert violation["metric_name"] == "CI"


def test_records_that_tell_no_group_are_in_neither(known, tmp_path: Path):
    asked = loans(1_500, seed=2)
    black = asked.columns["black"].copy()
    black[:100] = ""
    assert run(tmp_path, known, Loans({**asked.columns, "black": black}, asked.approved,
                                      asked.answers)) == 0  # fmt: skip
    (groups,) = reported(tmp_path)["groups"]
    assert groups["unknown"] == 100
    assert groups["group"]["records"] + groups["others"]["records"] == 1_400


def test_strata_are_those_of_the_baseline_and_one_for_all_others(tmp_path: Path):
    folder = baseline(tmp_path / "known", loans(2_000), group_variable="city")
    asked = loans(1_500, seed=2)
    city = asked.columns["city"].copy()
    city[:300] = "east"
    moved = Loans({**asked.columns, "city": city}, asked.approved, asked.answers)
    assert run(tmp_path, folder, moved, group_variable="city") == 0
    assert check(tmp_path, "CDDPL")["not_judged"] == ""
    assert check(tmp_path, "CDDL")["violated"] is False


def test_the_window_ends_when_its_labels_had_their_time(known, tmp_path: Path):
    assert run(tmp_path, known, loans(1_500, seed=2)) == 0
    report = reported(tmp_path)
    assert report["window"] == {"start": "2026-01-05T00:00:00Z", "end": "2026-01-12T00:00:00Z"}
    assert (tmp_path / "report/2026/01/13/00/report.json").exists()
    assert sum(report["records_by_day"]) == 1_500


def test_trouble_with_labels_is_counted_by_kind(known, tmp_path: Path):
    asked = loans(1_500, seed=2)
    assert run(tmp_path, known, asked) == 0
    (first, *_) = sorted((tmp_path / "labels").rglob("*.jsonl"))
    with first.open("a") as file:
        file.write('{"torn')
    shutil.rmtree(tmp_path / "report")
    assert script("bias").main(arguments(tmp_path, known)) == 0
    assert reported(tmp_path)["labels"]["torn line"] == 1


def arguments(folder: Path, known: Path, **settings: Any) -> list[str]:
    return [
        "--capture", str(folder / "capture"), "--ground-truth", str(folder / "labels"),
        "--baseline", str(known), "--report", str(folder / "report"), "--endpoint", "loans",
        "--settings", json.dumps({**SETTINGS, **settings}), "--window-end", ASKED.isoformat(),
        "--message", str(folder / "message"),
    ]  # fmt: skip


def metrics_of(known: Path, folder: Path, asked: Loans, monkeypatch, **more: Any) -> dict[str, Any]:
    """The metrics that a run puts, taken in by botocore's own check of a request."""
    client = boto3.client("cloudwatch", region_name="eu-west-1")
    taken: list[dict[str, Any]] = []
    client.meta.events.register(
        "provide-client-params.cloudwatch.PutMetricData", lambda params, **_: taken.append(params)
    )
    monkeypatch.setattr(boto3, "client", lambda service: client)
    with Stubber(client) as stub:
        stub.add_response("put_metric_data", {}, {"Namespace": "Perennial", "MetricData": ANY})
        assert run(folder, known, asked, "--namespace", "Perennial", **more) == 0
    (call,) = taken
    for metric in call["MetricData"]:
        assert metric["Dimensions"] == [
            {"Name": "Endpoint", "Value": "loans"}, {"Name": "Monitor", "Value": "bias"},
        ]  # fmt: skip
    return {metric["MetricName"]: metric["Value"] for metric in call["MetricData"]}


def test_what_was_judged_is_put_as_metrics(known, tmp_path: Path, monkeypatch):
    found = metrics_of(known, tmp_path, refusing(loans(1_500, seed=2), 0.4), monkeypatch)
    report = reported(tmp_path)
    assert found["ViolationCount"] == report["violations"] > 0
    assert found["DriftRatio"] == report["drift_ratio"] > 1
    assert found["HeadlineValue"] > found["HeadlineThreshold"] > 0
    assert (found["LabelCoverage"], found["TooFewLabels"], found["TooFewRecords"]) == (1, 0, 0)
    assert found["BaselineAge"] == 11  # days from the 2nd to the 13th


def test_of_a_window_with_too_few_labels_no_drift_is_put(known, tmp_path: Path, monkeypatch):
    found = metrics_of(known, tmp_path, loans(1_500, seed=2), monkeypatch, coverage=0.3)
    assert (found["TooFewLabels"], found["TooFewRecords"], found["Heartbeat"]) == (1, 0, 1)
    assert not {"ViolationCount", "DriftRatio", "HeadlineValue", "HeadlineThreshold"} & set(found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"facets": [{"name": "black", "values": ["0"]}]},
         "the baseline was made with other facets than the settings have; run the training "
         "pipeline, which makes a new one"),
        ({"favourable": ["0"], "group_variable": "city"},
         "the baseline was made with other favourable and group_variable than the settings have; "
         "run the training pipeline, which makes a new one"),
        ({"thresholds": {"DDP": 1}}, "thresholds are for CI, DPL, KL, JS, LP, TVD, KS, CDDL, DPPL, "
         "DI, CDDPL, DCA, DCR, RD, SD, AD, DAR, DRR, TE, GE; got one for DDP"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_the_baseline_fail_in_one_sentence(
    known, tmp_path: Path, change: dict[str, Any], says: str
):
    assert run(tmp_path, known, loans(100), **change) == 1
    assert (tmp_path / "message").read_text() == says


def test_a_baseline_that_is_not_there_fails_in_one_sentence(tmp_path: Path, capsys):
    assert run(tmp_path, tmp_path / "nowhere", loans(100)) == 1
    assert capsys.readouterr().err == (
        "the baseline lacks bias.json; it must come from the pipeline's model_baseline.py\n"
    )


def test_a_baseline_that_is_broken_fails_in_one_sentence(known, tmp_path: Path):
    broken = tmp_path / "known"
    shutil.copytree(known, broken)
    (broken / "bias.json").write_text("{}")
    assert run(tmp_path, broken, loans(100)) == 1
    assert "bias.json can't be read: KeyError" in (tmp_path / "message").read_text()


def test_the_same_files_give_the_same_report(known, tmp_path: Path):
    asked = refusing(loans(1_500, seed=2), 0.4)
    assert run(tmp_path / "once", known, asked) == run(tmp_path / "again", known, asked) == 0
    for file in ("report.json", "analysis.json", "constraint_violations.json", "report.html"):
        assert reported(tmp_path / "once", file) == reported(tmp_path / "again", file)
