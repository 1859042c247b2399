"""Endpoint invocation metrics in CloudWatch's namespace AWS/SageMaker.

Names, units and dimensions:
https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
and for the third dimension deployment-guardrails-configuration.html ("CloudWatch publishes the
metrics with the dimension EndpointConfigName after the new fleet starts receiving traffic").
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from local_aws.clock import clock
from local_aws.core import background
from local_aws.hosting.serverless import ServerlessConfig

NAMESPACE = "AWS/SageMaker"
# AWS publishes every minute; sooner costs nothing here. Points carry the time they are put.
PUBLISH_AFTER_SECONDS = 1.0
# PutMetricData takes 150 values a metric.
VALUES_PER_DATUM = 150
# "high-resolution CloudWatch metrics" that come "every 10 seconds"
# (https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-code-define.html).
HIGH_RESOLUTION = {"ConcurrentRequestsPerModel"}

PutMetricData = Callable[[str, list[dict[str, Any]]], None]
Series = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One request to a variant; times in seconds.

    Attributes:
        concurrent: how many requests the variant answers at once, this one included.
        serverless: what is measured of a serverless variant in place of its instances; None of a
            variant on instances.
        beside: more metrics of it.
    """

    config_name: str
    variant: str
    instance_count: int
    status: int
    model_latency: float
    overhead_latency: float
    concurrent: int = 1
    serverless: ServerlessConfig | None = None
    beside: Sequence[tuple[str, str, float]] = ()

    def values(self) -> Iterator[tuple[str, str, float]]:
        """Each metric's name, unit and value; an error metric is 0 where there was none."""
        yield "Invocations", "None", 1
        if self.serverless:
            yield from self.serverless.metrics(self.concurrent)
        else:
            instances = max(self.instance_count, 1)
            yield "InvocationsPerInstance", "None", 1 / instances
            yield "ConcurrentRequestsPerModel", "None", self.concurrent / instances
        yield "Invocation4XXErrors", "None", int(400 <= self.status < 500)
        yield "Invocation5XXErrors", "None", int(self.status >= 500)
        yield "ModelLatency", "Microseconds", round(self.model_latency * 1e6)
        yield "OverheadLatency", "Microseconds", round(self.overhead_latency * 1e6)
        yield from self.beside


class Measured(Protocol):
    """What is measured of a variant at one time."""

    @property
    def config_name(self) -> str: ...
    @property
    def variant(self) -> str: ...
    def values(self) -> Iterator[tuple[str, str, float]]:
        """Each metric's name, unit and value."""
        ...


class EndpointMetrics:
    """Collects one endpoint's invocations and puts them in batches."""

    def __init__(self, *, endpoint_name: str, put: PutMetricData) -> None:
        """Start with nothing collected; call `publish` before dropping it."""
        self._endpoint_name = endpoint_name
        self._put = put
        self._lock = threading.Lock()
        self._series: dict[Series, dict[tuple[str, str], Counter[float]]] = {}

    def record(self, invocation: Measured) -> None:
        """Count the invocation; it is put within a second."""
        with self._lock:
            first = not self._series
            two = (self._endpoint_name, invocation.variant, "")
            three = (self._endpoint_name, invocation.variant, invocation.config_name)
            for series in (two, three):
                counters = self._series.setdefault(series, defaultdict(Counter))
                for name, unit, value in invocation.values():
                    counters[name, unit][value] += 1
        if first:
            background.after(PUBLISH_AFTER_SECONDS, self.publish)

    def publish(self) -> None:
        """Put what was collected, stamped now."""
        with self._lock:
            collected, self._series = self._series, {}
        data = [
            datum
            for series, counters in collected.items()
            for (name, unit), counter in counters.items()
            for datum in _data(series, name, unit, counter)
        ]
        if data:
            self._put(NAMESPACE, data)


def _data(
    series: Series, name: str, unit: str, counter: Counter[float]
) -> Iterator[dict[str, Any]]:
    names = ("EndpointName", "VariantName", "EndpointConfigName")
    observed = list(counter.items())
    for start in range(0, len(observed), VALUES_PER_DATUM):
        batch = observed[start : start + VALUES_PER_DATUM]
        yield {
            "MetricName": name,
            "Unit": unit,
            "Timestamp": clock.now(),
            "StorageResolution": 1 if name in HIGH_RESOLUTION else 60,
            "Dimensions": [
                {"Name": key, "Value": value}
                for key, value in zip(names, series, strict=True)
                if value
            ],
            "Values": [value for value, _ in batch],
            "Counts": [count for _, count in batch],
        }
