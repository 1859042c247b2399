"""The metrics that MiniStack keeps, which its own services put too."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ministack.services import cloudwatch

Dimensions = Mapping[str, str]
Point = Mapping[str, Any]
"""Timestamp, Unit, StorageResolution, and either Value with Count or a statistic set, `_stat`."""
Listener = Callable[[str, str, Dimensions], None]

_record_metric = cloudwatch.record_metric


def install(listener: Listener) -> None:
    """Tell a listener the namespace, name and dimensions of what MiniStack's services record."""

    def record(
        namespace: str,
        metric_name: str,
        value: float,
        unit: str = "None",
        dimensions: dict[str, str] | None = None,
    ) -> None:
        _record_metric(namespace, metric_name, value, unit, dimensions)
        listener(namespace, metric_name, dimensions or {})

    cloudwatch.record_metric = record


def store(namespace: str, name: str, dimensions: Dimensions, points: Iterable[Point]) -> None:
    """Keep points of a metric in the account and region of the request.

    Only ever from the event loop: MiniStack's own operations walk through all metrics there.
    """
    bucket = cloudwatch._metric_bucket((namespace, name, cloudwatch._dims_key(dict(dimensions))))
    bucket.extend({**point, "Dimensions": dict(dimensions)} for point in points)


def points(namespace: str, name: str, dimensions: Dimensions) -> list[Point]:
    """All points of the metric with exactly these dimensions."""
    key = (namespace, name, cloudwatch._dims_key(dict(dimensions)))
    return list(cloudwatch._metrics.get(key) or ())


def statistic(of: Sequence[Point], name: str) -> float | None:
    """A statistic (`Average`, `p99`) of a period's points; None where percentiles have none."""
    found: float | None = cloudwatch._stat_value(cloudwatch._calc_stats(of), name, of)
    return found


def sample_count(of: Sequence[Point]) -> float:
    """How many values the points stand for."""
    return float(sum(cloudwatch._point_stats(point)[0] for point in of))
