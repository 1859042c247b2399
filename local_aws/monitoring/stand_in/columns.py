"""Columns of a table: their types, their statistics, and how far two of them are apart.

Formats: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html. Distances are
those of Deequ, on which AWS's image is built
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-pre-built-container.html).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Distribution = Mapping[str, Any]
_INTEGRAL = re.compile(r"[+-]?\d+")
_FRACTIONAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_BUCKETS = 10
_SKETCHED = 2048
# linf_robust is linf_simple less 1.8 * sqrt((n + m) / (n * m)), and 0 at least (Deequ, Distance).
_ROBUST = 1.8


def type_of(cell: str) -> str:
    """What a cell holds: Integral, Fractional, String, or Unknown if it is empty."""
    if not cell:
        return "Unknown"
    if _INTEGRAL.fullmatch(cell):
        return "Integral"
    return "Fractional" if _FRACTIONAL.fullmatch(cell) else "String"


def inferred_type(cells: Sequence[str]) -> str:
    """The type of a whole column."""
    types = {type_of(cell) for cell in cells} - {"Unknown"}
    for name in ("String", "Fractional", "Integral"):
        if name in types:
            return name
    return "Unknown"


def matching(cells: Sequence[str], expected: str) -> float:
    """The share of the cells that are not empty whose type is the expected one, or fits in it."""
    fitting = {"Fractional": {"Integral", "Fractional"}, "Integral": {"Integral"}}
    present = [type_of(cell) for cell in cells if cell]
    if expected not in fitting or not present:
        return 1.0
    return sum(kind in fitting[expected] for kind in present) / len(present)


def completeness(cells: Sequence[str]) -> float:
    """The share of the cells that are not empty."""
    return sum(bool(cell) for cell in cells) / len(cells) if cells else 0.0


def numbers(cells: Sequence[str]) -> np.ndarray:
    """The cells that are numbers."""
    return np.array([float(cell) for cell in cells if cell and type_of(cell) != "String"])


def statistics(name: str, cells: Sequence[str], kind: str) -> dict[str, Any]:
    """A column's entry in statistics.json, for a column of that type."""
    present = [cell for cell in cells if cell]
    common = {"num_present": len(present), "num_missing": len(cells) - len(present)}
    described: dict[str, Any] = {"name": name, "inferred_type": kind}
    if kind in ("Integral", "Fractional"):
        described["numerical_statistics"] = {"common": common, **_numerical(numbers(cells))}
    else:
        counts = Counter(present)
        buckets = [{"value": value, "count": count} for value, count in counts.most_common()]
        described["string_statistics"] = {
            "common": common,
            "distinct_count": len(counts),
            "distribution": {"categorical": {"buckets": buckets}},
        }
    return described


def drift(baseline: Distribution, cells: Sequence[str], *, robust: bool) -> float | None:
    """How far a column is from its entry in the baseline's statistics.json; None if it has none."""
    if "numerical_statistics" in baseline:
        values, weights = _sketched(baseline["numerical_statistics"].get("distribution", {}))
        found = numbers(cells)
        if not len(values) or not len(found):
            return None
        return _corrected(
            numerical(values, weights, found), float(weights.sum()), len(found), robust=robust
        )
    described = baseline.get("string_statistics", {}).get("distribution", {})
    before = {
        each["value"]: each["count"] for each in described.get("categorical", {}).get("buckets", ())
    }
    now = Counter(cell for cell in cells if cell)
    if not before or not now:
        return None
    return _corrected(
        categorical(before, now), sum(before.values()), sum(now.values()), robust=robust
    )


def numerical(values: np.ndarray, weights: np.ndarray, found: np.ndarray) -> float:
    """The largest distance of two cumulative distributions: weighted values, and plain ones."""
    points = np.union1d(values, found)
    order = np.argsort(values)
    cumulated = np.concatenate([[0.0], np.cumsum(weights[order])]) / weights.sum()
    before = cumulated[np.searchsorted(values[order], points, side="right")]
    now = np.searchsorted(np.sort(found), points, side="right") / len(found)
    return float(np.abs(before - now).max())


def categorical(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """The largest difference of a value's share."""
    totals = sum(before.values()), sum(now.values())
    return max(
        abs(before.get(value, 0) / totals[0] - now.get(value, 0) / totals[1])
        for value in {*before, *now}
    )


def _corrected(distance: float, before: float, now: float, *, robust: bool) -> float:
    if not robust:
        return distance
    return max(0.0, distance - _ROBUST * float(np.sqrt((before + now) / (before * now))))


def _numerical(values: np.ndarray) -> dict[str, Any]:
    if not len(values):
        return {}
    counts, edges = np.histogram(values, bins=_BUCKETS)
    buckets = [
        {"lower_bound": float(low), "upper_bound": float(high), "count": float(count)}
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    level = max(0, int(np.ceil(np.log2(len(values) / _SKETCHED))))
    kept = np.sort(values)[2**level // 2 :: 2**level].tolist()
    return {
        "mean": float(values.mean()),
        "sum": float(values.sum()),
        "std_dev": float(values.std()),
        "min": float(values.min()),
        "max": float(values.max()),
        "distribution": {
            "kll": {
                "buckets": buckets,
                # An item of the n-th list stands for 2^n values.
                "sketch": {
                    "parameters": {"c": 0.64, "k": float(_SKETCHED)},
                    "data": [*([] for _ in range(level)), kept],
                },
            }
        },
    }


def _sketched(distribution: Distribution) -> tuple[np.ndarray, np.ndarray]:
    """The values that a KLL sketch holds, with their weights; without one, the buckets' bounds."""
    kll = distribution.get("kll", {})
    levels: Sequence[Sequence[float]] = kll.get("sketch", {}).get("data") or ()
    values = [value for level in levels for value in level]
    weights = [2.0**number for number, level in enumerate(levels) for _ in level]
    if not values:
        values = [bucket["upper_bound"] for bucket in kll.get("buckets", ())]
        weights = [float(bucket["count"]) for bucket in kll.get("buckets", ())]
    return np.array(values, float), np.array(weights, float)
