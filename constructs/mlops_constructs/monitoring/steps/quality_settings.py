"""What a model-quality monitor was told, from the JSON of its settings class."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from failure import Failure

BINARY, MULTICLASS, REGRESSION = "BinaryClassification", "MulticlassClassification", "Regression"
LESS, GREATER = "LessThanThreshold", "GreaterThanThreshold"
"""When a metric violates its constraint, in Model Monitor's words."""

METRICS: Mapping[str, Mapping[str, str]] = {
    BINARY: {
        "auc": LESS, "recall": LESS, "precision": LESS, "accuracy": LESS,
        "true_positive_rate": LESS, "true_negative_rate": LESS,
        "false_positive_rate": GREATER, "false_negative_rate": GREATER,
        "f0_5": LESS, "f1": LESS, "f2": LESS,
    },
    MULTICLASS: {
        "weighted_f1": LESS, "accuracy": LESS, "weighted_recall": LESS, "weighted_precision": LESS,
        "weighted_f0_5": LESS, "weighted_f2": LESS,
    },
    REGRESSION: {"rmse": GREATER, "mae": GREATER, "mse": GREATER, "r2": LESS},
}  # fmt: skip
"""By problem type, the metrics that are judged, under Model Monitor's names, and when they are too
bad; the first is the headline.
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html"""


@dataclass(frozen=True)
class Settings:
    """What to look at.

    Attributes:
        problem_type: BINARY, MULTICLASS or REGRESSION.
        probability_threshold: From which probability on the answer of a binary model counts as "1".
        thresholds: A person's, by metric; they win over the baseline's.
        minimum_records: With fewer labelled records a window is not judged.
        window_hours: How much a run judges.
    """

    problem_type: str
    probability_threshold: float
    thresholds: Mapping[str, float]
    minimum_records: int
    window_hours: int

    @property
    def metrics(self) -> Mapping[str, str]:
        """Those that are judged, and when they are too bad."""
        return METRICS[self.problem_type]

    @property
    def headline(self) -> str:
        """The metric that stands for all."""
        return next(iter(self.metrics))


def settings_of(said: Mapping[str, Any]) -> Settings:
    """The settings in a JSON object.

    Raises:
        Failure: If something is missing, or a threshold is of a metric that nobody knows.
    """
    try:
        found = Settings(
            problem_type=str(said["problem_type"]),
            probability_threshold=float(said.get("probability_threshold", 0.5)),
            thresholds={str(name): float(at) for name, at in said.get("thresholds", {}).items()},
            minimum_records=int(said["minimum_records"]),
            window_hours=int(said["window_hours"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Failure(
            f"the settings are none of a model-quality monitor ({type(error).__name__}: {error}); "
            "they need problem_type, minimum_records and window_hours"
        ) from None
    if found.problem_type not in METRICS:
        raise Failure(
            f"problem_type must be one of {', '.join(METRICS)}, got {found.problem_type!r}"
        )
    if foreign := sorted(set(found.thresholds) - set(found.metrics)):
        raise Failure(
            f"thresholds of {found.problem_type} are for {', '.join(found.metrics)}; got one for "
            f"{', '.join(foreign)}"
        )
    if endless := sorted(n for n, at in found.thresholds.items() if not math.isfinite(at)):
        raise Failure(f"thresholds must be numbers, got another for {', '.join(endless)}")
    return found
