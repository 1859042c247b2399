"""What a window's answers rest on, against the baseline's ranking."""

from collections.abc import Sequence

import numpy as np
from attribution_baseline import LABEL, SEED
from attribution_files import Known
from attribution_metrics import interval, mean_absolute, ndcg, resampled
from attribution_verdict import NDCG, Feature
from failure import Failure
from judging import LEAST_ALLOWED, Estimate, Finding

USUAL = 0.98
"""The least NDCG that is asked for if nobody says: it leaves room for neighbours that are nearly
alike to change places, however many records say so."""


def limit_of(known: Known, asked: float | None) -> float:
    """What is asked for; less, if some of the baseline's own windows do not reach it."""
    return min(known.reached, USUAL if asked is None else asked)


def aligned(known: Known, names: Sequence[str], contributions: np.ndarray) -> np.ndarray:
    """Contributions in the order of the baseline's features.

    Raises:
        Failure: If those are other features.
    """
    if set(names) != set(known.then):
        raise Failure(
            f"the model explains {', '.join(sorted(names))}, and its baseline ranks "
            f"{', '.join(sorted(known.then))}; they are not of the same version"
        )
    places = {name: place for place, name in enumerate(names)}
    return contributions[:, [places[name] for name in known.then]]


def judge(
    known: Known, contributions: np.ndarray, days: np.ndarray, *, limit: float
) -> tuple[Finding, list[Feature]]:
    """The check, and what each feature contributed.

    The interval is the percentile interval of bootstrap samples of the explained rows, which takes
    the baseline's attributions as they are. Its ratio to the limit is that of the distances from a
    perfect ranking, so that more than 1 is a violation: the upper end lies below the limit.

    Args:
        known: The baseline.
        contributions: Rows x features, in its order.
        days: The day of the window that each row belongs to.
        limit: The least NDCG that is usual.
    """
    then, now = known.attributions, mean_absolute(contributions)
    drawn = resampled(contributions, SEED)
    found = interval(ndcg(then, now), np.array([ndcg(then, of_one) for of_one in drawn]))
    ratio = (1 - found.upper) / max(1 - limit, LEAST_ALLOWED)
    since = _since(then, contributions, days, limit) if ratio > 1 else None
    estimate = Estimate(found.value, found.lower, found.upper)
    places = np.argsort(np.argsort(-now, kind="stable"), kind="stable") + 1
    features = [
        Feature(
            name, of, place,
            interval(float(now[place - 1]), drawn[:, place - 1]), int(places[place - 1]),
        )
        for place, (name, of) in enumerate(known.then.items(), start=1)
    ]  # fmt: skip
    return Finding(LABEL, NDCG, estimate, limit, max(ratio, 0.0), since), features


def _since(then: np.ndarray, contributions: np.ndarray, days: np.ndarray, limit: float) -> int:
    """The day from which on single days rank features most unlike those before.

    Of all days that split the window into a part that reaches the limit and one that does not, the
    one where the mean NDCG of the days differs most, weighed as for two samples of rows:
    sqrt(k (n - k)) times difference, for k of n rows. The NDCG of a part as a whole can't tell: a
    day of large contributions turns the ranking of a week as far around as six of them do. Where
    there is no such day, the violation is as old as the window.
    """
    rows = np.bincount(days)
    sums = np.column_stack([np.bincount(days, column) for column in np.abs(contributions).T])
    daily = np.array([ndcg(then, of_day) for of_day in sums])
    best, since = 0.0, 0
    for day in np.flatnonzero(rows)[1:]:
        if not ndcg(then, sums[day:].sum(axis=0)) < limit <= ndcg(then, sums[:day].sum(axis=0)):
            continue
        before, after = (
            np.average(daily[part], weights=rows[part]) for part in (slice(day), slice(day, None))
        )
        weight = np.sqrt(float(rows[:day].sum()) * rows[day:].sum()) * (before - after)
        if weight > best:
            best, since = float(weight), int(day)
    return since
