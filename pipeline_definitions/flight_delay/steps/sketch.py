"""Distributions as Model Monitor's statistics.json holds them: buckets and a quantile sketch."""

import numpy as np

BUCKETS = 10
"""Into how many a distribution is materialized; Model Monitor's documentation says it is fixed."""


def buckets(numbers: np.ndarray) -> list[dict[str, float | int]]:
    """Equally wide buckets from the least to the greatest number."""
    counts, edges = np.histogram(numbers, bins=BUCKETS)
    return [
        {"lower_bound": float(lower), "upper_bound": float(upper), "count": int(count)}
        for lower, upper, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def kll_levels(ordered: np.ndarray, *, most: int) -> list[list[float]]:
    """The numbers in the layout of a KLL sketch: each one on level i stands for 2**i of them.

    Numbers that fit are all on level 0. Of more, the top level keeps the middle of every 2**top
    neighbours, and the rest is spread over the levels below, so that the weights sum to how many
    numbers there are.

    Args:
        ordered: At least one number, ascending.
        most: How many the top level holds at most.
    """
    top = max(0, int(np.ceil(np.log2(ordered.size / most))))
    levels, start = [], 0
    for level in range(top, -1, -1):
        width = 2**level
        kept = (ordered.size - start) // width
        middles = start + width // 2 + width * np.arange(kept)
        levels.append(ordered[middles].tolist())
        start += kept * width
    return levels[::-1]
