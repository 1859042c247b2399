"""PutMetricData: points of metrics, which MiniStack keeps and alarms watch."""

from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.alarms.evaluation import metric_put
from local_aws.clock import clock
from local_aws.core.errors import ApiError, ValidationException
from local_aws.core.listing import seconds
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.ministack import metrics
from local_aws.ministack.metrics import Point

_OLDEST_SECONDS = 14 * 86400
_FURTHEST_SECONDS = 2 * 3600
_MOST_DATA = 1000
_RESOLUTIONS = (1, 60)


@operation("cloudwatch", "PutMetricData")
def put_metric_data(request: Request) -> dict[str, Any]:
    """Keep points, and have the alarms on their metrics evaluated at the next whole minute."""
    namespace, data = request["Namespace"], request.get("MetricData") or ()
    if len(data) > _MOST_DATA:
        raise ValidationException(f"MetricData must have at most {_MOST_DATA} items")
    read = [(each["MetricName"], _dimensions(each), list(_points(each))) for each in data]
    for name, dimensions, points in read:
        metrics.store(namespace, name, dimensions, points)
        metric_put(namespace, name, dimensions)
    return {}


def _dimensions(datum: Mapping[str, Any]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in datum.get("Dimensions") or ()}


def _points(datum: Request) -> Iterator[Point]:
    """The points of one datum: a value, values with their counts, or a statistic set."""
    base = {
        "Timestamp": _time(datum),
        "Unit": datum.get("Unit", "None"),
        "StorageResolution": datum.get("StorageResolution", 60),
    }
    if base["StorageResolution"] not in _RESOLUTIONS:
        raise ValidationException(
            f"StorageResolution must be 1 or 60, got {base['StorageResolution']}"
        )
    given = [name for name in ("Value", "Values", "StatisticValues") if name in datum]
    if len(given) != 1:
        raise ApiError(
            f"The parameters MetricData.member.{datum['MetricName']} must have exactly one of"
            " Value, Values and StatisticValues.",
            code="InvalidParameterCombination",
        )
    if "StatisticValues" in datum:
        statistics = datum["StatisticValues"].plain()
        mean = statistics["Sum"] / statistics["SampleCount"] if statistics["SampleCount"] else 0.0
        yield {**base, "Value": mean, "_stat": statistics}
        return
    values = list(datum["Values"]) if "Values" in datum else [datum["Value"]]
    counts = list(datum.get("Counts") or [1.0] * len(values))
    if len(counts) != len(values):
        raise ApiError("Values and Counts must have the same size", code="InvalidParameterValue")
    for value, count in zip(values, counts, strict=True):
        yield {**base, "Value": float(value), "Count": float(count)}


def _time(datum: Request) -> float:
    now = clock.now()
    if "Timestamp" not in datum:
        return now
    time = seconds(datum["Timestamp"])
    if not now - _OLDEST_SECONDS <= time <= now + _FURTHEST_SECONDS:
        raise ApiError(
            "Timestamp must specify a time within the past two weeks or at most two hours in the"
            " future.",
            code="InvalidParameterValue",
        )
    return time
