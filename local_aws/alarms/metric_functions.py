"""The functions of metric math: on numbers, on a series, and on arrays of series.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from local_aws.core.errors import NotImplementedHere

Series = list[float | None]
"""One value for each period, oldest first; None where there is none."""


@dataclass(frozen=True)
class Array:
    """Several series."""

    series: Sequence[Series]

    @classmethod
    def of(cls, values: Sequence["Value"], length: int) -> "Array":
        """An array of what stands in brackets; a number there is a series of that number."""
        found: list[Series] = []
        for value in values:
            if isinstance(value, Array):
                found.extend(value.series)
            else:
                found.append(value if isinstance(value, list) else [value] * length)
        return cls(found)


Value = float | Series | Array
Function = Callable[..., Value]


def each(value: Value, change: Callable[[Series], Series]) -> Value:
    """A change of a series made to one, or to each of an array."""
    if isinstance(value, Array):
        return Array([change(series) for series in value.series])
    return change(value) if isinstance(value, list) else value


def combine(left: Value, right: Value, compute: Callable[[float, float], float | None]) -> Value:
    """Two values period by period; where only one of two series has a value, the other is 0.

    A result of None (a division by zero) drops the period.
    """
    if isinstance(left, Array) and isinstance(right, Array):
        return Array(
            [_combined(a, b, compute) for a, b in zip(left.series, right.series, strict=True)]
        )
    if isinstance(left, Array):
        return each(left, lambda series: _combined(series, right, compute))
    if isinstance(right, Array):
        return each(right, lambda series: _combined(left, series, compute))
    if isinstance(left, float) and isinstance(right, float):
        result = compute(left, right)
        return math.nan if result is None else result
    return _combined(left, right, compute)


def _combined(left: Value, right: Value, compute: Callable[[float, float], float | None]) -> Series:
    length = max(len(value) for value in (left, right) if isinstance(value, list))
    pairs = [(_at(left, index), _at(right, index)) for index in range(length)]
    gaps = [
        all(x is None for x, value in zip(pair, (left, right), strict=True) if _varies(value))
        for pair in pairs
    ]
    return [
        None if gap else compute(a or 0.0, b or 0.0)
        for (a, b), gap in zip(pairs, gaps, strict=True)
    ]


def _varies(value: Value) -> bool:
    return isinstance(value, list)


def choose(condition: Value, true: Value, false: Value | None = None) -> Value:
    """IF: by the condition's value in each period, or as a whole if it is a number."""
    if not isinstance(condition, list):
        chosen: Value | None = true if condition else false
        return [] if chosen is None else chosen
    return [
        None if asked is None else _chosen(index, bool(asked), true, false)
        for index, asked in enumerate(condition)
    ]


def _chosen(index: int, asked: bool, true: Value, false: Value | None) -> float | None:
    value = true if asked else false
    found = None if value is None else _at(value, index)
    return found or 0.0 if asked else found


def fill(value: Value, filler: Value) -> Value:
    """FILL with a number or with another series."""
    return each(
        value,
        lambda series: [
            _at(filler, index) if own is None else own for index, own in enumerate(series)
        ],
    )


def _at(value: Value, index: int) -> float | None:
    if isinstance(value, Array):
        raise NotImplementedHere("the local AWS does not implement arrays in IF and FILL")
    return value[index] if isinstance(value, list) else value


def repeat(series: Series) -> Series:
    """FILL with the value before."""
    filled: Series = []
    for value in series:
        filled.append(filled[-1] if value is None and filled else value)
    return filled


def _by_value(function: Callable[[float], float]) -> Function:
    def changed(series: Series) -> Series:
        return [None if value is None else float(function(value)) for value in series]

    return lambda value: function(value) if isinstance(value, float) else each(value, changed)


def _aggregate(function: Callable[[list[float]], float], *, gaps_are_zero: bool) -> Function:
    """Over all values of one series, a number; over an array, a series."""

    def of(values: Sequence[float | None], gaps: bool) -> float | None:
        real = [x for x in values if x is not None]
        if not real:
            return None
        return function([x or 0.0 for x in values] if gaps else real)

    def aggregate(value: Value) -> Value:
        if isinstance(value, Array):
            return [of(column, gaps_are_zero) for column in zip(*value.series, strict=True)]
        found = of(value, False) if isinstance(value, list) else value
        return math.nan if found is None else found

    return aggregate


FUNCTIONS: dict[str, tuple[Function, tuple[int, ...]]] = {
    "ABS": (_by_value(abs), (1,)),
    "CEIL": (_by_value(math.ceil), (1,)),
    "FLOOR": (_by_value(math.floor), (1,)),
    "SUM": (_aggregate(math.fsum, gaps_are_zero=False), (1,)),
    "AVG": (_aggregate(statistics.fmean, gaps_are_zero=True), (1,)),
    "MIN": (_aggregate(min, gaps_are_zero=False), (1,)),
    "MAX": (_aggregate(max, gaps_are_zero=False), (1,)),
    "IF": (choose, (2, 3)),
    "FILL": (fill, (2,)),
}
"""Each function, and how many arguments it can have."""
