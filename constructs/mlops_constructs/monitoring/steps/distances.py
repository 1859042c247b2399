"""How far a window's columns are from the baseline's, and how sure that is.

Counts come with any number of leading axes (windows); the last one holds the bins. Bin 2i+1 counts
the values equal to point i, bin 2i those between the points i-1 and i, so the running sum of bins
takes a distribution function's value on both sides of each point: ties are exact.
"""

import math

import numpy as np

DOUBT = 0.05
"""Intervals hold with a probability of at least 1 - DOUBT each."""


def bins_of(points: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The bin of each value, 0 to 2 * len(points); NaN is not allowed."""
    below = np.searchsorted(points, values, side="left")
    equal = np.append(points, np.nan)[below] == values
    return np.asarray(2 * below + equal)


def kolmogorov(counts: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Kolmogorov-Smirnov distance: the largest difference of the two distribution functions.

    sup_x |F(x) - G(x)|, taken at the reference points from the left and from the right (Smirnov,
    Annals of Mathematical Statistics 19, 1948, 279-281). Where values lie between two points it is
    a lower bound, short by at most the share of values between them. This is Model Monitor's
    comparison_method "Simple":
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html

    A window without values is at no distance.
    """
    gaps = np.abs(shares(counts).cumsum(axis=-1) - shares(reference).cumsum(axis=-1))
    return np.asarray(gaps.max(axis=-1) * (counts.sum(axis=-1) > 0))


def tolerant(counts: np.ndarray, reference: np.ndarray, *, steps: int) -> np.ndarray:
    """KS distance of what remains when either distribution may first be moved by some points.

    sup_x max(F(x - t) - G(x), G(x - t) - F(x), 0), for equidistant points `steps` of which make t:
    the vertical gap of Levy's metric (Levy, "Calcul des probabilites", 1925) at a fixed t. It is
    never more than the KS distance, so the same band holds; a shift of up to t is at no distance.
    """
    first, second = (shares(side).cumsum(axis=-1)[..., 1::2] for side in (counts, reference))
    up = (first[..., :-steps] - second[..., steps:]).max(axis=-1)
    down = (second[..., :-steps] - first[..., steps:]).max(axis=-1)
    return np.asarray(np.maximum(np.maximum(up, down), 0.0) * (counts.sum(axis=-1) > 0))


def largest_difference(counts: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """L-infinity distance of categories: the largest difference of a category's two shares.

    max_c |p(c) - q(c)|, Model Monitor's categorical_drift_method "LInfinity" (same page).
    """
    gaps = np.abs(shares(counts) - shares(reference))
    return np.asarray(gaps.max(axis=-1) * (counts.sum(axis=-1) > 0))


def shares(counts: np.ndarray) -> np.ndarray:
    """Each bin's share; zeros where there is nothing."""
    return np.asarray(counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1))


def band(values: float) -> float:
    """Half the width of a band that holds the whole true distribution function.

    sqrt(ln(2 / DOUBT) / 2n): Dvoretzky, Kiefer and Wolfowitz with the constant of Massart (Annals
    of Probability 18, 1990, 1269-1283). A KS distance is off by no more.
    """
    return float(np.sqrt(np.log(2 / DOUBT) / (2 * max(values, 1e-9))))


def share_interval(hits: np.ndarray, of: float, *, doubt: float = DOUBT) -> np.ndarray:
    """Interval of a share, on a last axis of two: Hoeffding's bound in its relative-entropy form.

    All p with n * KL(hits / n || p) <= ln(2 / doubt), KL(a || p) = a ln(a / p) + (1 - a)
    ln((1 - a) / (1 - p)): Hoeffding, Journal of the American Statistical Association 58, 1963,
    13-30, theorem 1. It is a little wider than Clopper and Pearson's and needs no beta function.
    """
    allowed = math.log(2 / doubt) / max(of, 1e-9)
    observed = (np.asarray(hits, dtype=np.float64) / max(of, 1)).ravel().tolist()
    ends = [(_last(share, 0.0, allowed), _last(share, 1.0, allowed)) for share in observed]
    return np.array(ends).reshape(*np.shape(hits), 2)


def _last(observed: float, outer: float, allowed: float) -> float:
    """Between `observed` and `outer`, the last p with an entropy of at most `allowed`."""
    inner = observed
    if inner == outer or _entropy(observed, outer) <= allowed:
        return outer
    for _ in range(40):
        middle = (inner + outer) / 2
        if _entropy(observed, middle) <= allowed:
            inner = middle
        else:
            outer = middle
    return inner


def _entropy(a: float, p: float) -> float:
    """KL(a || p), infinite where p rules out what was seen."""
    if (p == 0 and a > 0) or (p == 1 and a < 1):
        return math.inf
    left = a * math.log(a / p) if a > 0 else 0.0
    return left + ((1 - a) * math.log((1 - a) / (1 - p)) if a < 1 else 0.0)


def weighted_band(sum_of_squared_weights: float, scale: float) -> float:
    """Half the width of an interval for a weighted mean of independent zeros and ones.

    sqrt(ln(2 / DOUBT) * sum(w^2) / 2) / scale: Hoeffding (same paper), theorem 2.
    """
    spread = np.sqrt(np.log(2 / DOUBT) * max(sum_of_squared_weights, 0.0) / 2)
    return float(spread / max(scale, 1e-9))
