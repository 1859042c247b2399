"""statistics.json of model quality: scikit-learn's figures under Model Monitor's names.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
In both examples there, the "best constant classifier" always answers the last class in order ("1"
of "0" and "1"), though the other one is more frequent; what rule lies behind that is not told
(UNVERIFIED), and here it is that class.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from quality_estimates import BETAS, Binary, Multiclass, Rows
from quality_settings import BINARY, MULTICLASS, REGRESSION
from sklearn import metrics

METRICS_OF = {
    BINARY: "binary_classification_metrics", MULTICLASS: "multiclass_classification_metrics",
    REGRESSION: "regression_metrics",
}  # fmt: skip
CONSTRAINTS_OF = {
    BINARY: "binary_classification_constraints",
    MULTICLASS: "multiclass_classification_constraints",
    REGRESSION: "regression_constraints",
}  # fmt: skip

SAMPLES, SHARE, LEAST_ROWS = 5, 0.8, 200
"""Standard deviations are those of a metric over 5 samples of 80 %, if there are 200 rows."""
SEED = 2013
MOST_POINTS = 200
"""Of a curve."""

Values: TypeAlias = dict[str, float]
NAN = "NaN"
"""In place of a number that there is none for, as Model Monitor writes it."""


def document(
    problem_type: str, answers: np.ndarray, labels: np.ndarray, rows: Rows, threshold: float
) -> dict[str, Any]:
    """The file; what was asked about, how often, and each metric with its deviation.

    Args:
        problem_type: Of the rows.
        answers: Of each row.
        labels: Of each row.
        rows: The same, as quality_estimates.py has them.
        threshold: From which probability on an answer counts as "1".
    """
    entry = {"version": 0.0, "dataset": {"item_count": len(labels)}}
    if not len(labels):
        return {**entry, METRICS_OF[problem_type]: {}}
    values = _values(rows, answers, labels, np.arange(len(labels)))
    deviations = _deviations(rows, answers, labels)
    described: dict[str, Any] = {
        name: {"value": _number(value), "standard_deviation": _number(deviations.get(name))}
        for name, value in values.items()
    }
    if isinstance(rows, Binary):
        names, cells = ["0", "1"], _cells(rows, np.arange(len(labels)))
        described |= _curves(answers, rows.true)
    elif isinstance(rows, Multiclass):
        names, cells = rows.classes.tolist(), rows.confusion()
    else:
        return {**entry, METRICS_OF[problem_type]: described}
    matrix = {
        name: dict(zip(names, counts, strict=True))
        for name, counts in zip(names, cells.astype(int).tolist(), strict=True)
    }
    return {**entry, METRICS_OF[problem_type]: {"confusion_matrix": matrix, **described}}


def _number(value: float | None) -> float | str:
    return float(value) if value is not None and np.isfinite(value) else NAN


def _deviations(rows: Rows, answers: np.ndarray, labels: np.ndarray) -> Values:
    if len(labels) < LEAST_ROWS:
        return {}
    chance = np.random.default_rng(SEED)
    size = round(SHARE * len(labels))
    drawn = [
        _values(rows, answers, labels, chance.permutation(len(labels))[:size])
        for _ in range(SAMPLES)
    ]
    return {
        name: float(np.std([values[name] for values in drawn], ddof=1))
        for name in drawn[0]
        if all(name in values for values in drawn)
    }


def _values(rows: Rows, answers: np.ndarray, labels: np.ndarray, chosen: np.ndarray) -> Values:
    if isinstance(rows, Binary):
        found = _of_two(_cells(rows, chosen))
        true = rows.true[chosen]
        if 0 < true.sum() < len(true):
            found["auc"] = float(metrics.roc_auc_score(true, answers[chosen]))
        return found
    if isinstance(rows, Multiclass):
        weights = np.bincount(chosen, minlength=len(labels))
        return _of_several(rows.confusion(weights))
    true, given = labels[chosen], answers[chosen]
    mse = float(metrics.mean_squared_error(true, given))
    found = {"mae": float(metrics.mean_absolute_error(true, given)), "mse": mse, "rmse": mse**0.5}
    if len(true) > 1 and np.ptp(true) > 0:
        found["r2"] = float(metrics.r2_score(true, given))
    return found


def _cells(rows: Binary, chosen: np.ndarray) -> np.ndarray:
    cell = 2 * rows.true[chosen] + rows.predicted[chosen]
    return np.bincount(cell, minlength=4).reshape(2, 2)


def _of_two(cells: np.ndarray) -> Values:
    """Of a confusion matrix: each of its cells is one row that counts as often as it says."""
    found = _of_class_one(cells)
    constant = _of_class_one(_always_the_last(cells))
    true_negatives, false_positives = cells[0].tolist()
    false_negatives, true_positives = cells[1].tolist()
    rates = {
        "true_positive_rate": (true_positives, false_negatives),
        "true_negative_rate": (true_negatives, false_positives),
        "false_positive_rate": (false_positives, true_negatives),
        "false_negative_rate": (false_negatives, true_positives),
    }
    found |= {
        name: hits / (hits + misses) if hits + misses else float("nan")
        for name, (hits, misses) in rates.items()
    }
    return found | _of_constant(constant)


def _of_class_one(cells: np.ndarray) -> Values:
    true, given, weights = _as_rows(cells)
    how: Mapping[str, Any] = {"sample_weight": weights, "zero_division": 0}
    return {
        "recall": float(metrics.recall_score(true, given, **how)),
        "precision": float(metrics.precision_score(true, given, **how)),
        "accuracy": float(metrics.accuracy_score(true, given, sample_weight=weights)),
        **{
            name: float(metrics.fbeta_score(true, given, beta=beta, **how))
            for name, beta in BETAS.items()
        },
    }


def _of_several(cells: np.ndarray) -> Values:
    return _weighted(cells) | _of_constant(_weighted(_always_the_last(cells)))


def _weighted(cells: np.ndarray) -> Values:
    true, given, weights = _as_rows(cells)
    how: Mapping[str, Any] = {"sample_weight": weights, "average": "weighted", "zero_division": 0}
    return {
        "accuracy": float(metrics.accuracy_score(true, given, sample_weight=weights)),
        "weighted_recall": float(metrics.recall_score(true, given, **how)),
        "weighted_precision": float(metrics.precision_score(true, given, **how)),
        **{
            f"weighted_{name}": float(metrics.fbeta_score(true, given, beta=beta, **how))
            for name, beta in BETAS.items()
        },
    }


def _as_rows(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    true, given = np.nonzero(cells)
    return true, given, cells[true, given]


def _always_the_last(cells: np.ndarray) -> np.ndarray:
    constant = np.zeros_like(cells)
    constant[:, -1] = cells.sum(axis=1)
    return constant


def _of_constant(values: Values) -> Values:
    return {f"{name}_best_constant_classifier": value for name, value in values.items()}


def _curves(answers: np.ndarray, true: np.ndarray) -> dict[str, Any]:
    if not 0 < true.sum() < len(true):
        return {}
    false_rates, true_rates, _ = metrics.roc_curve(true, answers)
    precisions, recalls, _ = metrics.precision_recall_curve(true, answers)
    return {
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": _thinned(false_rates),
            "true_positive_rates": _thinned(true_rates),
        },
        "precision_recall_curve": {
            "precisions": _thinned(precisions[::-1]), "recalls": _thinned(recalls[::-1]),
        },
    }  # fmt: skip


def _thinned(points: np.ndarray) -> list[float]:
    """At most MOST_POINTS of them, evenly, both ends among them."""
    if len(points) > MOST_POINTS:
        points = points[np.linspace(0, len(points) - 1, MOST_POINTS).round().astype(int)]
    return [float(point) for point in points]
