"""How sure a bias metric is: intervals that hold its true value with 95 %.

- A difference of two shares: Newcombe's hybrid score interval, from Wilson's of each (Statistics in
  Medicine 17, 1998, 873-890, method 10).
- The ratio of two shares: the same way of combining Wilson's, for ratios (Donner and Zou,
  Statistical Methods in Medical Research 21, 2012, 347-359).
- The imbalance of groups: Wilson's (Journal of the American Statistical Association 22, 1927, 209).
- All else: the posterior of the cells' probabilities under Jeffreys' prior, a Dirichlet
  distribution, its 2.5 % and 97.5 % quantiles over seeded draws (Brown, Cai and DasGupta,
  Statistical Science 16, 2001, 101-133, on why Jeffreys' also holds what it promises).

Clarify takes the normal bootstrap interval, which has no width where a share is 0 or 1.
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift.html
"""

import math
from functools import lru_cache

import numpy as np
from bias_formulas import D
from bias_metrics import Metric
from intervals import wilson

DRAWS = 4_000
SEED = 2013
MOST_PRIOR = 4.0
"""Records that the prior is worth at most: Jeffreys' half for each of eight cells, and no more in
all where many strata make many cells."""

Interval = tuple[float, float]


def difference(first: Interval, second: Interval) -> Interval:
    """Newcombe's, of hits and number in each sample, for the first share less the second."""
    p, q = first[0] / first[1], second[0] / second[1]
    (low, high), (under, over) = wilson(p, first[1]), wilson(q, second[1])
    return (
        p - q - math.hypot(p - low, over - q),
        p - q + math.hypot(high - p, q - under),
    )


def ratio(first: Interval, second: Interval) -> Interval:
    """Donner and Zou's, of hits and number in each sample, for the first share over the second."""
    p, q = first[0] / first[1], second[0] / second[1]
    (low, high), (under, over) = wilson(p, first[1]), wilson(q, second[1])
    product = p * q
    lowest, highest = low * (2 * p - low), high * (2 * p - high)
    largest, smallest = over * (2 * q - over), under * (2 * q - under)
    return (
        lowest / (product + _root(product, lowest * largest)) if lowest > 0 else 0.0,
        (product + _root(product, highest * smallest)) / smallest if smallest > 0 else math.inf,
    )


def _root(product: float, taken: float) -> float:
    return math.sqrt(max(product * product - taken, 0.0))


def posterior(counts: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Draws of the cells' probabilities, on a first axis."""
    prior = min(0.5, MOST_PRIOR / counts.size)
    weights = np.random.default_rng(seed).standard_gamma(counts + prior, (draws, *counts.shape))
    return np.asarray(weights / weights.sum(axis=tuple(range(1, weights.ndim)), keepdims=True))


@lru_cache(maxsize=4)
def _drawn(counts: bytes, shape: tuple[int, ...], draws: int) -> np.ndarray:
    """Once for all metrics of a table."""
    return posterior(np.frombuffer(counts).reshape(shape), draws, SEED)


def interval(metric: Metric, table: np.ndarray) -> Interval:
    """Of a metric that is defined."""
    quotient = metric.quotient
    if quotient and quotient.share:
        hits, of = (np.asarray(side, dtype=np.float64).tolist() for side in quotient.counts(table))
        sides = list(zip(hits, of, strict=True))
        if metric.name == "DI":
            return ratio(sides[D], sides[1 - D])
        return difference(sides[metric.first], sides[1 - metric.first])
    value = float(metric.value(table))
    if metric.name == "CI":
        low, high = wilson(float(table[D].sum() / table.sum()), float(table.sum()))
        return 1 - 2 * high, 1 - 2 * low
    counts = np.asarray(table, dtype=np.float64)
    drawn = metric.value(_drawn(counts.tobytes(), counts.shape, DRAWS))
    low, high = np.quantile(drawn, [0.025, 0.975]).tolist()
    return min(low, value), max(high, value)
