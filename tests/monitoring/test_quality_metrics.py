"""Metrics of answers, held against AWS's documented examples, scikit-learn, and the bootstrap."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from tests.monitoring.conftest import script

intervals, estimates, statistics, settings, outcomes = map(
    script,
    ("intervals", "quality_estimates", "quality_statistics", "quality_settings", "outcomes"),
)
BINARY, MULTICLASS, REGRESSION = settings.BINARY, settings.MULTICLASS, settings.REGRESSION
Failure = script("failure").Failure


def document(problem_type: str, answers: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    rows = estimates.rows_of(problem_type, answers, labels, 0.5)
    found = statistics.document(problem_type, answers, labels, rows, 0.5)
    described: dict[str, Any] = found[statistics.METRICS_OF[problem_type]]
    return described


def values(found: dict[str, Any]) -> dict[str, float]:
    return {name: metric["value"] for name, metric in found.items() if "value" in metric}


# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
# Four rows: a 0 taken for 0, two for 1, and a 1 taken for 1.
AWS_BINARY = {
    "recall": 1.0, "precision": 0.3333333333333333, "accuracy": 0.5,
    "recall_best_constant_classifier": 1.0, "precision_best_constant_classifier": 0.25,
    "accuracy_best_constant_classifier": 0.25, "true_positive_rate": 1.0,
    "true_negative_rate": 0.33333333333333337, "false_positive_rate": 0.6666666666666666,
    "false_negative_rate": 0.0, "auc": 1.0, "f0_5": 0.3846153846153846, "f1": 0.5,
    "f2": 0.7142857142857143, "f0_5_best_constant_classifier": 0.29411764705882354,
    "f1_best_constant_classifier": 0.4, "f2_best_constant_classifier": 0.625,
}  # fmt: skip
# 2,096 rows, by true class and answer.
AWS_CELLS = {"0": {"0": 1180, "1": 510}, "1": {"0": 268, "1": 138}}
AWS_MULTICLASS = {
    "accuracy": 0.6288167938931297, "weighted_recall": 0.6288167938931297,
    "weighted_precision": 0.6983172269629505, "weighted_f0_5": 0.6803947317178771,
    "weighted_f1": 0.6571162346664904, "weighted_f2": 0.6384024354394601,
    "accuracy_best_constant_classifier": 0.19370229007633588,
    "weighted_recall_best_constant_classifier": 0.19370229007633588,
    "weighted_precision_best_constant_classifier": 0.03752057718081697,
    "weighted_f0_5_best_constant_classifier": 0.04473443104152011,
    "weighted_f1_best_constant_classifier": 0.06286421243683643,
    "weighted_f2_best_constant_classifier": 0.10570313141262414,
}  # fmt: skip
# Of the same rows, taken for numbers.
AWS_REGRESSION = {
    "mae": 0.3711832061068702, "mse": 0.3711832061068702, "rmse": 0.609248066149471,
    "r2": -1.3766111872212665,
}  # fmt: skip


def aws_rows() -> tuple[np.ndarray, np.ndarray]:
    """True classes and answers of the documented confusion matrix."""
    pairs = [
        (true, given)
        for true, row in AWS_CELLS.items()
        for given, count in row.items()
        for _ in range(count)
    ]
    true, given = np.array(pairs).T
    return true, given


def test_binary_metrics_are_those_of_the_documented_example():
    found = document(BINARY, np.array([0.1, 0.6, 0.7, 0.9]), np.array([0.0, 0.0, 0.0, 1.0]))
    assert found["confusion_matrix"] == {"0": {"0": 1, "1": 2}, "1": {"0": 0, "1": 1}}
    assert values(found) == pytest.approx(AWS_BINARY, rel=1e-12)
    assert {m["standard_deviation"] for m in found.values() if "value" in m} == {"NaN"}


def test_multiclass_metrics_are_those_of_the_documented_example():
    true, given = aws_rows()
    found = document(MULTICLASS, given, true)
    assert found["confusion_matrix"] == AWS_CELLS
    assert values(found) == pytest.approx(AWS_MULTICLASS, rel=1e-9)


def test_regression_metrics_are_those_of_the_documented_example():
    true, given = (side.astype(float) for side in aws_rows())
    found = document(REGRESSION, given, true)
    assert values(found) == pytest.approx(AWS_REGRESSION, rel=1e-12)


def test_deviations_are_of_samples_of_four_fifths():
    """Model Monitor's are random; of accuracy its example says 0.00376."""
    true, given = aws_rows()
    deviation = document(MULTICLASS, given, true)["accuracy"]["standard_deviation"]
    expected = (
        0.6288 * (1 - 0.6288) / 2096 * 0.25
    ) ** 0.5  # of 80 % without replacement: a quarter
    assert expected / 3 < deviation < expected * 3


def test_a_figure_that_there_is_none_for_is_not_a_number():
    found = document(BINARY, np.array([0.1, 0.6]), np.array([0.0, 0.0]))
    assert found["true_positive_rate"] == {"value": "NaN", "standard_deviation": "NaN"}
    assert "auc" not in found


def test_no_rows_have_no_metrics():
    assert document(BINARY, np.array([]), np.array([])) == {}
    assert document(REGRESSION, np.array([]), np.array([])) == {}
    assert document(MULTICLASS, np.array([], dtype=str), np.array([], dtype=str)) == {}


def test_curves_keep_their_ends_however_many_points_they_have():
    answers, labels = a_binary_world(3000)
    curve = document(BINARY, answers, labels)["receiver_operating_characteristic_curve"]
    for rates in curve.values():
        assert len(rates) <= 200
        assert (rates[0], rates[-1]) == (0.0, 1.0)


def a_binary_world(number: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    labels = (chance.random(number) < 0.3).astype(float)
    scores = 1 / (1 + np.exp(1.2 - 1.5 * labels - chance.normal(size=number)))
    return np.round(scores, 2), labels  # rounded, so that there are ties


def a_world_of_classes(number: int) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(2)
    labels = chance.choice(["early", "late", "never"], size=number, p=[0.6, 0.3, 0.1])
    guesses = chance.choice(["early", "late", "never", "soon"], size=number)
    return np.where(chance.random(number) < 0.6, labels, guesses), labels


def a_world_of_numbers(number: int) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(3)
    labels = 40 + 10 * chance.normal(size=number)
    return labels + 4 * chance.standard_t(8, size=number), labels


WORLDS: dict[str, Callable[[int], tuple[np.ndarray, np.ndarray]]] = {
    BINARY: a_binary_world, MULTICLASS: a_world_of_classes, REGRESSION: a_world_of_numbers,
}  # fmt: skip


@pytest.mark.parametrize("problem_type", WORLDS)
def test_what_is_judged_is_what_scikit_learn_says(problem_type: str):
    answers, labels = WORLDS[problem_type](500)
    found = estimates.rows_of(problem_type, answers, labels, 0.5).estimates()
    assert set(found) == set(settings.METRICS[problem_type])
    expected = values(document(problem_type, answers, labels))
    for name, estimate in found.items():
        assert estimate.value == pytest.approx(expected[name], rel=1e-9), name
        assert estimate.lower <= estimate.value <= estimate.upper


@pytest.mark.parametrize("problem_type", WORLDS)
def test_weights_are_how_often_a_row_counts(problem_type: str):
    answers, labels = WORLDS[problem_type](300)
    weights = np.random.default_rng(4).integers(0, 4, size=300)
    weighted = estimates.rows_of(problem_type, answers, labels, 0.5).estimates(weights)
    often = np.repeat(np.arange(300), weights)
    repeated = estimates.rows_of(problem_type, answers[often], labels[often], 0.5).estimates()
    for name, estimate in repeated.items():
        for end in ("value", "lower", "upper"):
            assert getattr(weighted[name], end) == pytest.approx(getattr(estimate, end)), name


@pytest.mark.parametrize(
    ("problem_type", "name"),
    [(kind, name) for kind, names in settings.METRICS.items() for name in names],
)
def test_intervals_are_about_those_of_scipys_bootstrap(problem_type: str, name: str):
    answers, labels = WORLDS[problem_type](800)
    rows = estimates.rows_of(problem_type, answers, labels, 0.5)

    def figure(chosen: np.ndarray) -> float:
        return rows.estimates(np.bincount(chosen, minlength=800))[name].value

    drawn = bootstrap(
        (np.arange(800),), figure, vectorized=False, n_resamples=500, method="percentile",
        rng=np.random.default_rng(5),
    ).confidence_interval  # fmt: skip
    found = rows.estimates()[name]
    width = drawn.high - drawn.low
    assert found.lower == pytest.approx(drawn.low, abs=0.15 * width)
    assert found.upper == pytest.approx(drawn.high, abs=0.15 * width)


@pytest.mark.parametrize(
    ("hits", "of", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_intervals_of_shares_are_those_that_newcombe_published(hits, of, lower, upper):
    """Statistics in Medicine 17, 1998, 857-872, table I, method 3; and scipy says the same."""
    found = intervals.wilson(hits / of, of)
    assert found == pytest.approx((lower, upper), abs=5e-5)
    second = binomtest(hits, of).proportion_ci(method="wilson")
    assert found == pytest.approx((second.low, second.high), abs=1e-12)


def test_nothing_counted_is_nothing_known():
    assert intervals.wilson(0.0, 0) == (0.0, 1.0)


def test_delongs_variance_is_that_of_all_pairs_compared():
    """The definition of DeLong et al. (1988), without any sorting."""
    answers, labels = a_binary_world(120)
    positives, negatives = answers[labels == 1], answers[labels == 0]
    pairs = (positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives)
    variance = pairs.mean(axis=1).var(ddof=1) / len(positives)
    variance += pairs.mean(axis=0).var(ddof=1) / len(negatives)
    scores = np.unique(answers)
    counts = [[(side == score).sum() for score in scores] for side in (positives, negatives)]
    found = intervals.delong(*np.array(counts, dtype=float))
    assert found == pytest.approx((pairs.mean(), variance), rel=1e-12)


def test_delong_says_of_the_first_published_example_what_was_published():
    """109 CT images rated from 1 to 5: Hanley and McNeil, Radiology 143, 1982, 29-36: 0.893 and a
    standard error of 0.032, by a formula that is a little different."""
    diseased, healthy = np.array([3.0, 2, 2, 11, 33]), np.array([33.0, 6, 6, 11, 2])
    area, variance = intervals.delong(diseased, healthy)
    assert area == pytest.approx(0.893, abs=5e-4)
    assert variance**0.5 == pytest.approx(0.032, abs=2e-3)


def test_classes_that_are_told_apart_without_fault_leave_room_for_doubt():
    labels = np.array([0.0] * 20 + [1.0] * 20)
    found = estimates.rows_of(BINARY, labels * 0.8 + 0.1, labels, 0.5).estimates()
    for name in ("auc", "recall", "f1"):
        assert found[name].value == 1.0
        assert found[name].lower < 0.95


@pytest.mark.parametrize("positives", [0, 9])
def test_few_of_a_class_say_nothing_about_the_curve(positives: int):
    labels = np.array([1.0] * positives + [0.0] * 100)
    found = estimates.rows_of(BINARY, labels / 2, labels, 0.5).estimates()
    assert "auc" not in found
    assert ("recall" in found) == (positives > 0)


def test_numbers_that_are_all_the_same_explain_nothing():
    found = estimates.rows_of(REGRESSION, np.array([1.0, 2.0, 3.0]), np.full(3, 2.0), 0.5)
    assert set(found.estimates()) == {"mae", "mse", "rmse"}


def test_large_numbers_neither_cancel_nor_overflow():
    answers, labels = a_world_of_numbers(400)
    usual = estimates.rows_of(REGRESSION, answers, labels, 0.5).estimates()
    moved = estimates.rows_of(REGRESSION, 1e8 + answers, 1e8 + labels, 0.5).estimates()
    assert moved["r2"].lower == pytest.approx(usual["r2"].lower, rel=1e-6)
    grown = estimates.rows_of(REGRESSION, 1e90 * answers, 1e90 * labels, 0.5).estimates()
    assert grown["mse"].upper == pytest.approx(1e180 * usual["mse"].upper)


def test_texts_that_are_no_classes_are_told():
    texts = np.array([str(number) for number in range(1001)])
    with pytest.raises(Failure, match=r"^answers and labels hold 1,001 different classes; with mo"):
        estimates.rows_of(MULTICLASS, texts, texts, 0.5)


def test_what_can_not_be_used_is_counted_by_its_kind():
    answers = ["0.5", "1.5", "-0.1", "", "yes", "nan", "0.1", "0.2", "0.3", "0.4"]
    labels = ["1", "1", None, "1", "0", "0", "2", "", "1.0", None]
    found = outcomes.outcomes(BINARY, answers, labels)
    assert found.unreadable == {outcomes.NO_PROBABILITY: 5}
    assert found.troubles == {outcomes.NO_OUTCOME: 2}
    assert found.answers.tolist() == [0.5, 0.3]
    assert found.labels.tolist() == [1.0, 1.0]
    assert found.answered.sum() == 5
    assert np.flatnonzero(found.labelled).tolist() == [0, 8]


def test_numbers_may_be_any_but_infinite():
    found = outcomes.outcomes(REGRESSION, ["-3e5", "inf", "4"], ["2", "1", "about 4"])
    assert found.unreadable == {outcomes.NO_NUMBER: 1}
    assert found.troubles == {outcomes.NO_LABEL_NUMBER: 1}
    assert (found.answers.tolist(), found.labels.tolist()) == ([-3e5], [2.0])


def test_any_text_may_be_a_class():
    found = outcomes.outcomes(MULTICLASS, ["a", "b", "1"], ["a", None, "2"])
    assert (found.answers.tolist(), found.labels.tolist()) == (["a", "1"], ["a", "2"])
    assert not found.unreadable and not found.troubles
