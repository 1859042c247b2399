"""A window in the format of Model Monitor's statistics.json, from what its tally kept.

Figures are exact. Buckets and sketch take values between two points of the baseline for their
middle.
"""

from typing import Any

import documented
import numpy as np
from baseline_files import Baseline
from evidence import DISTANCE, MISSING
from reference import Categories, Numbers
from tally import Figures, Tally


def document(tally: Tally, baseline: Baseline) -> dict[str, Any]:
    """The file."""
    features = [
        _text(tally, name, column) if isinstance(column, Categories)
        else _number(tally, name, column)
        for name, column in baseline.columns.items()
    ]  # fmt: skip
    return documented.document(int(tally.rows.sum()), features)


def _text(tally: Tally, name: str, column: Categories) -> dict[str, Any]:
    counts = _counts(tally, name, len(column.counts))[:-1].astype(int).tolist()
    known = {value: count for value, count in zip(column.values, counts, strict=True) if count}
    return documented.text_feature(name, known | tally.new_values[name], _missing(tally, name))


def _number(tally: Tally, name: str, column: Numbers) -> dict[str, Any]:
    figures = tally.figures[name]
    counts = _counts(tally, name, len(column.counts))
    there = counts > 0
    values = representatives(column.points, figures)[there]
    mean = figures.middle + figures.total / max(figures.count, 1)
    variance = figures.squares / max(figures.count, 1) - (mean - figures.middle) ** 2
    summary = documented.Summary(
        figures.count, _missing(tally, name), mean * figures.count, mean,
        float(np.sqrt(max(variance, 0.0))), figures.least, figures.greatest, figures.whole,
    )  # fmt: skip
    if not figures.count:
        return documented.number_feature(name, summary, [], [])
    ends = (figures.least, figures.greatest)
    buckets = documented.buckets(values, counts[there], ends)
    return documented.number_feature(
        name, summary, buckets, documented.levels_of_counts(values, counts[there])
    )


def _counts(tally: Tally, name: str, width: int) -> np.ndarray:
    found = tally.found.get(name)
    return found[DISTANCE].sum(axis=0) if found else np.zeros(width)


def _missing(tally: Tally, name: str) -> int:
    found = tally.found.get(name)
    return int(found[MISSING][:, 0].sum()) if found else 0


def representatives(points: np.ndarray, figures: Figures) -> np.ndarray:
    """A value for each bin: the point itself, or the middle between two."""
    if not points.size:
        return np.array([figures.middle])
    edges = np.concatenate(
        [[min(figures.least, points[0])], points, [max(figures.greatest, points[-1])]]
    )
    values = np.empty(2 * len(points) + 1)
    values[1::2] = points
    values[0::2] = (edges[:-1] + edges[1:]) / 2
    return np.clip(values, figures.least, figures.greatest)
