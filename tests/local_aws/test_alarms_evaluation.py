"""What alarms watch and when they are evaluated, on a clock that the test moves."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.core.errors import ApiError
from tests.local_aws.alarm_lab import DAY, HOUR, MINUTE, Lab, lab, seconds


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    with lab(monkeypatch) as made:
        yield made


DIMENSIONS = [{"Name": "Endpoint", "Value": "a"}, {"Name": "Variant", "Value": "b"}]


def test_an_alarm_rings_at_the_next_whole_minute(here: Lab) -> None:
    here.alarm()
    here.put(9)
    here.until("2026-01-05 09:00:59")
    assert here.state() == "INSUFFICIENT_DATA"
    here.until("2026-01-05 09:01:00")
    assert here.state() == "ALARM"


@pytest.mark.parametrize(
    "dimensions",
    [
        [],
        DIMENSIONS[:1],
        [*DIMENSIONS, {"Name": "Config", "Value": "c"}],
        [DIMENSIONS[0], {"Name": "Variant", "Value": "other"}],
    ],
    ids=["none", "fewer", "more", "another value"],
)
def test_points_with_other_dimensions_never_ring(here: Lab, dimensions: list[Any]) -> None:
    here.alarm(Dimensions=DIMENSIONS)
    here.pass_time(MINUTE)
    here.put(9, Dimensions=dimensions)
    here.pass_time(DAY)
    assert (here.state(), here.evaluations()) == ("INSUFFICIENT_DATA", 1)


def test_the_order_of_dimensions_does_not_matter(here: Lab) -> None:
    here.alarm(Dimensions=DIMENSIONS)
    here.put(9, Dimensions=list(reversed(DIMENSIONS)))
    here.pass_time(MINUTE)
    assert here.state() == "ALARM"


def test_an_alarm_without_dimensions_watches_the_metric_without_any(here: Lab) -> None:
    here.alarm()
    here.put(9, Dimensions=DIMENSIONS)
    here.pass_time(MINUTE)
    assert here.state() == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(("namespace", "name"), [("Other", "m"), ("Lab", "other")])
def test_another_metric_never_rings(here: Lab, namespace: str, name: str) -> None:
    here.alarm()
    here.put(9, name, Namespace=namespace)
    here.pass_time(DAY)
    assert here.state() == "INSUFFICIENT_DATA"


def test_only_points_of_the_unit_count(here: Lab) -> None:
    here.alarm(Unit="Seconds")
    here.put(9, Unit="Milliseconds")
    here.pass_time(MINUTE)
    assert here.state() == "INSUFFICIENT_DATA"
    here.put(9, Unit="Seconds")
    here.pass_time(MINUTE)
    assert here.state() == "ALARM"


@pytest.mark.parametrize(
    ("statistic", "state"),
    [
        ({"Statistic": "Sum"}, "ALARM"),
        ({"Statistic": "Maximum"}, "OK"),
        ({"Statistic": "Average"}, "OK"),
        ({"Statistic": "SampleCount"}, "OK"),
    ],
)
def test_the_statistic_of_the_period_is_compared(here: Lab, statistic: Any, state: str) -> None:
    here.alarm(Threshold=5.0, **statistic)
    for value in (1, 2, 3):
        here.put(value)
    here.pass_time(MINUTE)
    assert here.state() == state


def test_a_percentile_is_that_of_the_values(here: Lab) -> None:
    here.alarm("p50", Statistic=None, ExtendedStatistic="p50", Threshold=50.0)
    here.alarm("p90", Statistic=None, ExtendedStatistic="p90", Threshold=50.0)
    here.put(10, Value=None, Values=[10.0, 100.0], Counts=[6.0, 4.0])
    here.pass_time(MINUTE)
    assert (here.state("p50"), here.state("p90")) == ("OK", "ALARM")


def test_a_percentile_of_few_samples_changes_nothing_if_the_alarm_waits_for_more(here: Lab) -> None:
    percentile = {"Statistic": None, "ExtendedStatistic": "p90"}
    here.alarm(**percentile, EvaluateLowSampleCountPercentile="ignore")
    here.put(9, Value=None, Values=[9.0], Counts=[99.0])
    here.pass_time(MINUTE)
    assert here.state() == "INSUFFICIENT_DATA"
    here.put(9, Value=None, Values=[9.0], Counts=[101.0])
    here.pass_time(MINUTE)
    assert here.state() == "ALARM"


def test_two_of_three_wait_for_the_second(here: Lab) -> None:
    here.alarm(EvaluationPeriods=3, DatapointsToAlarm=2)
    states = []
    for value in (0, 9, 0, 9, 9, 0, 0):
        here.put(value)
        here.pass_time(MINUTE)
        states.append(here.state())
    assert states == ["OK", "OK", "OK", "ALARM", "ALARM", "ALARM", "OK"]


def test_a_longer_period_slides_minute_by_minute(here: Lab) -> None:
    here.alarm(Period=300, Threshold=15.0)
    here.put(9)
    here.pass_time(MINUTE)
    assert here.state() == "OK"
    here.pass_time(3 * MINUTE)
    here.put(9)
    here.until("2026-01-05 09:05:00")
    assert here.state() == "ALARM"
    here.until("2026-01-05 09:06:00")
    assert here.state() == "OK"


@pytest.mark.parametrize(
    ("missing", "state"),
    [
        ("missing", "INSUFFICIENT_DATA"),
        ("ignore", "ALARM"),
        ("breaching", "ALARM"),
        ("notBreaching", "OK"),
    ],
)
def test_data_that_stops_is_treated_as_the_alarm_says(here: Lab, missing: str, state: str) -> None:
    here.alarm(TreatMissingData=missing)
    here.put(9)
    here.pass_time(MINUTE)
    assert here.state() == "ALARM"
    here.pass_time(HOUR)
    assert here.state() == state


def test_alarms_on_dynamodb_always_ignore_missing_data(here: Lab) -> None:
    here.alarm(Namespace="AWS/DynamoDB", TreatMissingData="breaching")
    here.pass_time(HOUR)
    assert here.state() == "INSUFFICIENT_DATA"


def test_a_high_resolution_alarm_is_evaluated_every_ten_seconds(here: Lab) -> None:
    here.alarm(Period=10)
    here.put(9, StorageResolution=1)
    here.pass_time(10)
    assert here.state() == "ALARM"


def test_points_of_standard_resolution_belong_to_their_minute(here: Lab) -> None:
    here.alarm(Period=10)
    here.until("2026-01-05 09:01:45")
    here.put(9, StorageResolution=60)
    here.pass_time(10)
    assert here.state() == "INSUFFICIENT_DATA"


def test_a_metric_math_alarm_needs_all_that_its_ratio_needs(here: Lab) -> None:
    def metric(name: str) -> dict[str, Any]:
        stat = {"Metric": {"Namespace": "Lab", "MetricName": name}, "Period": 60, "Stat": "Sum"}
        return {"Id": name, "MetricStat": stat, "ReturnData": False}

    here.alarm(
        Metrics=[
            {"Id": "share", "Expression": "100 * rate", "ReturnData": True},
            {"Id": "rate", "Expression": "errors / requests", "ReturnData": False},
            metric("errors"),
            metric("requests"),
        ],
        Threshold=5.0,
    )
    here.put(3, "errors")
    here.pass_time(MINUTE)
    assert here.state() == "INSUFFICIENT_DATA"
    here.put(100, "requests")
    here.put(4, "errors")
    here.pass_time(MINUTE)
    assert here.state() == "OK"
    here.put(100, "requests")
    here.put(6, "errors")
    here.pass_time(MINUTE)
    assert here.state() == "ALARM"


def test_a_changed_alarm_keeps_its_state_and_is_evaluated_anew(here: Lab) -> None:
    here.alarm()
    here.put(9)
    here.pass_time(MINUTE)
    before = here.described()
    here.alarm(Threshold=100.0)
    after = here.described()
    for kept in (
        "StateValue",
        "StateReason",
        "StateUpdatedTimestamp",
        "StateTransitionedTimestamp",
    ):
        assert after[kept] == before[kept]
    assert after["Threshold"] == 100.0
    here.pass_time(MINUTE)
    assert here.state() == "OK"


def test_a_state_set_by_hand_lasts_until_the_next_evaluation(here: Lab) -> None:
    here.alarm()
    here.put(0)
    here.pass_time(MINUTE)
    here.force("a", "ALARM")
    assert here.state() == "ALARM"
    here.pass_time(MINUTE)
    assert here.state() == "OK"


def test_a_multi_day_alarm_looks_at_whole_hours_only(here: Lab) -> None:
    """The example of a job that fails at 10:02 in alarm-evaluation.html."""
    here.alarm(Period=3 * DAY, EvaluationPeriods=1)
    here.until("2026-01-05 10:02:00")
    here.put(9)
    here.until("2026-01-05 10:59:00")
    assert here.state() == "INSUFFICIENT_DATA"
    here.until("2026-01-05 11:00:00")
    assert here.state() == "ALARM"


def silence(here: Lab) -> None:
    here.alarm(
        Period=HOUR,
        EvaluationPeriods=50,
        Threshold=1.0,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )


def test_silence_rings_when_the_evaluation_range_has_run_empty(here: Lab) -> None:
    silence(here)
    here.put(1)
    here.pass_time(HOUR)
    assert here.state() == "OK"
    here.until("2026-01-07 13:59:59")
    assert here.state() == "OK"
    here.until("2026-01-07 14:00:00")
    assert here.state() == "ALARM"
    assert here.described()["StateReason"] == (
        "Threshold Crossed: no datapoints were received for 50 periods and 50 missing datapoints"
        " were treated as [Breaching]."
    )


def test_a_week_of_an_idle_alarm_costs_one_evaluation(here: Lab) -> None:
    here.alarm()
    here.pass_time(7 * DAY)
    assert (here.evaluations(), here.fired) == (1, 1)


def test_a_week_of_daily_heartbeats_costs_less_than_an_evaluation_an_hour(here: Lab) -> None:
    silence(here)
    for _ in range(7):
        here.put(1)
        here.pass_time(DAY)
    assert here.state() == "OK"
    assert here.evaluations() <= 7 * 24
    assert (here.evaluations(), here.fired) == (7, 7)


def test_an_alarm_that_will_stay_as_it_is_has_no_timer(here: Lab) -> None:
    here.alarm(TreatMissingData="ignore")
    here.put(9)
    here.pass_time(MINUTE)
    fired = here.fired
    here.pass_time(7 * DAY)
    assert (here.state(), here.fired) == ("ALARM", fired)


def test_looking_ahead_finds_what_evaluating_each_minute_would_find(here: Lab) -> None:
    """Two alarms on the same data, one of which is woken every minute."""
    settings = {"Period": 120, "EvaluationPeriods": 3, "DatapointsToAlarm": 2}
    here.alarm("lazy", **settings)
    here.alarm("busy", **settings)
    seen: list[tuple[str, str]] = []
    for minute in range(60):
        if minute in (3, 4, 5, 9, 17, 18, 30):
            here.put(9 if minute % 2 else 0)
        here.force("busy", here.state("busy"))
        here.pass_time(MINUTE)
        seen.append((here.state("lazy"), here.state("busy")))
    assert {lazy for lazy, _ in seen} == {"OK", "ALARM", "INSUFFICIENT_DATA"}
    assert [lazy for lazy, _ in seen] == [busy for _, busy in seen]
    assert here.evaluations("lazy") < here.evaluations("busy") / 2


def test_a_deleted_alarm_is_never_evaluated(here: Lab) -> None:
    here.alarm()
    here.put(9)
    here.call("DeleteAlarms", AlarmNames=["a"])
    here.pass_time(DAY)
    assert here.fired == 0


def test_an_alarm_of_an_old_name_starts_anew(here: Lab) -> None:
    here.alarm()
    here.put(9)
    here.pass_time(MINUTE)
    here.call("DeleteAlarms", AlarmNames=["a"])
    here.alarm()
    assert here.state() == "INSUFFICIENT_DATA"


def test_points_from_before_an_alarm_count(here: Lab) -> None:
    here.put(9)
    here.pass_time(MINUTE)
    here.alarm()
    here.pass_time(MINUTE)
    assert here.state() == "ALARM"


def test_a_point_of_the_future_counts_when_its_time_has_come(here: Lab) -> None:
    here.alarm()
    here.put(9, Timestamp=seconds("2026-01-05 10:00:30"))
    here.until("2026-01-05 10:00:59")
    assert here.state() == "INSUFFICIENT_DATA"
    here.pass_time(1)
    assert here.state() == "ALARM"


@pytest.mark.parametrize("moment", ["2025-12-01 00:00:00", "2026-01-05 12:00:00"])
def test_points_too_old_or_too_far_ahead_are_refused(here: Lab, moment: str) -> None:
    with pytest.raises(ApiError, match="past two weeks or at most two hours"):
        here.put(9, Timestamp=seconds(moment))
