"""Intervals that hold the true value with 95 %, by the name of their method.

All take arrays or numbers; where nothing was counted an interval is all that is possible.
"""

import numpy as np

Z = 1.959963984540054
"""The normal distribution's 97.5 % quantile."""


def wilson(share: float, of: float, z: float = Z) -> tuple[float, float]:
    """Of a share; with another quantile `z`, an interval with another confidence.

    All p with |share - p| <= z sqrt(p (1 - p) / of): Wilson, Journal of the American Statistical
    Association 22, 1927, 209-212.
    """
    if of <= 0:
        return 0.0, 1.0
    wide = z * z / of
    middle = (share + wide / 2) / (1 + wide)
    half = np.sqrt(wide * max(share * (1 - share), 0.0) + wide * wide / 4) / (1 + wide)
    return max(float(middle - half), 0.0), min(float(middle + half), 1.0)


def like_a_share(value: float, variance: float, of: float) -> tuple[float, float]:
    """Of a figure from 0 to 1 that is no plain share, such as an F score.

    Wilson's interval for as many records as would give a share this variance: Korn and Graubard,
    Survey Methodology 24, 1998, 193-201. At 0 and 1, where the estimated variance is 0, for those
    that there are.
    """
    return wilson(value, value * (1 - value) / variance if variance > 0 else of)


def normal(value: float, variance: float) -> tuple[float, float]:
    """Of a mean, by the central limit theorem."""
    half = Z * float(np.sqrt(max(variance, 0.0)))
    return value - half, value + half


def delong(positives: np.ndarray, negatives: np.ndarray) -> tuple[float, float]:
    """The area under the ROC curve and its variance.

    DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988, 837-845: the variance of the mean, over
    positives, of the share of negatives below each (ties count half), plus that over negatives.
    Sorting instead of comparing all pairs: Sun and Xu, IEEE Signal Processing Letters 21, 2014,
    1389-1393.

    Args:
        positives: How many of them have each score, by ascending score; at least 2 in all.
        negatives: The same of the negatives.
    """
    of_positives, of_negatives = positives.sum(), negatives.sum()
    below = (negatives.cumsum() - negatives / 2) / of_negatives
    above = 1 - (positives.cumsum() - positives / 2) / of_positives
    area = float((positives * below).sum() / of_positives)
    spread = (positives * (below - area) ** 2).sum() / (of_positives - 1) / of_positives
    spread += (negatives * (above - area) ** 2).sum() / (of_negatives - 1) / of_negatives
    return area, float(spread)
