"""What is kept of a baseline to hold windows against: counts, not values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from distances import bins_of

MOST_POINTS = 256
"""A column of no more distinct values is kept whole; of others as many quantiles and the tails."""


@dataclass(frozen=True)
class Numbers:
    """A number column of the baseline: counts at and between ascending points."""

    points: np.ndarray
    counts: np.ndarray

    def as_json(self) -> dict[str, Any]:
        """For expectations.json."""
        return {"points": self.points.tolist(), "counts": self.counts.astype(int).tolist()}


@dataclass(frozen=True)
class Categories:
    """A category column of the baseline: counts of its values, and 0 for all it never held."""

    values: Sequence[str]
    counts: np.ndarray

    def as_json(self) -> dict[str, Any]:
        """For expectations.json."""
        return {"values": list(self.values), "counts": self.counts.astype(int).tolist()}

    def codes(self, values: np.ndarray) -> np.ndarray:
        """Positions; len(values) for one that the baseline never held."""
        position = {value: code for code, value in enumerate(self.values)}
        unseen = len(self.values)
        return np.array([position.get(value, unseen) for value in values.tolist()], dtype=np.intp)


Column: TypeAlias = Numbers | Categories


def of_numbers(values: np.ndarray, points: np.ndarray | None = None) -> Numbers:
    """Of the values that are there, at their quantiles or at given points."""
    if points is None:
        points = _points(np.sort(values[~np.isnan(values)]))
    bins = bins_of(points, values[~np.isnan(values)])
    return Numbers(points, np.bincount(bins, minlength=2 * len(points) + 1).astype(np.float64))


def of_categories(values: np.ndarray) -> Categories:
    """Of the values that are there."""
    counted = Counter(values.tolist())
    counted.pop("", None)
    known = sorted(counted)
    return Categories(known, np.array([*(counted[value] for value in known), 0], dtype=np.float64))


def from_json(said: Mapping[str, Any]) -> Column:
    """What as_json wrote."""
    counts = np.array(said["counts"], dtype=np.float64)
    if "values" in said:
        return Categories(said["values"], counts)
    return Numbers(np.array(said["points"], dtype=np.float64), counts)


def _points(ordered: np.ndarray) -> np.ndarray:
    distinct = np.unique(ordered)
    if distinct.size <= MOST_POINTS:
        return distinct
    inner = np.linspace(0, 1, MOST_POINTS)
    tail = inner[1] / 2.0 ** np.arange(1, int(np.log2(ordered.size)))
    shares = np.concatenate([inner, tail, 1 - tail])
    return np.unique(ordered[np.round(shares * (ordered.size - 1)).astype(np.intp)])
