"""A release in batches: what it says to AWS, and what of it AWS would not bear."""

from typing import Any

import pytest
from pydantic import ValidationError

from config.refusal import sentences
from mlops_constructs.serving import RealTime, Rolling, release_problems
from mlops_constructs.serving.deployment import deployment_config
from tests.constructs_library.someones_app import new_stack


def hosting(fewest: int = 4, most: int = 8) -> RealTime:
    return RealTime(
        instance_type="ml.m5.large",
        min_instances=fewest,
        max_instances=most,
        invocations_per_instance=100,
    )


def refused(**given: Any) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        Rolling(**given)
    return sentences(refusal.value)


def problems(release: Rolling, hosted: RealTime) -> list[str]:
    return list(release_problems("churn", hosted, release))


def told(release: Rolling) -> dict[str, Any]:
    """The policy in CloudFormation's words."""
    config: dict[str, Any] = new_stack().resolve(deployment_config(release, alarm_names=["a"]))
    return config


def test_batches_are_told_with_their_wait_and_their_alarms_and_without_blue_and_green():
    assert told(Rolling(percent=25, wait_seconds=600, timeout_seconds=7200)) == {
        "autoRollbackConfiguration": {"alarms": [{"alarmName": "a"}]},
        "rollingUpdatePolicy": {
            "maximumBatchSize": {"type": "CAPACITY_PERCENT", "value": 25},
            "waitIntervalInSeconds": 600,
            "maximumExecutionTimeoutInSeconds": 7200,
        },
    }


def test_batches_may_be_told_in_instances_and_go_back_in_batches_of_their_own():
    policy = told(Rolling(instances=2, rollback_percent=50))["rollingUpdatePolicy"]
    assert policy["maximumBatchSize"] == {"type": "INSTANCE_COUNT", "value": 2}
    assert policy["rollbackMaximumBatchSize"] == {"type": "CAPACITY_PERCENT", "value": 50}


def test_it_is_told_in_one_line():
    assert str(Rolling(percent=25)) == "ROLLING 25 %, 5 min"
    assert str(Rolling(instances=1, wait_seconds=250)) == "ROLLING 1 instance, 250 s"


@pytest.mark.parametrize("percent", [4, 51])
def test_a_batch_outside_of_what_aws_moves_is_refused(percent: int):
    assert refused(percent=percent) == [
        f"Rolling.percent must be 5 to 50, got {percent}: AWS moves no other share of the "
        "instances in one step"
    ]


@pytest.mark.parametrize(
    ("given", "got"), [({}, "neither"), ({"percent": 25, "instances": 1}, "both")]
)
def test_a_batch_is_a_share_or_a_number(given: dict[str, Any], got: str):
    assert refused(**given) == [f"Rolling must have percent or instances, got {got}; leave one"]


@pytest.mark.parametrize("share", [4, 101])
def test_a_way_back_in_batches_that_are_none_is_refused(share: int):
    [said] = refused(percent=25, rollback_percent=share)
    assert said.startswith("Rolling.rollback_percent should be ")


def test_a_wait_in_which_no_alarm_could_ring_is_refused():
    said = refused(percent=25, wait_seconds=239)
    assert [sentence.split(" to ring")[0] for sentence in said] == [
        f"Rolling.wait_seconds must be at least 240 for rollback alarm '{kind}'"
        for kind in ("5xx", "latency")
    ]


def test_batches_without_an_alarm_to_watch_them_are_refused():
    [said] = refused(percent=25, alarms=None)
    assert said.startswith("Rolling.alarms should be a valid dictionary")


@pytest.mark.parametrize("release", [Rolling(percent=25), Rolling(instances=1)])
def test_one_instance_can_not_be_replaced_in_batches(release: Rolling):
    assert problems(release, hosting(fewest=1, most=2)) == [
        "endpoint 'churn' needs min_instances of at least 2 to be released by Rolling, got 1: the "
        "first step is at most half of the instances; set min_instances=2, or release=AllAtOnce()"
    ]


def test_a_batch_of_more_than_half_of_the_fewest_instances_is_refused():
    assert problems(Rolling(instances=2), hosting(fewest=3)) == [
        "Rolling.instances of endpoint 'churn' must be at most 1, half of min_instances (3), got "
        "2; set it to less, or min_instances to more"
    ]


def test_a_batch_of_less_than_a_twentieth_of_the_most_instances_is_refused():
    release = Rolling(instances=1, timeout_seconds=28800)
    assert problems(release, hosting(fewest=4, most=21)) == [
        "Rolling.instances of endpoint 'churn' must be at least 2, a twentieth of max_instances "
        "(21), got 1; set it to more, or max_instances to less"
    ]
    assert problems(release, hosting(fewest=4, most=20)) == []


@pytest.mark.parametrize(
    ("release", "waits"),
    [
        (Rolling(percent=25, timeout_seconds=1200), 1200),
        (Rolling(percent=30, timeout_seconds=1200), 1200),
        (Rolling(instances=2, timeout_seconds=1200), 1200),
    ],
)
def test_a_timeout_that_is_no_longer_than_the_waits_of_all_batches_is_refused(
    release: Rolling, waits: int
):
    assert problems(release, hosting(fewest=4, most=8)) == [
        f"Rolling.timeout_seconds of endpoint 'churn' must be more than all its waits together "
        f"({waits}), got 1200; set it to more, at most 28800, or wait less"
    ]
    longer = release.model_copy(update={"timeout_seconds": waits + 1})
    assert problems(longer, hosting(fewest=4, most=8)) == []
