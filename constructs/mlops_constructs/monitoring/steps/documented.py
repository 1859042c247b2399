"""Columns in the format of Model Monitor's statistics.json: figures, buckets, a quantile sketch.

"Schema for Statistics":
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

BUCKETS = 10
"""Into how many a distribution is materialized; the documentation says it is fixed."""

KLL = {"c": 0.64, "k": 2048.0}
"""Parameters of the quantile sketch: shrinking factor, and the most values a level holds."""


@dataclass(frozen=True)
class Summary:
    """Figures of the numbers that are there."""

    count: int
    missing: int
    total: float
    mean: float
    deviation: float
    least: float
    greatest: float
    whole: bool


def document(rows: int, features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The file."""
    return {"version": 0, "dataset": {"item_count": rows}, "features": list(features)}


def text_feature(name: str, counts: Mapping[str, int], missing: int) -> dict[str, Any]:
    """A category's entry."""
    found = [{"value": value, "count": count} for value, count in sorted(counts.items())]
    return {
        "name": name,
        "inferred_type": "String",
        "string_statistics": {
            "common": {"num_present": sum(counts.values()), "num_missing": missing},
            "distinct_count": len(found),
            "distribution": {"categorical": {"buckets": found}},
        },
    }


def number_feature(
    name: str, summary: Summary, buckets: list[dict[str, float | int]], levels: list[list[float]]
) -> dict[str, Any]:
    """A number's entry; a column without values has only the counts."""
    common = {"num_present": summary.count, "num_missing": summary.missing}
    if not summary.count:
        return {
            "name": name,
            "inferred_type": "Unknown",
            "numerical_statistics": {"common": common},
        }
    return {
        "name": name,
        "inferred_type": "Integral" if summary.whole else "Fractional",
        "numerical_statistics": {
            "common": common,
            "mean": summary.mean,
            "sum": summary.total,
            "std_dev": summary.deviation,
            "min": summary.least,
            "max": summary.greatest,
            "distribution": {
                "kll": {"buckets": buckets, "sketch": {"parameters": KLL, "data": levels}}
            },
        },
    }


def summarize(numbers: np.ndarray, missing: int) -> Summary:
    """Of numbers in memory; `numbers` holds no NaN."""
    if not numbers.size:
        return Summary(0, missing, 0.0, 0.0, 0.0, 0.0, 0.0, False)
    return Summary(
        numbers.size, missing, float(numbers.sum()), float(numbers.mean()), float(numbers.std()),
        float(numbers.min()), float(numbers.max()), bool(np.all(numbers == np.round(numbers))),
    )  # fmt: skip


def buckets(
    numbers: np.ndarray,
    weights: np.ndarray | None = None,
    ends: tuple[float, float] | None = None,
) -> list[dict[str, float | int]]:
    """Equally wide buckets from the least to the greatest number, or between `ends`."""
    counts, edges = np.histogram(numbers, bins=BUCKETS, weights=weights, range=ends)
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


def levels_of_counts(values: np.ndarray, counts: np.ndarray) -> list[list[float]]:
    """A sketch of counted values: one that occurs 5 times stands on levels 0 and 2."""
    most = int(counts.max(initial=1))
    whole = counts.astype(np.int64)
    return [values[(whole >> level) & 1 == 1].tolist() for level in range(most.bit_length())]
