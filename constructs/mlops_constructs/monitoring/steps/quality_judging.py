"""Metrics of a window against the limits, and since when they are worse."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from judging import Estimate
from quality_estimates import Rows
from quality_files import QualityBaseline
from quality_settings import GREATER, Settings

LEAST_ROOM = 0.01
"""Ratios are told as if a limit left that much room at least, of the limit's own size."""


@dataclass(frozen=True)
class Finding:
    """One metric.

    Attributes:
        worse: LESS or GREATER: when it is too bad.
        estimate: In the window.
        usual: In the baseline; None if that says nothing.
        by_person: Whether the threshold is a person's.
        ratio: The loss that is sure over the loss that is allowed; more than 1 is a violation.
        since: The first day of the window that belongs to the violation, counted from 0; None where
            there is no violation.
    """

    name: str
    worse: str
    estimate: Estimate
    usual: Estimate | None
    threshold: float
    by_person: bool
    ratio: float
    since: int | None

    @property
    def violated(self) -> bool:
        """Whether the whole interval lies beyond the threshold."""
        return self.ratio > 1


def judge(
    rows: Rows, days: np.ndarray, number_of_days: int, settings: Settings, baseline: QualityBaseline
) -> list[Finding]:
    """Every metric that has a value and a limit, the largest ratio first.

    Args:
        rows: Of the window.
        days: The day of each, counted from 0.
        number_of_days: In the window.
        settings: A person's thresholds win.
        baseline: The others.
    """
    whole = rows.estimates()
    limits = {**baseline.thresholds, **settings.thresholds}
    ratios = {
        name: _ratio(worse, whole[name], baseline.usual.get(name), limits[name])
        for name, worse in settings.metrics.items()
        if name in whole and name in limits
    }
    violated = {name: limits[name] for name, ratio in ratios.items() if ratio > 1}
    since = _since(rows, days, number_of_days, settings.metrics, violated)
    findings = [
        Finding(
            name, settings.metrics[name], whole[name], baseline.usual.get(name), limits[name],
            name in settings.thresholds, ratio, since.get(name),
        )
        for name, ratio in ratios.items()
    ]  # fmt: skip
    return sorted(findings, key=lambda finding: -finding.ratio)


def beyond(worse: str, estimate: Estimate, threshold: float) -> float:
    """How far beyond the threshold the whole interval lies; negative if it does not."""
    if worse == GREATER:
        return estimate.lower - threshold
    return threshold - estimate.upper


def _ratio(worse: str, found: Estimate, usual: Estimate | None, threshold: float) -> float:
    """1 where the interval's better end is at the threshold, 0 where it is at the usual value."""
    room = LEAST_ROOM * abs(threshold) or LEAST_ROOM
    if usual is not None:
        allowed = threshold - usual.value if worse == GREATER else usual.value - threshold
        room = max(room, allowed)
    return max(1 + beyond(worse, found, threshold) / room, 0.0)


def _since(
    rows: Rows, days: np.ndarray, number: int, metrics: Mapping[str, str],
    violated: Mapping[str, float],
) -> dict[str, int]:  # fmt: skip
    """For each violated metric, the day from which on it is worst against what was before.

    Of all days that split the window into a part that is not surely beyond the threshold and one
    that is, the one where the two values differ most, weighed as for two samples: sqrt(k (n - k))
    times difference, for k of n days. Where there is none, the violation is as old as the window.
    """
    best, since = dict.fromkeys(violated, 0.0), dict.fromkeys(violated, 0)
    if not violated:
        return since
    for day in range(1, number):
        before, after = (
            rows.estimates(part.astype(np.float64)) for part in (days < day, days >= day)
        )
        for name, threshold in violated.items():
            if name not in before or name not in after:
                continue
            worse = metrics[name]
            difference = after[name].value - before[name].value
            weight = np.sqrt(day * (number - day)) * difference * (1 if worse == GREATER else -1)
            splits = (
                beyond(worse, before[name], threshold) <= 0 < beyond(worse, after[name], threshold)
            )
            if splits and weight > best[name]:
                best[name], since[name] = float(weight), day
    return since
