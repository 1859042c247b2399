"""The metrics of model quality, computed by scikit-learn under AWS's names.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn import metrics

from local_aws.monitoring.stand_in.answers import Answers, numeric
from local_aws.monitoring.stand_in.job import JobError

PROBLEMS = {
    "BinaryClassification": "binary_classification",
    "MulticlassClassification": "multiclass_classification",
    "Regression": "regression",
}
LESS, GREATER = "LessThanThreshold", "GreaterThanThreshold"
_BETAS = {"f0_5": 0.5, "f1": 1.0, "f2": 2.0}
# "Standard deviation for metrics are provided only when at least 200 samples are available. Model
# Monitor computes standard deviation by randomly sampling 80% of the data 5 times."
_ENOUGH, _SHARE, _SAMPLES = 200, 0.8, 5
Values = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One metric.

    Attributes:
        deviation: Its standard deviation over samples; None if there was too little data.
        worse: Which way it gets worse, as a constraint's comparison operator.
    """

    value: float
    deviation: float | None
    worse: str

    def described(self) -> dict[str, Any]:
        """As statistics.json has it."""
        deviation = "NaN" if self.deviation is None else self.deviation
        return {"value": self.value, "standard_deviation": deviation}


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A curve: its named coordinates."""

    points: Mapping[str, list[float]] = field(default_factory=dict)

    def described(self) -> dict[str, list[float]]:
        """As statistics.json has it."""
        return dict(self.points)


def measure(problem: str, answers: Answers) -> dict[str, Any]:
    """All metrics of a problem by name, and the confusion matrix and curves of a classification.

    Raises:
        JobError: The labels are none of such a problem.
    """
    compute = _COMPUTED[problem]
    values = compute(answers)
    deviations = _deviations(answers, compute)
    found: dict[str, Any] = {}
    if problem != "regression":
        found["confusion_matrix"] = _confusion(answers)
    for name, value in values.items():
        worse = GREATER if name in ("mae", "mse", "rmse") or name.startswith("false_") else LESS
        found[name] = Measured(value=value, deviation=deviations.get(name), worse=worse)
    if problem == "binary_classification" and answers.scores is not None:
        found |= _curves(answers)
    return found


def _deviations(answers: Answers, compute: Callable[[Answers], Values]) -> Values:
    count = len(answers.labels)
    if count < _ENOUGH:
        return {}
    random = np.random.default_rng(0)
    samples = []
    for _ in range(_SAMPLES):
        chosen = random.choice(count, int(count * _SHARE), replace=False)
        scores = None if answers.scores is None else answers.scores[chosen]
        part = Answers(
            labels=answers.labels[chosen], predictions=answers.predictions[chosen], scores=scores
        )
        samples.append(compute(part))
    everywhere = set(samples[0]).intersection(*samples)
    return {name: float(np.std([each[name] for each in samples])) for name in everywhere}


def _regression(answers: Answers) -> Values:
    labels, predictions = _numbers(answers.labels), _numbers(answers.predictions)
    squared = metrics.mean_squared_error(labels, predictions)
    return {
        "mae": float(metrics.mean_absolute_error(labels, predictions)),
        "mse": float(squared),
        "rmse": float(np.sqrt(squared)),
        "r2": float(metrics.r2_score(labels, predictions)),
    }


def _binary(answers: Answers) -> Values:
    labels = _numbers(answers.labels) == 1
    predictions = _numbers(answers.predictions) == 1
    majority = np.full(len(labels), bool(2 * labels.sum() > len(labels)))
    hits = _precision_recall(labels, predictions)
    specificity = float(metrics.recall_score(~labels, ~predictions, zero_division=0))
    found = {
        **hits,
        "true_positive_rate": hits["recall"],
        "true_negative_rate": specificity,
        "false_positive_rate": 1 - specificity,
        "false_negative_rate": 1 - hits["recall"],
        **_best_constant(_precision_recall(labels, majority)),
    }
    if answers.scores is not None and 0 < labels.sum() < len(labels):
        found["auc"] = float(metrics.roc_auc_score(labels, answers.scores))
    return found


def _precision_recall(labels: np.ndarray, predictions: np.ndarray) -> Values:
    scores = _scores(labels, predictions, average="binary")
    return {**scores, "accuracy": float(metrics.accuracy_score(labels, predictions))}


def _scores(labels: np.ndarray, predictions: np.ndarray, *, average: str) -> Values:
    found: Values = {}
    for name, beta in _BETAS.items():
        precision, recall, score, _ = metrics.precision_recall_fscore_support(
            labels, predictions, beta=beta, average=average, zero_division=0
        )
        found |= {"recall": float(recall), "precision": float(precision), name: float(score)}
    return found


def _multiclass(answers: Answers) -> Values:
    labels, predictions = _classes(answers.labels), _classes(answers.predictions)
    majority = np.full(len(labels), Counter(labels.tolist()).most_common(1)[0][0])
    return {**_weighted(labels, predictions), **_best_constant(_weighted(labels, majority))}


def _weighted(labels: np.ndarray, predictions: np.ndarray) -> Values:
    scores = _scores(labels, predictions, average="weighted")
    return {
        "accuracy": float(metrics.accuracy_score(labels, predictions)),
        **{f"weighted_{name}": value for name, value in scores.items()},
    }


def _best_constant(values: Values) -> Values:
    return {f"{name}_best_constant_classifier": value for name, value in values.items()}


def _confusion(answers: Answers) -> dict[str, dict[str, int]]:
    """How often each label (outside) got each answer (inside)."""
    labels, predictions = _classes(answers.labels), _classes(answers.predictions)
    classes = sorted({*labels.tolist(), *predictions.tolist()})
    counts = metrics.confusion_matrix(labels, predictions, labels=classes)
    return {
        each: {other: int(count) for other, count in zip(classes, row, strict=True)}
        for each, row in zip(classes, counts, strict=True)
    }


def _curves(answers: Answers) -> dict[str, Curve]:
    labels = _numbers(answers.labels) == 1
    false, true, _ = metrics.roc_curve(labels, answers.scores)
    precision, recall, _ = metrics.precision_recall_curve(labels, answers.scores)
    rates = {"false_positive_rates": false.tolist(), "true_positive_rates": true.tolist()}
    hits = {"precisions": precision[::-1].tolist(), "recalls": recall[::-1].tolist()}
    return {
        "receiver_operating_characteristic_curve": Curve(points=rates),
        "precision_recall_curve": Curve(points=hits),
    }


def _numbers(values: np.ndarray) -> np.ndarray:
    found = numeric(values)
    if found.dtype.kind != "f":
        raise JobError("Labels and answers of this problem type must be numbers.")
    return found


def _classes(values: np.ndarray) -> np.ndarray:
    """Labels as text, with 1.0 for 1 shown as 1."""
    found = numeric(values)
    if found.dtype.kind == "f":
        return np.array([repr(int(v)) if v == int(v) else repr(float(v)) for v in found.tolist()])
    return found


_COMPUTED: Mapping[str, Callable[[Answers], Values]] = {
    "binary_classification": _binary,
    "multiclass_classification": _multiclass,
    "regression": _regression,
}
