"""Shares of traffic, metrics and deployment policies, without any process."""

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

import pytest

from local_aws.clock import clock
from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.request import Request
from local_aws.hosting.container import Container
from local_aws.hosting.deployment import policy_of
from local_aws.hosting.fleet import Fleet, Traffic, Variant
from local_aws.hosting.log_stream import LogStream
from local_aws.hosting.metrics import EndpointMetrics, Invocation


class Stopped:
    """Stands for a container and its log; remembers that it was stopped."""

    stopped = False

    def stop(self) -> None:
        self.stopped = True

    def deliver(self) -> None: ...

    def remove_files(self) -> None: ...


def fleet(**weights: float) -> Fleet:
    variants = [
        Variant(
            name=name,
            image="image",
            weight=weight,
            instance_count=1,
            container=cast(Container, Stopped()),
            log=cast(LogStream, Stopped()),
        )
        for name, weight in weights.items()
    ]
    return Fleet(config_name="config", variants=variants)


def test_variants_share_requests_by_weight_to_within_one() -> None:
    shared = fleet(One=3.0, Two=1.0, None_=0.0)
    chosen = [shared.choose().name for _ in range(400)]
    assert Counter(chosen) == {"One": 300, "Two": 100}
    assert all(chosen[start : start + 4].count("Two") == 1 for start in range(0, 400, 4))


def test_a_fleet_that_is_replaced_ends_after_its_last_request() -> None:
    traffic, blue, green = Traffic(), fleet(One=1.0), fleet(One=1.0)
    container = cast(Stopped, blue.variants[0].container)
    ending = threading.Thread(target=blue.stop)
    traffic.switch(blue)
    with traffic.lease() as leased:
        assert leased is blue
        assert traffic.switch(green) is blue
        ending.start()
        with traffic.lease() as later:
            assert later is green
        ending.join(0.05)
        assert ending.is_alive() and not container.stopped
    ending.join(10)
    assert container.stopped


def invocation(**changes: Any) -> Invocation:
    members = {
        "config_name": "config-1",
        "variant": "AllTraffic",
        "instance_count": 4,
        "status": 200,
        "model_latency": 0.25,
        "overhead_latency": 0.001,
        **changes,
    }
    return Invocation(**members)


def published(*invocations: Invocation) -> dict[tuple[str, ...], dict[str, Any]]:
    put: dict[tuple[str, ...], dict[str, Any]] = {}

    def put_metric_data(namespace: str, data: list[dict[str, Any]]) -> None:
        assert namespace == "AWS/SageMaker"
        for datum in data:
            dimensions = tuple(dimension["Value"] for dimension in datum["Dimensions"])
            put[datum["MetricName"], *dimensions] = datum

    metrics = EndpointMetrics(endpoint_name="flights", put=put_metric_data)
    for each in invocations:
        metrics.record(each)
    metrics.publish()
    return put


def test_each_metric_is_put_with_and_without_the_config_in_its_dimensions() -> None:
    data = published(invocation())
    names = {
        "Invocations",
        "InvocationsPerInstance",
        "Invocation4XXErrors",
        "Invocation5XXErrors",
        "ModelLatency",
        "OverheadLatency",
    }
    with_config = {key[0] for key in data if key[1:] == ("flights", "AllTraffic", "config-1")}
    without = {key[0] for key in data if key[1:] == ("flights", "AllTraffic")}
    assert with_config == without == names


def test_latencies_are_microseconds_and_stamped_now() -> None:
    datum = published(invocation())["ModelLatency", "flights", "AllTraffic"]
    assert (datum["Unit"], datum["Values"]) == ("Microseconds", [250_000])
    assert abs(datum["Timestamp"] - clock.now()) < 5


def test_each_request_counts_one_share_of_the_instances() -> None:
    data = published(invocation(), invocation())
    datum = data["InvocationsPerInstance", "flights", "AllTraffic"]
    assert (datum["Values"], datum["Counts"]) == ([0.25], [2])


@pytest.mark.parametrize(("status", "client", "server"), [(200, 0, 0), (422, 1, 0), (500, 0, 1)])
def test_an_error_counts_by_its_side_and_success_counts_zero(
    status: int, client: int, server: int
) -> None:
    data = published(invocation(status=status))
    assert data["Invocation4XXErrors", "flights", "AllTraffic"]["Values"] == [client]
    assert data["Invocation5XXErrors", "flights", "AllTraffic"]["Values"] == [server]


class Rollout:
    """Writes down what a policy does to the fleets."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def stage(self, status: str, message: str) -> None:
        self.done.append(status)

    def activate(self) -> None:
        self.done.append("shift")

    def retire(self) -> None:
        self.done.append("end blue")


def deployment(routing: Mapping[str, Any], **members: Any) -> Request:
    policy = {"TrafficRoutingConfiguration": routing, **members}
    return Request({"BlueGreenUpdatePolicy": policy})


ALL_AT_ONCE = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}


def test_without_a_deployment_config_traffic_shifts_all_at_once() -> None:
    rollout = Rollout()
    policy_of(None)(rollout)
    assert rollout.done == ["ActivatingTraffic", "shift", "end blue"]


def test_blue_stays_for_the_termination_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    rollout = Rollout()
    monkeypatch.setattr(clock, "sleep", lambda seconds: rollout.done.append(f"wait {seconds}"))
    policy_of(deployment(ALL_AT_ONCE, TerminationWaitInSeconds=120))(rollout)
    assert rollout.done == ["ActivatingTraffic", "shift", "Baking", "wait 120", "end blue"]


def test_a_canary_is_not_taken_for_all_at_once() -> None:
    with pytest.raises(NotImplementedHere, match="Type CANARY is not implemented"):
        policy_of(deployment({"Type": "CANARY", "WaitIntervalInSeconds": 0}))


def test_a_time_limit_below_the_waits_is_refused() -> None:
    late = deployment(
        ALL_AT_ONCE, TerminationWaitInSeconds=600, MaximumExecutionTimeoutInSeconds=600
    )
    with pytest.raises(ValidationException, match=r"\(600\), got 600"):
        policy_of(late)
