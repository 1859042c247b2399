"""A metric's points as one value for each period."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from local_aws.ministack.metrics import Point, sample_count, statistic

_STANDARD_RESOLUTION = 60


@dataclass(frozen=True, kw_only=True)
class Query:
    """A statistic of one metric, as `MetricStat` names it.

    Args:
        namespace: E.g. `AWS/SageMaker`.
        name: E.g. `Invocations`.
        dimensions: All of them: a metric with other dimensions, or more, is another metric.
        stat: `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or a percentile like `p99.9`.
        period: Seconds.
        unit: Only points of this unit; None takes all.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    stat: str
    period: int
    unit: str | None = None


Points = Callable[[Query], Sequence[Point]]
"""All points of a query's metric."""


def values(points: Sequence[Point], query: Query, end: float, count: int) -> list[float | None]:
    """The statistic of each of the last periods before a time, oldest first."""
    return [
        statistic(group, query.stat) if group else None
        for group in _periods(points, query, end, count)
    ]


def samples(points: Sequence[Point], query: Query, end: float, count: int) -> float:
    """How many values were put in the last periods before a time."""
    return sum(sample_count(group) for group in _periods(points, query, end, count))


def times(points: Sequence[Point], query: Query) -> Iterator[float]:
    """The times at which the points count for the query.

    A point of standard resolution counts from its minute, and so misses most of the periods of a
    high-resolution alarm (botocore: PutMetricAlarm.Period).
    """
    for point in points:
        if query.unit in (None, point["Unit"]):
            fine = query.period < _STANDARD_RESOLUTION and point.get("StorageResolution") == 1
            time = float(point["Timestamp"])
            yield time if fine else time - time % _STANDARD_RESOLUTION


def _periods(points: Sequence[Point], query: Query, end: float, count: int) -> list[list[Point]]:
    start = end - count * query.period
    groups: list[list[Point]] = [[] for _ in range(count)]
    fitting = [point for point in points if query.unit in (None, point["Unit"])]
    for point, time in zip(fitting, times(points, query), strict=True):
        if start <= time < end:
            groups[int((time - start) // query.period)].append(point)
    return groups
