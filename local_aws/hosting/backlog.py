"""The queue of an asynchronous endpoint, and its metrics.

https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
"""

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from local_aws.clock import clock
from local_aws.core import background
from local_aws.core.assumptions import holds
from local_aws.core.clients import client
from local_aws.hosting.async_processing import Processed, fail, process
from local_aws.hosting.async_request import AsyncFailure, AsyncRequest
from local_aws.hosting.metrics import NAMESPACE

if TYPE_CHECKING:
    from local_aws.hosting.endpoint import Endpoint

# "Metrics are available at a 1-minute frequency."
PUBLISH_EVERY_SECONDS = 60.0


class Backlog:
    """Requests that wait for instances, in their order; they stay when fleets come and go."""

    def __init__(self, endpoint: "Endpoint") -> None:
        """Nothing waits; the metrics come every minute until `close`."""
        self._endpoint = endpoint
        self._waiting: deque[AsyncRequest] = deque()
        self._working: list[AsyncRequest] = []
        self._lock = threading.Lock()
        self._closed = False
        self._timer = background.after(PUBLISH_EVERY_SECONDS, self._publish, quiet=True)

    def add(self, request: AsyncRequest) -> None:
        """Let a request wait its turn."""
        request.expiry = background.after(request.ttl_seconds, self._expire, request)
        with self._lock:
            self._waiting.append(request)
        self.work()

    def work(self) -> None:
        """Have as many requests worked on as the instances take."""
        while request := self._next():
            background.run(self._process, request)

    def close(self) -> None:
        """Forget what waits; what is worked on is finished."""
        self._closed = True
        self._timer.cancel()
        with self._lock:
            for request in self._waiting:
                if request.expiry:
                    request.expiry.cancel()
            self._waiting.clear()

    def _next(self) -> AsyncRequest | None:
        with self._lock:
            if not self._waiting or len(self._working) >= self._capacity():
                return None
            request = self._waiting.popleft()
            if request.expiry:
                request.expiry.cancel()
            self._working.append(request)
            return request

    def _capacity(self) -> int:
        fleet = self._endpoint.traffic.fleet
        if fleet is None or fleet.asynchronous is None:
            return 0
        return self._instances() * fleet.asynchronous.concurrent_invocations

    def _instances(self) -> int:
        fleet = self._endpoint.traffic.fleet
        return sum(variant.instance_count for variant in fleet.variants) if fleet else 0

    def _process(self, request: AsyncRequest) -> None:
        try:
            with self._endpoint.traffic.lease() as fleet:
                if fleet:
                    variant = fleet.choose()
                    processed = Processed(config_name=fleet.config_name, variant=variant.name)
                    process(request, variant, processed)
                    self._endpoint.metrics.record(processed)
        finally:
            with self._lock:
                self._working.remove(request)
            self.work()

    def _expire(self, request: AsyncRequest) -> None:
        with self._lock:
            if request not in self._waiting:
                return
            self._waiting.remove(request)
        fleet = self._endpoint.traffic.fleet
        if fleet:
            processed = Processed(config_name=fleet.config_name, variant=fleet.variants[0].name)
            failure = AsyncFailure(
                f"ClientError: The request waited for more than {request.ttl_seconds} seconds "
                "(RequestTTLSeconds).",
                counted="ExpiredRequests",
            )
            fail(request, failure, processed)
            self._endpoint.metrics.record(processed)

    def _publish(self) -> None:
        if self._closed:
            return
        self._timer = background.after(PUBLISH_EVERY_SECONDS, self._publish, quiet=True)
        with self._lock:
            known = [*self._working, *self._waiting]
        now, instances = clock.now(), self._instances()
        data: list[tuple[str, str, float]] = [
            ("ApproximateBacklogSize", "Count", len(known)),
            ("HasBacklogWithoutCapacity", "Count", int(bool(known) and not instances)),
        ]
        if instances or holds("backlog-per-instance-without-instances"):
            per_instance = len(known) / max(instances, 1)
            data.append(("ApproximateBacklogSizePerInstance", "Count", per_instance))
        if known:
            oldest = now - min(request.received for request in known)
            data.append(("ApproximateAgeOfOldestRequest", "Seconds", oldest))
        client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=self._of(data))

    def _of(self, data: list[tuple[str, str, float]]) -> list[dict[str, Any]]:
        dimension = {"Name": "EndpointName", "Value": self._endpoint.name}
        return [
            {
                "MetricName": name,
                "Unit": unit,
                "Value": value,
                "Timestamp": clock.now(),
                "Dimensions": [dimension],
            }
            for name, unit, value in data
        ]
