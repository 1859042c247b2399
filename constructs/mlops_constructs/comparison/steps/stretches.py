"""Stretches of time, so that what follows upon one another need not be independent."""

import numpy as np

FEWEST, MOST = 4, 12
MINUTES_EACH = 30
FINE_FEWEST, FINE_MOST = 12, 96
FINE_MINUTES_EACH = 5


def stretches(weights: np.ndarray, number: int) -> np.ndarray:
    """Each minute's stretch, from 0: consecutive minutes, of about the same weight.

    Args:
        weights: Of each minute, such as its requests; at least one is more than 0.
        number: Of stretches; fewer come about if single minutes weigh more than a stretch.
    """
    middle = (weights.cumsum() - weights / 2) / weights.sum()
    place = np.minimum((middle * number).astype(np.intp), number - 1)
    found: np.ndarray = np.unique(place, return_inverse=True)[1]
    return found


def long_ones(minutes: int) -> int:
    """How many stretches of half an hour or more, where there are enough minutes."""
    return min(max(minutes // MINUTES_EACH, FEWEST), MOST)


def short_ones(minutes: int) -> int:
    """How many stretches of some minutes."""
    return min(max(minutes // FINE_MINUTES_EACH, FINE_FEWEST), FINE_MOST)


def sums(values: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Of each stretch."""
    return np.bincount(place, values)
