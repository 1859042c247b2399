"""Shares of traffic and metrics, without any process."""

import threading
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

from local_aws.clock import clock
from local_aws.hosting.metrics import EndpointMetrics, Invocation
from local_aws.hosting.traffic import Traffic
from tests.local_aws.fleets import fleet, is_stopped


def test_variants_share_requests_by_weight_to_within_one() -> None:
    shared = fleet(One=3.0, Two=1.0, None_=0.0)
    chosen = [shared.choose().name for _ in range(400)]
    assert Counter(chosen) == {"One": 300, "Two": 100}
    assert all(chosen[start : start + 4].count("Two") == 1 for start in range(0, 400, 4))


def test_a_fleet_that_is_replaced_ends_after_its_last_request() -> None:
    traffic, blue, green = Traffic(), fleet(One=1.0), fleet(One=1.0)
    ending = threading.Thread(target=blue.stop)
    traffic.switch(blue)
    with traffic.lease() as leased:
        assert leased is blue
        assert traffic.switch(green) is blue
        ending.start()
        with traffic.lease() as later:
            assert later is green
        ending.join(0.05)
        assert ending.is_alive() and not is_stopped(blue)
    ending.join(10)
    assert is_stopped(blue)


def leased(traffic: Traffic) -> str:
    with traffic.lease() as chosen:
        return chosen.config_name if chosen else "none"


def shifting(share: Fraction) -> Traffic:
    traffic = Traffic()
    traffic.switch(fleet(config="blue", One=1.0))
    traffic.shift(fleet(config="green", One=1.0), share)
    return traffic


@pytest.mark.parametrize("percent", [1, 10, 25, 33, 50, 90, 100])
def test_of_any_requests_in_a_row_the_new_fleet_gets_its_share_to_within_one(percent: int) -> None:
    share = Fraction(percent, 100)
    traffic = shifting(share)
    answered = [leased(traffic) == "green" for _ in range(500)]
    for length in (1, 2, 3, 7, 50, 99, 400):
        for start in range(len(answered) - length):
            assert abs(sum(answered[start : start + length]) - share * length) <= 1


def test_many_threads_share_a_canary_exactly_and_none_of_their_requests_is_lost() -> None:
    traffic = shifting(Fraction(1, 4))
    answers: list[list[str]] = [[] for _ in range(8)]

    def ask(own: list[str]) -> None:
        own.extend(leased(traffic) for _ in range(1000))

    threads = [threading.Thread(target=ask, args=(own,)) for own in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(word for own in answers for word in own) == {"blue": 6000, "green": 2000}


def test_a_shift_that_is_turned_back_sends_no_request_to_the_new_fleet_any_more() -> None:
    traffic = shifting(Fraction(1))
    assert leased(traffic) == "green"
    assert traffic.fleet and traffic.fleet.config_name == "blue"
    traffic.turn_back()
    assert {leased(traffic) for _ in range(50)} == {"blue"}


def test_the_next_shift_begins_with_nothing_owed_from_the_one_before() -> None:
    traffic = shifting(Fraction(1, 2))
    leased(traffic)
    traffic.turn_back()
    traffic.shift(fleet(config="green", One=1.0), Fraction(1, 2))
    assert [leased(traffic) for _ in range(4)] == ["blue", "green", "blue", "green"]


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
        "ConcurrentRequestsPerModel",
        "Invocation4XXErrors",
        "Invocation5XXErrors",
        "ModelLatency",
        "OverheadLatency",
    }
    with_config = {key[0] for key in data if key[1:] == ("flights", "AllTraffic", "config-1")}
    without = {key[0] for key in data if key[1:] == ("flights", "AllTraffic")}
    assert with_config == without == names


def test_concurrent_requests_are_counted_by_instance_at_high_resolution() -> None:
    data = published(invocation(concurrent=6))
    datum = data["ConcurrentRequestsPerModel", "flights", "AllTraffic"]
    assert (datum["Values"], datum["StorageResolution"]) == ([1.5], 1)
    assert data["Invocations", "flights", "AllTraffic"]["StorageResolution"] == 60


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
