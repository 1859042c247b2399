"""A window against the baseline's limits: what differs, by how much, how sure, since when."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from constraints import Limits
from distances import (
    DOUBT,
    band,
    kolmogorov,
    largest_difference,
    share_interval,
    shares,
    tolerant,
    weighted_band,
)  # fmt: skip
from evidence import ADJUSTED, LOST, MISSING, OUTSIDE, UNSEEN, WRONG
from expectations import TOLERANCE
from reference import Categories, Column

LEAST_ALLOWED = 1e-4
"""Ratios to a threshold of 0 are told as if it were this."""


@dataclass(frozen=True)
class Estimate:
    """A distance or share, and the interval that holds the true one with 95 %."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Finding:
    """One check of one column.

    Attributes:
        ratio: Lower confidence bound over threshold; more than 1 is a violation.
        since: The first day of the window that belongs to the violation, counted from 0; None where
            there is no violation.
    """

    feature: str
    check: str
    estimate: Estimate
    threshold: float
    ratio: float
    since: int | None

    @property
    def violated(self) -> bool:
        """Whether the baseline does not explain it, chance included."""
        return self.ratio > 1


def judge(
    found: Mapping[str, Mapping[str, np.ndarray]],
    limits: Mapping[str, Limits | None],
    columns: Mapping[str, Column],
    left: Mapping[str, Column],
) -> list[Finding]:
    """Every check of every column, the largest ratio first.

    Args:
        found: Column to check to evidence; the first axis is the days of the window.
        limits: By column; None for one that nobody wants to be checked.
        columns: The baseline's values.
        left: The baseline's residuals.
    """
    findings = [
        _finding(name, check, sums, limit.thresholds[check], _reference(name, check, columns, left))
        for name, checks in found.items()
        if (limit := limits[name]) is not None
        for check, sums in checks.items()
        if check in limit.thresholds
    ]
    return sorted(findings, key=lambda finding: -finding.ratio)


def _reference(
    name: str, check: str, columns: Mapping[str, Column], left: Mapping[str, Column]
) -> Column:
    return left[name] if check == ADJUSTED else columns[name]


def _finding(
    name: str, check: str, sums: np.ndarray, threshold: float, reference: Column
) -> Finding:
    whole = estimate(check, sums.sum(axis=0), reference)
    ratio = whole.lower / max(threshold, LEAST_ALLOWED)
    since = _since(check, sums, threshold, reference) if ratio > 1 else None
    return Finding(name, check, whole, threshold, max(ratio, 0.0), since)


def estimate(check: str, sums: np.ndarray, reference: Column) -> Estimate:
    """A check's value with its interval, from the sums of evidence.py."""
    if check == LOST:
        value = sums[0] / max(sums[1], 1e-9)
        return _within(value, value - (half := weighted_band(sums[2], sums[1])), value + half)
    if check in (MISSING, OUTSIDE, UNSEEN, WRONG):
        return share(sums[0], sums[1])
    if isinstance(reference, Categories):
        return _categories(sums, reference)
    if check == ADJUSTED:
        value = float(tolerant(sums, reference.counts, steps=TOLERANCE))
    else:
        value = float(kolmogorov(sums, reference.counts))
    return _within(value, value - (half := band(sums.sum())), value + half)


def share(hits: float, of: float) -> Estimate:
    """A share with its interval."""
    lower, upper = share_interval(np.asarray(hits), of)
    return _within(hits / max(of, 1), lower, upper)


def _within(value: float, lower: float, upper: float) -> Estimate:
    return Estimate(float(value), float(max(lower, 0.0)), float(min(upper, 1.0)))


def _categories(counts: np.ndarray, reference: Categories) -> Estimate:
    """Intervals of all shares at once, by Bonferroni; then the least and greatest distance."""
    value = float(largest_difference(counts, reference.counts))
    intervals = share_interval(counts, counts.sum(), doubt=DOUBT / len(counts))
    usual = shares(reference.counts)
    nearest = np.maximum(np.maximum(intervals[:, 0] - usual, usual - intervals[:, 1]), 0.0)
    farthest = np.maximum(intervals[:, 1] - usual, usual - intervals[:, 0])
    return _within(value, nearest.max(), farthest.max())


def _since(check: str, sums: np.ndarray, threshold: float, reference: Column) -> int:
    """The day from which on the window differs most from what it was before.

    Of all days that split the window into a part within the threshold and one beyond it, the one
    where the two values differ most, weighed as for two samples: sqrt(k (n - k)) times difference.
    Where there is none, the violation is as old as the window.
    """
    best, since = 0.0, 0
    days = len(sums)
    for day in range(1, days):
        before = estimate(check, sums[:day].sum(axis=0), reference)
        after = estimate(check, sums[day:].sum(axis=0), reference)
        weight = np.sqrt(day * (days - day)) * (after.value - before.value)
        if before.lower <= threshold < after.lower and weight > best:
            best, since = float(weight), day
    return since
