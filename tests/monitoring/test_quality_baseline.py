"""What held-out rows say of a model, and what they leave open."""

import json
from typing import Any

import numpy as np
import pytest

from tests.monitoring.answered import MADE, SETTINGS, Row, described, rows
from tests.monitoring.conftest import script

Failure = script("failure").Failure
limits, estimates, settings = map(
    script, ("quality_limits", "quality_estimates", "quality_settings")
)


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    return described(rows())


def test_files_are_json_and_say_when_they_were_made(files: dict[str, Any]):
    assert set(files) == {"statistics.json", "constraints.json", "quality.json"}
    json.dumps(files, allow_nan=False)
    assert files["quality.json"]["made"] == f"{MADE:%Y-%m-%dT%H:%M:%SZ}"
    assert (
        files["quality.json"]["rows"] == files["statistics.json"]["dataset"]["item_count"] == 2100
    )


def test_constraints_are_in_model_monitors_format(files: dict[str, Any]):
    """As in AWS's own examples: recall, precision, ... below, error rates above."""
    said = files["constraints.json"]
    assert set(said) == {"version", "binary_classification_constraints"}
    found = said["binary_classification_constraints"]
    assert {of["comparison_operator"] for of in found.values()} == {
        "LessThanThreshold", "GreaterThanThreshold",
    }  # fmt: skip
    above = {name for name, of in found.items() if of["comparison_operator"][0] == "G"}
    assert above == {"false_positive_rate", "false_negative_rate"}
    metrics = files["statistics.json"]["binary_classification_metrics"]
    assert set(found) <= set(metrics)


def test_a_threshold_is_worse_than_the_baselines_own_interval(files: dict[str, Any]):
    for name, metric in files["quality.json"]["metrics"].items():
        if metric["comparison_operator"] == "LessThanThreshold":
            assert metric["threshold"] < metric["lower"] <= metric["value"], name
        else:
            assert metric["threshold"] > metric["upper"] >= metric["value"], name


def test_bare_values_get_more_room_than_whole_intervals(files: dict[str, Any]):
    """Model Monitor knows no intervals; a window's own chance must be in its thresholds."""
    bare = files["constraints.json"]["binary_classification_constraints"]
    ours = files["quality.json"]["metrics"]
    for name, metric in ours.items():
        room, wider = (abs(of[name]["threshold"] - metric["value"]) for of in (ours, bare))
        assert wider > 1.3 * room, name


def test_the_same_rows_give_the_same_files(files: dict[str, Any]):
    assert described(rows()) == files


def test_fewer_held_out_rows_leave_more_room():
    def room(number: int) -> float:
        auc = described(rows(number))["quality.json"]["metrics"]["auc"]
        return float(auc["value"] - auc["threshold"])

    assert room(200) > 2 * room(2000)


def test_weeks_that_differ_leave_more_room():
    """Of two months, every other week is hard: a model can't be as right then."""
    weeks = [rows(350, seed=week, skill=1.5 if week % 2 else 0.3) for week in range(8)]
    answered = [row for week in weeks for row in week]
    hours = np.arange(len(answered)) * 8 * 168 // len(answered)
    calm, uneven = described(answered), described(answered, times=hours)
    assert not calm["quality.json"]["calibration"]["by_time"]
    assert uneven["quality.json"]["calibration"]["by_time"]
    auc = [said["quality.json"]["metrics"]["auc"] for said in (calm, uneven)]
    assert auc[1]["threshold"] < auc[0]["threshold"] - 0.05


def test_times_that_span_less_than_two_windows_are_no_help(files: dict[str, Any]):
    answered = rows()
    assert described(answered, times=np.arange(len(answered)) * 168 // len(answered)) == files


def test_a_persons_threshold_stands_in_the_constraints():
    said = described(rows(300), thresholds={"auc": 0.7})
    found = said["constraints.json"]["binary_classification_constraints"]["auc"]
    assert found == {"threshold": 0.7, "comparison_operator": "LessThanThreshold"}
    assert said["quality.json"]["metrics"]["auc"]["threshold"] != 0.7


def rings(answered: list[Row], smallest: int, size: int, number: int = 200) -> int:
    """How many windows of so many of these rows ring, of 200."""
    known = described(answered, minimum_records=smallest)["quality.json"]["metrics"]
    whole = estimates.rows_of(
        settings.BINARY, np.array([float(row.answer) for row in answered]),
        np.array([float(row.truth) for row in answered]), 0.5,
    )  # fmt: skip
    chance = np.random.default_rng(11)
    found = 0
    for _ in range(number):
        drawn = np.bincount(chance.integers(len(answered), size=size), minlength=len(answered))
        window = whole.estimates(drawn)
        found += any(
            window[name].upper < of["threshold"]
            if of["comparison_operator"] == "LessThanThreshold"
            else window[name].lower > of["threshold"]
            for name, of in known.items()
            if name in window
        )
    return found


@pytest.mark.parametrize(("smallest", "size"), [(50, 50), (500, 500), (500, 20_000)])
def test_windows_of_the_baseline_ring_together_in_at_most_5_of_100(smallest: int, size: int):
    """Of any number of records; `make bench-monitors` does 1,000 of each."""
    assert rings(rows(2000), smallest, size) <= 10


def test_a_faultless_baseline_may_have_been_lucky():
    """300 of 300 right: the truth may be one wrong in a hundred."""
    answered = [
        Row(row.at, row.id, str(0.1 + 0.8 * int(row.truth)), row.truth) for row in rows(300)
    ]
    known = described(answered)["quality.json"]["metrics"]["accuracy"]
    assert known["value"] == 1.0
    assert known["threshold"] < 0.99


def test_classes_and_numbers_have_baselines_too():
    chance = np.random.default_rng(3)
    truth = chance.normal(100, 20, size=1000)
    numbers = [
        Row(row.at, row.id, f"{true + chance.normal():.3f}", f"{true:.3f}")
        for row, true in zip(rows(1000), truth, strict=True)
    ]
    said = described(numbers, problem_type="Regression")
    found = said["constraints.json"]["regression_constraints"]
    assert {name: of["comparison_operator"][0] for name, of in found.items()} == {
        "rmse": "G", "mae": "G", "mse": "G", "r2": "L",
    }  # fmt: skip
    classes = [Row(row.at, row.id, str(len(row.answer) % 3), row.truth) for row in rows(1000)]
    said = described(classes, problem_type="MulticlassClassification")
    assert "weighted_f1" in said["constraints.json"]["multiclass_classification_constraints"]
    metrics = said["statistics.json"]["multiclass_classification_metrics"]
    assert set(metrics["confusion_matrix"]) == {"0", "1", "2"}


def with_answer(answered: list[Row], answer: str) -> list[Row]:
    return [Row(answered[0].at, "r0", answer, answered[0].truth), *answered[1:]]


def with_truth(answered: list[Row], truth: str) -> list[Row]:
    return [Row(answered[0].at, "r0", answered[0].answer, truth), *answered[1:]]


@pytest.mark.parametrize(
    ("answered", "sentence"),
    [
        pytest.param(
            with_answer(rows(100), "2"),
            "of 100 held-out rows 1 hold an answer that is no probability", id="no probability",
        ),
        pytest.param(
            with_truth(rows(100), "late"),
            "of 100 held-out rows 1 hold a label that is neither 0 nor 1", id="no outcome",
        ),
        pytest.param(
            [Row(row.at, row.id, row.answer, str(int(i < 9))) for i, row in enumerate(rows(100))],
            "the held-out rows hold 9 with label 1 and 91 with label 0; model quality needs at "
            "least 10 of each", id="one class",
        ),
        pytest.param(
            [], "the held-out rows hold 0 with label 1 and 0 with label 0; model quality needs at "
            "least 10 of each", id="no rows",
        ),
    ],
)  # fmt: skip
def test_rows_that_can_not_tell_are_refused(answered: list[Row], sentence: str):
    with pytest.raises(Failure) as told:
        described(answered)
    assert str(told.value) == sentence


def test_answers_that_are_missing_are_refused():
    with pytest.raises(Failure, match=r"^the model gave 1 answers to 2 held-out rows$"):
        script("quality_baseline").describe(["1", "0"], ["0.5"], None, SETTINGS, MADE)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"problem_type": "Ranking"}, r"problem_type must be one of Binary.*, got 'Ranking'$"),
        ({"thresholds": {"rmse": 1}}, r"thresholds of BinaryClass.* are for auc, .* for rmse$"),
        ({"thresholds": {"auc": float("nan")}}, r"thresholds must be numbers, got .* for auc$"),
        ({"thresholds": {"auc": "high"}}, r"the settings are none of a model-quality .*\(ValueErr"),
        ({"minimum_records": None}, r"the settings are none of a model-quality .*\(TypeError"),
    ],
)
def test_settings_that_make_no_sense_are_refused(said: dict[str, Any], sentence: str):
    with pytest.raises(Failure, match=f"^{sentence}"):
        described(rows(50), **said)


def test_settings_that_lack_something_are_refused():
    with pytest.raises(Failure, match=r"they need problem_type, minimum_records and window_hours$"):
        settings.settings_of({"problem_type": "Regression"})
