"""How far from fair is usual: limits from what held-out rows leave possible.

A metric of few rows is uncertain, and the truth behind it may be farther from fair than it shows.
So the limit of a check is how far the truth may be, by the posterior of the baseline's cells under
Jeffreys' prior; and where the rows have times, how far the baseline's own windows went as well.
All checks share one chance to be wrong: each gets the same small probability of its own, as large
as leaves ALPHA for any of them in one draw (the single-step minP of Westfall and Young,
"Resampling-Based Multiple Testing", Wiley, 1993). Levels are quantiles and not multiples of a
deviation, since the ratios among the metrics have heavy tails.
"""

from collections.abc import Mapping, Sequence

import calibration
import numpy as np
from bias_counts import Tables
from bias_formulas import Quotient
from bias_intervals import posterior
from bias_metrics import (
    ANSWER_STRATA,
    ANSWERS,
    BOTH,
    LABEL_STRATA,
    LABELS,
    METRICS,
    Metric,
)  # fmt: skip

DRAWS = 10_000
SEED = 2013
ALPHA = 0.05
"""The chance that any check's limit is less than the truth of the rows that it comes from."""

LEAST_GROUP = 30
"""Of records in a group; with fewer nothing of it is judged."""
LEAST_PART = 10
"""Of what a share is taken of: favourable labels for a recall, say."""

Key = tuple[int, str]
"""The facet's position and the metric's name."""


def too_few(metric: Metric, table: np.ndarray, names: Sequence[str]) -> str:
    """Why a metric of these counts is not judged, or nothing if it is.

    Args:
        metric: The metric.
        table: Of counts, without further axes.
        names: Of group a and of group d.
    """
    sizes = group_sizes(metric, table).tolist()
    small = [
        f"{name} has {number:,.0f} records, and at least {LEAST_GROUP} are needed"
        for name, number in zip(names, sizes, strict=True)
        if number < LEAST_GROUP
    ]
    if small or metric.quotient is None:
        return " and ".join(small)
    return " and ".join(
        f"{name} has {number:,.0f} {metric.quotient.of}, and at least {LEAST_PART} are needed"
        for name, number in zip(names, _parts(metric.quotient, table).tolist(), strict=True)
        if number < LEAST_PART
    )


def group_sizes(metric: Metric, table: np.ndarray) -> np.ndarray:
    """Records of each group that the metric is computed from, on the last axis."""
    if metric.table in (LABEL_STRATA, ANSWER_STRATA):
        return np.asarray(table.sum(axis=(-3, -1)))
    return np.asarray(table.sum(axis=(-2, -1) if metric.table == BOTH else -1))


def _parts(quotient: Quotient, table: np.ndarray) -> np.ndarray:
    return np.asarray(quotient.counts(table)[1])


def limits(facets: Sequence[Tables], windows: Sequence[Tables] | None) -> dict[Key, float]:
    """How far from fair may be what is judged, of those metrics that have enough records.

    Args:
        facets: The baseline's tables of each facet.
        windows: The same of windows drawn from the baseline, on a first axis; None if its rows have
            no time.
    """
    usual = {
        (at, metric.name): metric.distance(tables[metric.table])
        for at, tables in enumerate(facets)
        for metric in METRICS
        if metric.judged
        and metric.table in tables
        and not too_few(metric, tables[metric.table], ("", ""))
    }
    judged = {key: value for key, value in usual.items() if np.isfinite(value)}
    levels = _together(_possible(facets, judged))
    if windows is not None:
        for key, level in _together(_seen(windows, judged)).items():
            levels[key] = max(level, levels[key])
    rooms = {metric.name: metric.room for metric in METRICS}
    return {
        (at, name): max(levels[at, name], float(distance) + rooms[name])
        for (at, name), distance in judged.items()
    }


def bare(facets: Sequence[Tables], sure: Mapping[Key, float], size: int) -> dict[Key, float]:
    """From where on even a window's bare value tells that the truth is beyond what it may be.

    For who compares without intervals, as Model Monitor may: windows of `size` records are drawn
    from what the truth may be, and hardly any of them has a value beyond.

    Args:
        facets: The baseline's tables of each facet.
        sure: The limits for whole intervals.
        size: With fewer records nobody judges.
    """
    levels = _together(_possible(facets, sure, of_windows=size))
    return {key: max(levels[key], level) for key, level in sure.items()}


def _possible(
    facets: Sequence[Tables], keys: Mapping[Key, object], *, of_windows: int = 0
) -> dict[Key, np.ndarray]:
    """Draws of how far from fair the truth may be, or a window of so many records of it."""
    found: dict[Key, np.ndarray] = {}
    for at, tables in enumerate(facets):
        both = _drawn(tables[BOTH], SEED + at, of_windows)
        drawn = {BOTH: both, LABELS: both.sum(axis=-1), ANSWERS: both.sum(axis=-2)}
        for metric in METRICS:
            if (at, metric.name) in keys:
                if metric.table not in drawn:
                    strata = _with_both_outcomes(tables[metric.table])
                    drawn[metric.table] = _drawn(strata, SEED + at, of_windows)
                found[at, metric.name] = metric.distance(drawn[metric.table])
    return found


def _drawn(counts: np.ndarray, seed: int, of_windows: int) -> np.ndarray:
    """Draws of the cells' probabilities, or of their counts in windows of so many records."""
    cells = posterior(counts, DRAWS, seed)
    if not of_windows:
        return cells
    windows = np.random.default_rng(seed).multinomial(of_windows, cells.reshape(DRAWS, -1))
    return np.asarray(windows.reshape(cells.shape), dtype=np.float64)


def _with_both_outcomes(strata: np.ndarray) -> np.ndarray:
    """Those that have a disparity; the prior would invent one for the others."""
    return np.asarray(strata[(strata.sum(axis=1) > 0).all(axis=-1)])


def _seen(windows: Sequence[Tables], keys: Mapping[Key, object]) -> dict[Key, np.ndarray]:
    """How far from fair the windows were in which the metric would have been judged."""
    found: dict[Key, np.ndarray] = {}
    for at, tables in enumerate(windows):
        for metric in METRICS:
            if (at, metric.name) in keys:
                table = tables[metric.table]
                enough = (group_sizes(metric, table) >= LEAST_GROUP).all(axis=-1)
                if metric.quotient is not None:
                    enough &= (_parts(metric.quotient, table) >= LEAST_PART).all(axis=-1)
                found[at, metric.name] = np.where(enough, metric.distance(table), np.nan)
    return found


def _together(drawn: Mapping[Key, np.ndarray]) -> dict[Key, float]:
    """One level for each check, so that a draw is beyond any of them with ALPHA."""
    if not drawn:
        return {}
    values = np.nan_to_num(np.stack(list(drawn.values())), nan=-np.inf)
    number = values.shape[1]
    ordered = np.sort(values, axis=1)
    below = np.stack([np.searchsorted(row, of) for row, of in zip(ordered, values, strict=True)])
    farthest = np.sort(below.max(axis=0))  # how many draws the most unusual check of each exceeds
    place = int(farthest[min(int(np.ceil((1 - ALPHA) * number)), number - 1)])
    return dict(zip(drawn, np.maximum(ordered[:, place], 0.0).tolist(), strict=True))


def in_windows(hourly: Tables, windows: calibration.Windows) -> Tables:
    """A facet's tables of windows, from those of hours."""
    return {name: windows.sums(table) for name, table in hourly.items()}
