"""How right a model's answers were on held-out rows, and from where on they are less right.

statistics.json and constraints.json are in Model Monitor's formats for model quality; there a
constraint is `{"threshold": ..., "comparison_operator": "LessThanThreshold"}` under the metric's
name. Model Monitor compares bare values, so those thresholds leave room for the chance of a window
as small as the settings let one be. quality.json is what the open monitor compares with: its
intervals carry a window's chance, and its thresholds are tighter.
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-baseline.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import quality_statistics
from failure import Failure
from outcomes import Outcomes, outcomes
from quality_estimates import LEAST_OF_A_CLASS, rows_of
from quality_limits import ALPHA, limits
from quality_settings import BINARY, Settings, settings_of

MOST_ROWS = 20_000
"""So many rows stand behind the limits, taken evenly; more would not make them much tighter."""


def describe(
    labels: Sequence[str], answers: Sequence[str], times: np.ndarray | None,
    settings: Mapping[str, Any], made: datetime,
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """The baseline's files, by name.

    Args:
        labels: What truly happened, as text, of each held-out row.
        answers: The model's, as text.
        times: When each row was, in hours, ascending; None if nobody knows.
        settings: The JSON of the settings class.
        made: When the baseline was made, in UTC.

    Raises:
        Failure: If the rows can't tell how right the model is.
    """
    told = settings_of(settings)
    found = _usable(told.problem_type, labels, answers)
    every = -(-len(found.labels) // MOST_ROWS)
    rows = rows_of(told.problem_type, found.answers, found.labels, told.probability_threshold)
    usual = rows.estimates()
    if told.headline not in usual:
        raise Failure(_why_no_headline(told.problem_type, found.labels))
    thin = rows_of(
        told.problem_type, found.answers[::every], found.labels[::every],
        told.probability_threshold,
    )  # fmt: skip
    bound = limits(
        thin, told.metrics, number=len(found.labels[::every]),
        hours=None if times is None else np.asarray(times, dtype=np.int64)[::every],
        window_hours=told.window_hours, smallest=told.minimum_records,
    )  # fmt: skip
    statistics = quality_statistics.document(
        told.problem_type, found.answers, found.labels, rows, told.probability_threshold
    )
    return {
        "statistics.json": statistics,
        "constraints.json": _constraints(told, {**bound.bare, **told.thresholds}),
        "quality.json": {
            "version": 0,
            "made": f"{made:%Y-%m-%dT%H:%M:%SZ}",
            "problem_type": told.problem_type,
            "probability_threshold": told.probability_threshold,
            "rows": len(found.labels),
            "metrics": {
                name: {
                    "value": usual[name].value, "lower": usual[name].lower,
                    "upper": usual[name].upper, "threshold": threshold,
                    "comparison_operator": told.metrics[name],
                }
                for name, threshold in bound.sure.items()
            },
            "calibration": {
                "alpha": ALPHA, "draws": bound.draws, "by_time": bound.by_time,
                "window_hours": told.window_hours, "smallest_window": told.minimum_records,
            },
        },
    }  # fmt: skip


def _usable(problem_type: str, labels: Sequence[str], answers: Sequence[str]) -> Outcomes:
    if len(labels) != len(answers):
        raise Failure(f"the model gave {len(answers):,} answers to {len(labels):,} held-out rows")
    found = outcomes(problem_type, answers, labels)
    troubles = [
        f"{count:,} hold a{'n' if kind[0] == 'a' else ''} {kind}"
        for kind, count in {**found.unreadable, **found.troubles}.items()
    ]
    if troubles:
        raise Failure(f"of {len(labels):,} held-out rows {' and '.join(troubles)}")
    return found


def _why_no_headline(problem_type: str, labels: np.ndarray) -> str:
    if problem_type != BINARY:
        return f"{len(labels):,} held-out rows are too few to tell how right a model is"
    positives = int((labels == 1).sum())
    return (
        f"the held-out rows hold {positives:,} with label 1 and {len(labels) - positives:,} with "
        f"label 0; model quality needs at least {LEAST_OF_A_CLASS} of each"
    )


def _constraints(told: Settings, thresholds: Mapping[str, float]) -> dict[str, Any]:
    return {
        "version": 0.0,
        quality_statistics.CONSTRAINTS_OF[told.problem_type]: {
            name: {"threshold": thresholds[name], "comparison_operator": worse}
            for name, worse in told.metrics.items()
            if name in thresholds
        },
    }
