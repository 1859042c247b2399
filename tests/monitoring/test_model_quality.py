"""The model-quality monitor end to end: captured answers and labels in, a verdict out."""

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.scripts import load
from tests.monitoring.answered import (
    ASKED_AT,
    ENDS,
    MADE,
    SETTINGS,
    WAITS,
    Row,
    baseline,
    captured,
    flipped,
    labelled,
    rows,
)
from tests.monitoring.conftest import STEPS, Report, capture, exchange, label, script
from tests.monitoring.test_data_quality import CloudWatch, cloudwatch  # noqa: F401 - a fixture

STARTS = ENDS - timedelta(days=7)
Monitor = Callable[..., Report]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return baseline(tmp_path_factory.mktemp("known"), rows(seed=10))


@pytest.fixture
def monitor(known: Path, tmp_path: Path) -> Monitor:
    """Runs model_quality.py, a day after the window's end."""

    def run(
        answered: Iterable[Row] = (), truths: Iterable[Row] | None = None, *arguments: str,
        of: Path = known, **settings: Any,
    ) -> Report:  # fmt: skip
        answers = [*answered]
        captured(tmp_path / "capture", answers)
        labelled(tmp_path / "labels", answers if truths is None else [*truths])
        shutil.rmtree(tmp_path / "report", ignore_errors=True)
        code = script("model_quality").main([
            "--capture", str(tmp_path / "capture"), "--ground-truth", str(tmp_path / "labels"),
            "--baseline", str(of), "--report", str(tmp_path / "report"), "--endpoint", "shop",
            "--window-end", ASKED_AT.isoformat(), "--message", str(tmp_path / "message"),
            "--settings", json.dumps({**SETTINGS, **settings}), *arguments,
        ])  # fmt: skip
        return Report(code, tmp_path / "report")

    return run


def test_a_week_as_right_as_the_baseline_is_quiet(monitor: Monitor):
    report = monitor(rows(seed=2))
    found = report.read()
    assert (report.code, found["outcome"], found["violations"]) == (0, "quiet", 0)
    assert found["sentence"].startswith("Quiet: area under the ROC curve is 0.8")
    assert report.read("constraint_violations.json") == {"violations": []}
    assert found["records"] == found["labels"]["used"] == 2100
    assert found["coverage"] == 1.0


def test_settings_are_what_the_settings_class_writes(monitor: Monitor):
    (settings,) = load(STEPS.parent, "settings")  # alone, without the CDK
    written = settings.ModelQuality(
        ground_truth_prefix="labels", problem_type="BinaryClassification", minimum_coverage=0.9
    ).model_dump_json()
    week = rows(seed=2)
    found = monitor(week, week[:1800], **json.loads(written)).read()
    assert found["outcome"] == "too-few-labels"


def test_a_week_of_less_skill_is_drift(monitor: Monitor):
    found = monitor(rows(seed=2, skill=0.8)).read()
    assert found["outcome"] == "drift"
    assert found["headline"]["name"] == "auc"
    assert found["headline"]["upper"] < found["headline"]["threshold"]
    assert found["drift_ratio"] == max(check["ratio"] for check in found["checks"]) > 1


def test_violations_are_in_model_monitors_words(monitor: Monitor):
    report = monitor(rows(seed=2, skill=0.5))
    found = report.read("constraint_violations.json")["violations"]
    assert len(found) == report.read()["violations"] > 3
    assert {frozenset(of) for of in found} == {
        frozenset({"constraint_check_type", "description", "metric_name"})
    }
    kinds = {of["metric_name"]: of["constraint_check_type"] for of in found}
    assert kinds["auc"] == "LessThanThreshold"
    assert kinds["false_negative_rate"] == "GreaterThanThreshold"


def test_statistics_are_those_of_the_labelled_rows_of_the_window(monitor: Monitor):
    week = rows(seed=2)
    report = monitor([*week, *rows(300, before=STARTS), *rows(70, before=ASKED_AT)], week[:1400])
    found = report.read("statistics.json")
    assert found["dataset"]["item_count"] == 1400
    right = sum((float(row.answer) >= 0.5) == (row.truth == "1") for row in week[:1400])
    assert found["binary_classification_metrics"]["accuracy"]["value"] == right / 1400


def test_the_day_it_began_is_told(monitor: Monitor):
    week = rows(seed=2)
    found = monitor(week, flipped(week, 0.4, STARTS + timedelta(days=4))).read()
    since = {check["metric"]: check["since"] for check in found["checks"]}
    assert since["accuracy"] == f"{STARTS + timedelta(days=4):%FT%TZ}"
    assert "since Friday 30 January, 00:00 UTC" in found["sentence"]


def test_what_was_bad_from_the_first_day_is_as_old_as_the_window(monitor: Monitor):
    week = rows(seed=2)
    found = monitor(week, flipped(week, 0.3, STARTS)).read()
    since = {check["metric"]: check["since"] for check in found["checks"]}
    assert since["accuracy"] == f"{STARTS:%FT%TZ}"
    assert "in the whole window" in found["sentence"]


def test_labels_of_the_last_day_have_had_their_time(monitor: Monitor, tmp_path: Path):
    """The window ended a day before the run; labels that took 20 hours are all there."""
    week = rows(seed=2)
    labelled(tmp_path / "labels", week, after=timedelta(hours=20))
    found = monitor(week, []).read()
    assert found["window"] == {"start": f"{STARTS:%FT%TZ}", "end": f"{ENDS:%FT%TZ}"}
    assert found["coverage"] == 1.0


def test_late_labels_are_used_and_told(monitor: Monitor, tmp_path: Path):
    week = rows(seed=2)
    labelled(tmp_path / "labels", week[:700], after=timedelta(days=2))
    found = monitor(week, week[700:]).read()
    assert found["labels"] == {"used": 2100, "collected late": 700}
    assert found["outcome"] == "quiet"


def test_troubles_with_labels_are_told_by_kind(monitor: Monitor, tmp_path: Path):
    week = rows(seed=2)
    one, other = week[:2]
    wrong = [Row(one.at, one.id, "", str(1 - int(one.truth))), Row(other.at, other.id, "", "x")]
    labelled(tmp_path / "labels", wrong)
    capture(tmp_path / "labels", [(ENDS, "{"), (ENDS, json.dumps(label("nobody", "1")))])
    found = monitor(week, [week[0], *week[2:]]).read()
    assert found["labels"] == {
        "used": 2098, "contradicts another": 2, "label that is neither 0 nor 1": 1,
        "torn line": 1, "of an unknown id": 1,
    }  # fmt: skip


def test_answers_that_are_no_probabilities_are_no_records(monitor: Monitor, tmp_path: Path):
    week = rows(seed=2)
    odd = [Row(week[0].at, f"odd{i}", text, "1") for i, text in enumerate(["2", "late", "-0.1"])]
    found = monitor([*week, *odd], week).read()
    assert found["unreadable"] == {"answer that is no probability": 3}
    assert (found["records"], found["coverage"]) == (2100, 1.0)


def test_too_few_labels_are_told_and_not_passed(monitor: Monitor):
    week = rows(seed=2)
    report = monitor(week, week[:1000])
    found = report.read()
    assert (report.code, found["outcome"]) == (0, "too-few-labels")
    assert found["sentence"] == (
        "Not judged: 1,000 of 2,100 records have a label (48%), and at least 50% are needed."
    )
    assert found["checks"] == [] and found["headline"] is None
    assert report.read("constraint_violations.json") == {"violations": []}


def test_a_share_of_labels_may_be_enough_and_their_number_not(monitor: Monitor):
    week = rows(800, seed=2)
    found = monitor(week, week[:450]).read()
    assert found["outcome"] == "too-few-labels"
    assert found["sentence"] == (
        "Not judged: 450 records with a label, and at least 500 are needed."
    )


def test_too_few_records_are_told(monitor: Monitor):
    report = monitor(rows(499, seed=2))
    assert (report.code, report.read()["outcome"]) == (0, "too-few-records")
    assert report.read()["sentence"] == "Not judged: 499 records, and at least 500 are needed."


def test_no_traffic_at_all_is_too_few_records(monitor: Monitor):
    assert monitor().read()["outcome"] == "too-few-records"


def test_labels_that_say_nothing_about_any_metric_are_too_few(monitor: Monitor, tmp_path: Path):
    numbers = [Row(row.at, row.id, str(i), str(i)) for i, row in enumerate(rows(50))]
    known = baseline(tmp_path / "numbers", numbers, problem_type="Regression")
    found = monitor(
        numbers[:1], None, "--minimum-records", "1", of=known, problem_type="Regression"
    ).read()
    assert found["outcome"] == "too-few-labels"
    assert found["sentence"] == "Not judged: 1 records with a label say nothing about any metric."


def test_a_persons_threshold_wins_over_the_baselines(monitor: Monitor):
    found = monitor(rows(seed=2), thresholds={"auc": 0.95}).read()
    assert found["outcome"] == "drift"
    assert found["headline"]["threshold"] == 0.95
    assert [check["metric"] for check in found["checks"] if check["by_person"]] == ["auc"]


def test_a_person_may_allow_any_loss(monitor: Monitor):
    metrics = script("quality_settings").METRICS["BinaryClassification"]
    anything = {name: float(worse == "GreaterThanThreshold") for name, worse in metrics.items()}
    assert monitor(rows(seed=2, skill=0.5), thresholds=anything).read()["outcome"] == "quiet"


def test_a_week_of_few_records_does_not_cry_wolf(monitor: Monitor):
    """The same loss is told of 2,100 records and not of 500: the interval is what counts."""
    loss = monitor(rows(500, seed=4, skill=1.2)).read()
    assert loss["headline"]["value"] < loss["headline"]["threshold"]
    assert loss["outcome"] == "quiet"


def test_asked_again_it_says_the_same(monitor: Monitor, tmp_path: Path):
    week = rows(seed=2)
    first = monitor(week)
    said = {path.name: path.read_text() for path in first.folder.rglob("*.*")}
    later = [Row(ASKED_AT, row.id, row.answer, str(1 - int(row.truth))) for row in week]
    labelled(tmp_path / "labels", later, after=timedelta(0))
    again = monitor([], [])
    assert {path.name: path.read_text() for path in again.folder.rglob("*.*")} == said


def test_the_report_lies_under_the_hour_that_was_asked_for(monitor: Monitor):
    (path,) = monitor(rows(seed=2)).folder.rglob("report.json")
    assert path.parent.relative_to(path.parents[4]).as_posix() == f"{ASKED_AT:%Y/%m/%d/%H}"


def test_classes_and_numbers_are_judged_too(monitor: Monitor, tmp_path: Path):
    def classes(seed: int, right: int) -> list[Row]:
        return [
            Row(row.at, row.id, "abc"[i % 3 if i % 100 < right else (i + 1) % 3], "abc"[i % 3])
            for i, row in enumerate(rows(seed=seed))
        ]

    known = baseline(tmp_path / "k", classes(1, 80), problem_type="MulticlassClassification")
    kind = {"of": known, "problem_type": "MulticlassClassification"}
    assert monitor(classes(2, 80), **kind).read()["outcome"] == "quiet"
    shutil.rmtree(tmp_path / "labels")
    shutil.rmtree(tmp_path / "capture")
    found = monitor(classes(3, 70), **kind).read()
    assert found["outcome"] == "drift"
    assert found["headline"]["name"] == "weighted_f1"


def test_larger_errors_of_numbers_are_drift(monitor: Monitor, tmp_path: Path):
    def numbers(seed: int, error: float) -> list[Row]:
        return [
            Row(row.at, row.id, f"{i % 50 + error * (float(row.answer) - 0.4):.4f}", str(i % 50))
            for i, row in enumerate(rows(seed=seed))
        ]

    known = baseline(tmp_path / "k", numbers(1, 10), problem_type="Regression")
    kind = {"of": known, "problem_type": "Regression"}
    found = monitor(numbers(3, 12), **kind).read()
    assert found["headline"]["name"] == "rmse"
    assert found["headline"]["lower"] > found["headline"]["threshold"]
    assert found["outcome"] == "drift"


def metrics(kept: CloudWatch) -> dict[str, float]:
    (request,) = kept.put
    for datum in request["MetricData"]:
        assert datum["Dimensions"] == [
            {"Name": "Endpoint", "Value": "shop"}, {"Name": "Monitor", "Value": "model-quality"},
        ]  # fmt: skip
    return {datum["MetricName"]: datum["Value"] for datum in request["MetricData"]}


NAMESPACE = ("--namespace", "Perennial/Monitoring")
AGE = (ASKED_AT - MADE) / timedelta(days=1)


def test_a_judged_window_puts_its_metrics(monitor: Monitor, cloudwatch: CloudWatch):  # noqa: F811
    week = rows(seed=2)
    found = monitor(week, week[:1680], *NAMESPACE).read()
    assert metrics(cloudwatch) == {
        "Heartbeat": 1, "RecordCount": 2100, "UnreadableCount": 0, "TooFewRecords": 0,
        "ViolationCount": 0, "DriftRatio": found["drift_ratio"], "LabelCoverage": 0.8,
        "TooFewLabels": 0, "BaselineAge": AGE, "HeadlineValue": found["headline"]["value"],
        "HeadlineThreshold": found["headline"]["threshold"],
    }  # fmt: skip


def test_too_few_labels_say_nothing_of_drift(monitor: Monitor, cloudwatch: CloudWatch):  # noqa: F811
    week = rows(seed=2)
    monitor(week, week[:210], *NAMESPACE)
    assert metrics(cloudwatch) == {
        "Heartbeat": 1, "RecordCount": 2100, "UnreadableCount": 0, "TooFewRecords": 0,
        "LabelCoverage": 0.1, "TooFewLabels": 1, "BaselineAge": AGE,
    }  # fmt: skip


def test_no_records_have_no_coverage(monitor: Monitor, cloudwatch: CloudWatch):  # noqa: F811
    monitor([], [], *NAMESPACE)
    assert metrics(cloudwatch) == {
        "Heartbeat": 1, "RecordCount": 0, "UnreadableCount": 0, "TooFewRecords": 1,
        "TooFewLabels": 0, "BaselineAge": AGE,
    }  # fmt: skip


def test_a_label_says_what_several_rows_of_a_request_were(monitor: Monitor, tmp_path: Path):
    week = rows(seed=2)
    several = [week[start : start + 3] for start in range(0, len(week), 3)]
    capture(tmp_path / "capture", [
        (part[0].at, json.dumps(exchange(
            part[0].at, "a\nb\nc", "\n".join(row.answer for row in part), event=part[0].id,
        ))) for part in several
    ])  # fmt: skip
    capture(tmp_path / "labels", [
        (part[0].at, json.dumps(label(part[0].id, "\n".join(row.truth for row in part))))
        for part in several
    ])  # fmt: skip
    found = monitor([], []).read()
    assert (found["records"], found["coverage"], found["outcome"]) == (2100, 1.0, "quiet")


def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The sentence that a failed run leaves, on stderr and as its message."""
    message = (tmp_path / "message").read_text()
    assert capsys.readouterr().err == f"{message}\n"
    return message


def test_a_baseline_that_is_not_there_is_told(monitor: Monitor, tmp_path: Path, capsys):
    assert monitor(of=tmp_path).code == 1
    assert said(tmp_path, capsys) == (
        "the baseline lacks quality.json; it must come from the training pipeline's own step"
    )


@pytest.mark.parametrize("content", ["{", "[]", '{"problem_type": "Regression"}'])
def test_a_baseline_that_makes_no_sense_is_told(
    monitor: Monitor, tmp_path: Path, capsys, content: str
):
    (tmp_path / "quality.json").write_text(content)
    assert monitor(of=tmp_path).code == 1
    assert said(tmp_path, capsys).startswith("quality.json can't be read: ")


def test_a_baseline_of_other_settings_is_told(monitor: Monitor, tmp_path: Path, capsys):
    assert monitor(probability_threshold=0.3).code == 1
    assert said(tmp_path, capsys) == (
        "the baseline is of BinaryClassification with a probability threshold of 0.5, the settings "
        "say BinaryClassification and 0.3: train again, so that it is made anew"
    )


def test_settings_that_are_no_numbers_are_told(monitor: Monitor, tmp_path: Path, capsys):
    assert monitor(labels_within_hours="a day").code == 1
    assert said(tmp_path, capsys) == "labels_within_hours must be a number, got 'a day'"


def test_ground_truth_that_is_not_there_is_told(monitor: Monitor, tmp_path: Path, capsys):
    assert monitor([], [], "--ground-truth", "/nowhere").code == 1
    assert said(tmp_path, capsys) == "there is no ground truth at /nowhere"


def test_it_waits_as_long_as_its_settings_say(monitor: Monitor):
    found = monitor(rows(seed=2, before=ENDS + WAITS), labels_within_hours=0).read()
    assert found["window"]["end"] == f"{ASKED_AT:%FT%TZ}"
    assert found["records"] == 2100
