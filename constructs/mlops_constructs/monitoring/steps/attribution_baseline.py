"""What a model's answers rested on where it was held out, and how far its own windows are from it.

Windows are drawn from the held-out rows as the monitor will see them: of its length in hours, as
calibration.py draws them, or, of rows whose time nobody knows, of as many records as it asks for.
The ranking of each is compared with the attributions in all rows that are not in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import calibration
import numpy as np
from attribution_metrics import interval, least_ndcg, mean_absolute, ndcg, resampled
from failure import Failure

LABEL, METHOD = "label0", "kernel_shap"
"""Clarify's placeholder for an unnamed label, and its only key for SHAP values."""

ARCHIVE = "model.tar.gz"
"""The version's archive beside the baseline, which the monitor asks again."""

MOST_EXPLAINED = 20_000
"""Held-out rows."""

ALPHA = 0.02
"""The share of the baseline's own windows whose value is below what is called reached."""

SEED = 2013


def chosen(rows: int) -> np.ndarray:
    """Positions of the rows that are explained: all, or MOST_EXPLAINED at equal distances."""
    if rows <= MOST_EXPLAINED:
        return np.arange(rows)
    return np.asarray(np.linspace(0, rows - 1, MOST_EXPLAINED).round(), dtype=np.intp)


def describe(
    names: Sequence[str],
    contributions: np.ndarray,
    times: np.ndarray | None,
    settings: Mapping[str, Any],
    made: datetime,
    *,
    columns: Sequence[str],
) -> dict[str, Any]:
    """The baseline's files, by name.

    Args:
        names: Of the model's features.
        contributions: Rows x features, in the order of time.
        times: Hours of the rows, ascending; None if nobody knows them.
        settings: Of the monitor.
        made: When.
        columns: Of a request, in its order.

    Raises:
        Failure: If there are too few rows or features to rank anything.
    """
    if len(names) < 2 or len(contributions) < 2:
        raise Failure(
            f"attributions of {len(names)} features in {len(contributions)} rows have no ranking; "
            "at least 2 of each are needed"
        )
    attributions = mean_absolute(contributions)
    drawn = resampled(contributions, SEED)
    described, values = windows(contributions, times, settings)
    order = np.argsort(-attributions, kind="stable")
    found = [interval(float(attributions[at]), drawn[:, at]) for at in order]
    return {
        "analysis.json": analysis(_of_columns(columns, names, attributions)),
        "attribution.json": {
            "version": 0,
            "made": f"{made:%Y-%m-%dT%H:%M:%SZ}",
            "columns": list(columns),
            "records": len(contributions),
            "features": [
                {"feature": names[at], "attribution": of.value, "lower": of.lower,
                 "upper": of.upper}
                for at, of in zip(order, found, strict=True)
            ],
            "least_ndcg": least_ndcg(attributions),
            "calibration": {
                "windows": described,
                "draws": len(values),
                "alpha": ALPHA,
                "reached": float(np.quantile(values, ALPHA)),
                "least": float(values.min()),
                "median": float(np.median(values)),
            },
        },
    }  # fmt: skip


def _of_columns(
    columns: Sequence[str], names: Sequence[str], attributions: np.ndarray
) -> dict[str, float]:
    """Of each column of a request, as Clarify has them: 0 of one that the model does not use.

    A model whose features are not columns (that makes several of one, say) tells of its features;
    Clarify can't be held to that.
    """
    found = dict(zip(names, attributions.tolist(), strict=True))
    if not set(found) <= set(columns):
        return found
    return {name: found.get(name, 0.0) for name in columns}


def analysis(attributions: Mapping[str, float]) -> dict[str, Any]:
    """Clarify's analysis.json with global SHAP values.

    It has no `expected_value`: nobody asks the model for what it answers without any feature.
    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-analysis-results.html
    """
    return {
        "version": "1.0",
        "explanations": {METHOD: {LABEL: {"global_shap_values": dict(attributions)}}},
    }


def windows(
    contributions: np.ndarray, times: np.ndarray | None, settings: Mapping[str, Any]
) -> tuple[str, np.ndarray]:
    """What was drawn, and how much the ranking in each draw is like that of all other rows."""
    length = 0 if times is None else _length(times, int(settings["window_hours"]))
    if times is not None and length:
        described, sums, counts = f"{length} hours", *_in_time(contributions, times, length)
    else:
        size = max(1, min(int(settings["minimum_records"]), len(contributions) // 2))
        described, sums, counts = f"{size} records", *_at_random(contributions, size)
    total = np.abs(contributions).sum(axis=0, dtype=np.float64)
    rest = (total - sums) / np.maximum(len(contributions) - counts, 1)[:, None]
    pairs = zip(rest, sums, strict=True)
    return described, np.array([ndcg(np.maximum(then, 0.0), now) for then, now in pairs])


def _length(times: np.ndarray, wanted: int) -> int:
    """Hours of a window; half of what the rows span, where that is less."""
    return min(wanted, (int(times[-1]) + 1) // 2)


def _in_time(
    contributions: np.ndarray, times: np.ndarray, length: int
) -> tuple[np.ndarray, np.ndarray]:
    hours = np.bincount(times)
    drawn = calibration.draw(hours, length=length)
    sizes = np.abs(contributions)
    hourly = np.column_stack([np.bincount(times, column, len(hours)) for column in sizes.T])
    return drawn.sums(hourly), drawn.sums(hours)


def _at_random(contributions: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    sizes = np.abs(contributions)
    chance = np.random.default_rng(SEED)
    rows = [chance.choice(len(sizes), size, replace=False) for _ in range(calibration.DRAWS)]
    sums = [sizes[of_window].sum(axis=0, dtype=np.float64) for of_window in rows]
    return np.stack(sums), np.full(len(rows), size)
