"""How much a ranking of features by their attributions is like the baseline's.

Compared is the order of the mean absolute SHAP values, by normalized discounted cumulative gain:

    sum over places i of a(f'_i) / log2(i + 1), divided by the same of the baseline's own order,

where f'_i is the feature at place i now and a(f) its attribution in the baseline. Features that
share a place share its discounts, as they do in scikit-learn's ndcg_score, which AWS refers to.
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-feature-attribution-drift.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-model-attribution-drift-violations.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

DRAWS = 1000
CONFIDENCE = 0.95
TOGETHER = 2**22
"""Draws of rows that are in memory at once."""


def ndcg(then: np.ndarray, now: np.ndarray) -> float:
    """Of the order of `now` by the attributions `then`; 1 is the same order.

    Args:
        then: The baseline's attribution of each feature, none of them negative.
        now: The attribution of each feature, in the same order of features.
    """
    discounts = 1 / np.log2(np.arange(2, len(then) + 2))
    ideal = float(np.sort(then)[::-1] @ discounts)
    if ideal == 0:
        return 1.0  # a model that rests on nothing
    until = np.concatenate([[0.0], discounts.cumsum()])
    ascending = np.sort(now)
    above = len(now) - np.searchsorted(ascending, now, side="right")
    not_below = len(now) - np.searchsorted(ascending, now, side="left")
    shared = (until[not_below] - until[above]) / (not_below - above)
    return min(float(then @ shared) / ideal, 1.0)


def least_ndcg(then: np.ndarray) -> float:
    """That of the reversed order: no ranking has less."""
    return ndcg(then, -then)


@dataclass(frozen=True)
class Interval:
    """A value, and the interval that holds the true one with 95 %."""

    value: float
    lower: float
    upper: float


def mean_absolute(contributions: np.ndarray) -> np.ndarray:
    """The attribution of each feature: Clarify's `mean_abs`, its default."""
    return np.asarray(np.abs(contributions).mean(axis=0, dtype=np.float64))


def resampled(contributions: np.ndarray, seed: int) -> np.ndarray:
    """Attributions of each feature in DRAWS bootstrap samples of the rows; seeded."""
    sizes = np.abs(contributions)
    chance = np.random.default_rng(seed)
    rows = len(sizes)
    drawn = [
        np.stack([np.bincount(of_one, minlength=rows) for of_one in of_some]) @ sizes
        for of_some in _draws(chance, rows)
    ]
    return np.asarray(np.concatenate(drawn) / rows, dtype=np.float64)


def _draws(chance: np.random.Generator, rows: int) -> Iterator[np.ndarray]:
    at_once = max(1, min(DRAWS, TOGETHER // rows))
    for start in range(0, DRAWS, at_once):
        yield chance.integers(rows, size=(min(at_once, DRAWS - start), rows))


def interval(value: float, drawn: np.ndarray) -> Interval:
    """The percentile interval of bootstrap values (Efron), widened to hold the value itself."""
    doubt = (1 - CONFIDENCE) / 2
    lower, upper = np.quantile(drawn, [doubt, 1 - doubt])
    return Interval(value, min(float(lower), value), max(float(upper), value))
