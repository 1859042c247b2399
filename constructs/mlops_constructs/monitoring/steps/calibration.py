"""How far a baseline's own windows are from the rest of it, and the thresholds that follow.

A fixed threshold cries wolf: air pressure alone moves by a KS distance of 0.2 between the weeks of
one winter. So windows of the monitor's length are drawn from the baseline itself, as contiguous
blocks that may start at any hour, on a circle so that each hour is as likely as any other (Politis
and Romano's circular block bootstrap; the circle is closed at whole weeks, so that it keeps their
rhythm), and each is compared with all that is not in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from distances import kolmogorov, largest_difference, tolerant
from evidence import ADJUSTED, DISTANCE, LOST, MISSING, OUTSIDE, UNSEEN, WRONG
from expectations import TOLERANCE
from failure import Failure
from reference import Categories, Column, Numbers

DRAWS = 1000
SEED = 2013
ALPHA = 0.02
"""The chance that any check of any column fires on a window like the baseline's own."""

LEAST_SHARE = 0.005
LEAST = {DISTANCE: 0.02, ADJUSTED: 0.08, OUTSIDE: 0.04}
"""What counts as a usual change even where the baseline never moved, times the critical value;
LEAST_SHARE for all other checks. Of OUTSIDE in lengths of the baseline's range."""
OUTSIDE_SHARE = 0.02
"""Of numbers that may lie outside of what the baseline held, and of the room beyond it."""
MISFITS_SHARE = 0.01
"""Of rows that may have another number of columns."""
MOST_DISTANCE = 0.9
"""A column that has so little in common with its baseline has drifted, however it varied before."""

WEEK, DAY = 168, 24
LEAST_COVERAGE = 0.8
"""Of the days with traffic that a window of the baseline usually has."""

Key = tuple[str, str]
"""Column and check."""


@dataclass(frozen=True)
class Windows:
    """Windows drawn from a baseline: from hour `begins` up to `ends`, on a circle of hours."""

    begins: np.ndarray
    ends: np.ndarray
    hours: int
    usual_days: int

    def sums(self, hourly: np.ndarray) -> np.ndarray:
        """Of what is kept for each hour, the sum over each window."""
        padded = np.zeros((self.hours + 1, *hourly.shape[1:]))
        padded[1 : len(hourly) + 1] = hourly
        running = padded.cumsum(axis=0)
        to_end = running[np.minimum(self.ends, self.hours)] - running[self.begins]
        return np.asarray(to_end + running[np.maximum(self.ends - self.hours, 0)])


def draw(rows: np.ndarray, *, length: int) -> Windows:
    """Seeded draws; a window that lacks too many days, or half of the usual rows, is none.

    Args:
        rows: How many there are in each hour of the baseline.
        length: Of a window, in hours.

    Raises:
        Failure: If the baseline is too short to hold two such windows.
    """
    if len(rows) < 2 * length:
        raise Failure(
            f"the baseline spans {len(rows)} hours; thresholds for windows of {length} hours need "
            f"at least {2 * length}: give it more data, or the monitor a shorter window"
        )
    hours = -(-len(rows) // WEEK) * WEEK
    begins = np.random.default_rng(SEED).integers(0, hours, size=4 * DRAWS)
    windows = Windows(begins, begins + length, hours, 0)
    days = np.zeros(len(begins))
    for start in range(0, length, DAY):
        part = Windows(begins + start, np.minimum(begins + start + DAY, windows.ends), hours, 0)
        days += _turned(part).sums(rows) > 0
    counted = windows.sums(rows)
    usual = float(np.median(days[counted > 0]))
    fit = (days >= LEAST_COVERAGE * usual) & (counted >= np.median(counted[counted > 0]) / 2)
    return Windows(begins[fit][:DRAWS], windows.ends[fit][:DRAWS], hours, int(usual))


def _turned(windows: Windows) -> Windows:
    """The same windows with a start on the circle."""
    turns = windows.begins // windows.hours * windows.hours
    return Windows(windows.begins - turns, windows.ends - turns, windows.hours, 0)


def in_windows(
    hourly: Mapping[str, np.ndarray], windows: Windows, reference: Column
) -> dict[str, np.ndarray]:
    """Each check of a column, on each window against the rest of the baseline.

    The rest is what is not in the window; so a KS distance is that from the whole, times
    N / (N - n) for n of N values in the window. OUTSIDE is how far OUTSIDE_SHARE of the window lie
    beyond all of the rest, in lengths of the baseline's range.
    """
    found: dict[str, np.ndarray] = {}
    for check, kept in hourly.items():
        inside = windows.sums(kept)
        rest = kept.sum(axis=0) - inside
        if check in (MISSING, WRONG, LOST):
            found[check] = inside[:, 0] / np.maximum(inside[:, 1], 1e-9)
        elif check == ADJUSTED:
            found[check] = tolerant(inside, rest, steps=TOLERANCE)
        elif check == DISTANCE and isinstance(reference, Categories):
            found[check] = largest_difference(inside, rest)
            found[UNSEEN] = _share(inside * (rest == 0), inside)
        elif check == DISTANCE and isinstance(reference, Numbers):
            found[check] = kolmogorov(inside, rest)
            found[OUTSIDE] = _excess(inside, rest, reference.points)
    return found


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(part.sum(axis=-1) / np.maximum(whole.sum(axis=-1), 1))


def _excess(inside: np.ndarray, rest: np.ndarray, points: np.ndarray) -> np.ndarray:
    """By how much OUTSIDE_SHARE of a window's values are below or above all of the rest."""
    if not points.size:
        return np.zeros(len(inside))
    upwards = np.append(points, points[-1])  # a bin's least upper bound among the points
    downwards = -np.append(points[::-1], points[0])
    above = _one_side(inside, rest, np.repeat(upwards, 2)[: inside.shape[-1]])
    below = _one_side(
        inside[..., ::-1], rest[..., ::-1], np.repeat(downwards, 2)[: inside.shape[-1]]
    )
    length = max(float(points[-1] - points[0]), 1e-9)
    return np.asarray(np.maximum(np.maximum(above, below), 0.0) / length)


def _one_side(inside: np.ndarray, rest: np.ndarray, values: np.ndarray) -> np.ndarray:
    running = inside.cumsum(axis=-1)
    high = (running < (1 - OUTSIDE_SHARE) * running[..., -1:]).sum(axis=-1)
    last = inside.shape[-1] - 1 - np.argmax(rest[..., ::-1] > 0, axis=-1)
    return np.asarray(values[np.minimum(high, len(values) - 1)] - values[last])


def thresholds(drawn: Mapping[Key, np.ndarray]) -> dict[Key, float]:
    """One threshold for each check of each column, so that a window trips any of them with ALPHA.

    The single-step maxT of Westfall and Young ("Resampling-Based Multiple Testing", Wiley, 1993):
    each check is standardized by its own draws, the critical value is the 1 - ALPHA quantile of the
    largest in each draw, and a threshold is location plus critical value times scale. Checks that
    move together share their alarms instead of paying for each other.

    Location is the median and scale the way from there to the 95 % quantile, because the draws are
    skewed: with mean and deviation the most skewed check would set everyone's critical value. A
    scale is never less than LEAST, so that what never moved in the baseline may move a little; and
    no distance is called usual from MOST_DISTANCE on.
    """
    values = np.stack(list(drawn.values()))
    location = np.median(values, axis=1)
    least = np.array([LEAST.get(check, LEAST_SHARE) for _, check in drawn])
    scale = np.maximum(np.quantile(values, 0.95, axis=1) - location, least)
    largest = ((values - location[:, None]) / scale[:, None]).max(axis=0)
    critical = max(float(np.quantile(largest, 1 - ALPHA)), 1.0)
    levels = zip(drawn, location + critical * scale, strict=True)
    return {
        key: min(float(level), {DISTANCE: MOST_DISTANCE, OUTSIDE: np.inf}.get(key[1], 1.0))
        for key, level in levels
    }
