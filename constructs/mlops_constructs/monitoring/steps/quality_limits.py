"""From where on a metric is worse than held-out rows explain.

A limit must leave room for three things: windows differ by chance, weeks differ in truth, and the
held-out rows are only so many, so that what they say is itself uncertain. All three are drawn: each
draw compares a window with a baseline that is not the same rows, and notes how much of the loss is
sure, that is, beyond the window's whole interval.

Where rows have times and span two windows at least, a window is a contiguous block of the monitor's
length (calibration.py), and its baseline all the other rows. Otherwise window and baseline are
samples with replacement (Efron, "Bootstrap Methods", Annals of Statistics 7, 1979, 1-26).

A window may hold any number of records. The sure loss is a deviation, sqrt(a² + s²) times some
quantile for what baseline (a) and window (s) contribute, less 1.96 s: convex in s. So it is largest
at an end, and both are drawn: windows of the fewest records that are judged, and windows whose own
chance is as small as it can be, the whole block, or, of samples, the truth itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import calibration
import numpy as np
from failure import Failure
from quality_estimates import Estimates, Rows
from quality_settings import GREATER

DRAWS = 1000
SEED = 2013
ALPHA = 0.02
"""The chance that any metric rings on a window like the baseline's own."""
LEAST = 0.005
"""Always allowed to be lost: of what ranges from 0 to 1 so much, of an error this share of it."""
LEAST_SCALE = 1e-12
"""Of what never varied."""
ERRORS = ("mae", "mse", "rmse")
UNBOUNDED = (*ERRORS, "r2")


@dataclass(frozen=True)
class Limits:
    """Thresholds by metric.

    Attributes:
        sure: For a whole interval.
        bare: For the bare value of a window of the fewest records that are judged.
        draws: How many windows stand behind them.
        by_time: Whether those were blocks of time.
    """

    sure: Mapping[str, float]
    bare: Mapping[str, float]
    draws: int
    by_time: bool


def limits(
    rows: Rows, metrics: Mapping[str, str], *, number: int, hours: np.ndarray | None,
    window_hours: int, smallest: int,
) -> Limits:  # fmt: skip
    """Limits for windows of held-out rows.

    Args:
        rows: Held-out.
        metrics: Those to be judged, and when they are too bad.
        number: Of the rows.
        hours: When each of them was, ascending; None if nobody knows.
        window_hours: What a run judges.
        smallest: With fewer labelled records it does not.
    """
    usual = rows.estimates()
    windows = None if hours is None else _blocks(hours, window_hours)
    if hours is None or windows is None:
        draws = _samples(number, smallest)
    else:
        draws = _of_time(hours, windows, smallest)
    bare, small, large = [], [], []
    for baseline, few, whole in draws:
        then, now = rows.estimates(baseline), rows.estimates(few)
        bare.append(_losses(then, now, metrics, sure=False))
        small.append(_losses(then, now, metrics, sure=True))
        reached = usual if whole is None else rows.estimates(whole)
        large.append(_losses(then, reached, metrics, sure=whole is not None))
    sure = np.fmax(_rooms(np.array(small)), _rooms(np.array(large)))
    return Limits(
        sure=_thresholds(usual, metrics, sure),
        bare=_thresholds(usual, metrics, np.fmax(sure, _rooms(np.array(bare)))),
        draws=len(bare),
        by_time=windows is not None,
    )


Draw = tuple[np.ndarray, np.ndarray, np.ndarray | None]
"""Weights of a baseline, of a small window, and of a large one; None if that holds the truth."""


def _blocks(hours: np.ndarray, length: int) -> calibration.Windows | None:
    """Blocks of time, if the rows span enough of it."""
    try:
        windows = calibration.draw(np.bincount(hours), length=length)
    except Failure:
        return None
    return windows if len(windows.begins) >= DRAWS / 2 else None


def _samples(number: int, smallest: int) -> Iterator[Draw]:
    chance = np.random.default_rng(SEED)
    of = np.arange(number)
    for _ in range(DRAWS):
        yield _sample(chance, of, number, number), _sample(chance, of, smallest, number), None


def _of_time(hours: np.ndarray, windows: calibration.Windows, smallest: int) -> Iterator[Draw]:
    chance = np.random.default_rng(SEED)
    for begin, end in zip(windows.begins, windows.ends, strict=True):
        inside = (hours - begin) % windows.hours < end - begin
        few = _sample(chance, np.flatnonzero(inside), smallest, len(hours))
        yield (~inside).astype(np.float64), few, inside.astype(np.float64)


def _sample(chance: np.random.Generator, of: np.ndarray, size: int, number: int) -> np.ndarray:
    drawn = of[chance.integers(len(of), size=size)]
    return np.bincount(drawn, minlength=number).astype(np.float64)


def _losses(
    then: Estimates, now: Estimates, metrics: Mapping[str, str], *, sure: bool
) -> list[float]:
    """By how much each metric is worse; NaN where one of the two is not known."""
    found = []
    for name, worse in metrics.items():
        if name not in then or name not in now:
            found.append(np.nan)
        elif worse == GREATER:
            reached = now[name].lower if sure else now[name].value
            found.append(reached - then[name].value)
        else:
            reached = now[name].upper if sure else now[name].value
            found.append(then[name].value - reached)
    return found


def _rooms(losses: np.ndarray) -> np.ndarray:
    """What each metric may lose, so that any loses more in ALPHA of the draws; NaN if never known.

    The single-step maxT of Westfall and Young ("Resampling-Based Multiple Testing", Wiley, 1993),
    as calibration.py has it for data quality: each metric is standardized by its median and the way
    from there to its 95 % quantile, and all share one critical value, so that those that move
    together share their alarms.
    """
    known = np.isfinite(losses).any(axis=0)
    rooms = np.full(losses.shape[1], np.nan)
    middle = np.nanmedian(losses[:, known], axis=0)
    scale = np.maximum(np.nanquantile(losses[:, known], 0.95, axis=0) - middle, LEAST_SCALE)
    standardized = np.nan_to_num((losses[:, known] - middle) / scale, nan=-np.inf)
    critical = np.quantile(standardized.max(axis=1, initial=0), 1 - ALPHA, method="higher")
    rooms[known] = middle + critical * scale
    return rooms


def _thresholds(
    usual: Estimates, metrics: Mapping[str, str], rooms: np.ndarray
) -> dict[str, float]:
    """At least as far off as the baseline's own interval reaches: it may have been lucky."""
    found = {}
    for (name, worse), drawn in zip(metrics.items(), rooms.tolist(), strict=True):
        if name not in usual:
            continue
        known = usual[name]
        least = LEAST * (known.value if name in ERRORS else 1.0)
        if worse == GREATER:
            level = known.value + np.fmax(drawn, max(least, known.upper - known.value))
        else:
            level = known.value - np.fmax(drawn, max(least, known.value - known.lower))
        found[name] = float(level if name in UNBOUNDED else np.clip(level, 0.0, 1.0))
    return found
