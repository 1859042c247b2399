"""Metrics of a window with their intervals, against the baseline's limits or a person's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from bias_counts import Tables
from bias_intervals import interval
from bias_limits import too_few
from bias_metrics import METRICS, Metric, why_undefined
from bias_settings import Facet

LEAST_ALLOWED = 1e-4
"""Ratios to a threshold of 0 are told as if it were this."""


@dataclass(frozen=True)
class Measure:
    """A metric's value with its interval of 95 %, or why it has none."""

    value: float | None
    lower: float | None
    upper: float | None
    why: str = ""


@dataclass(frozen=True)
class Usual:
    """What the baseline says of a metric.

    Attributes:
        measure: Its value there.
        limit: How far from fair it may be; None where the baseline can't tell.
        why: Why it can't.
    """

    measure: Measure
    limit: float | None
    why: str = ""


@dataclass(frozen=True)
class Distance:
    """How far from fair, with the interval's ends; the upper one may be unbounded."""

    value: float
    lower: float
    upper: float | None


@dataclass(frozen=True)
class Finding:
    """One metric of one facet.

    Attributes:
        ratio: The least distance from fair that is in the interval, over the threshold; more than 1
            is a violation. 0 if not judged.
        why: Why it is not judged; empty if it is.
    """

    facet: Facet
    metric: Metric
    measure: Measure
    usual: Measure | None
    threshold: float | None
    ratio: float
    why: str

    @property
    def wanted(self) -> bool:
        """Whether it would be judged if there were enough to judge."""
        return self.metric.judged or self.threshold is not None

    @property
    def violated(self) -> bool:
        """Whether the baseline does not explain it, chance included."""
        return self.ratio > 1


def measured(metric: Metric, table: np.ndarray, names: Sequence[str]) -> Measure:
    """A metric of counts; `names` are those of group a and group d."""
    if why := why_undefined(metric, table, names):
        return Measure(None, None, None, why)
    low, high = interval(metric, table)
    return Measure(float(metric.value(table)), low, high if np.isfinite(high) else None)


def distance(metric: Metric, measure: Measure) -> Distance:
    """How far from fair a metric is; of one that has a value."""
    value, lower = measure.value or 0.0, measure.lower or 0.0
    if measure.upper is None:
        return Distance(abs(value - metric.fair), max(lower - metric.fair, 0.0), None)
    ends = (lower - metric.fair, measure.upper - metric.fair)
    nearest = max(ends[0], -ends[1], 0.0)
    return Distance(abs(value - metric.fair), nearest, max(map(abs, ends)))


def judge(
    facet: Facet,
    tables: Tables,
    usual: Mapping[str, Usual],
    thresholds: Mapping[str, float],
) -> list[Finding]:
    """Every metric that the tables allow.

    Args:
        facet: Whose tables they are.
        tables: Of the window.
        usual: The baseline's, by metric.
        thresholds: A person's, by metric; they win.
    """
    return [
        _finding(facet, metric, tables[metric.table], usual.get(metric.name), thresholds)
        for metric in METRICS
        if metric.table in tables
    ]


def _finding(
    facet: Facet,
    metric: Metric,
    table: np.ndarray,
    usual: Usual | None,
    thresholds: Mapping[str, float],
) -> Finding:
    measure = measured(metric, table, facet.groups)
    threshold = thresholds.get(metric.name, usual.limit if usual and metric.judged else None)
    why = measure.why or too_few(metric, table, facet.groups) or _no_limit(metric, usual, threshold)
    ratio = 0.0
    if not why and threshold is not None:
        ratio = distance(metric, measure).lower / max(threshold, LEAST_ALLOWED)
    known = usual.measure if usual else None
    return Finding(facet, metric, measure, known, threshold, ratio, why)


def _no_limit(metric: Metric, usual: Usual | None, threshold: float | None) -> str:
    if threshold is not None:
        return ""
    if not metric.judged:
        return "shown only: it has a limit if the settings give one"
    return f"the baseline has no limit: {usual.why}" if usual else "the baseline does not have it"
