"""Release policies: what they say to AWS, and what of them AWS would not bear."""

from typing import Any

import pytest
from pydantic import ValidationError

from config.refusal import sentences
from mlops_constructs.serving import (
    AllAtOnce,
    Canary,
    EndpointMetric,
    Linear,
    RealTime,
    ReleasePolicy,
    RollbackAlarm,
    RollbackAlarms,
    release_problems,
)
from mlops_constructs.serving.deployment import deployment_config
from tests.constructs_library.someones_app import new_stack

UNGUARDED = AllAtOnce(alarms=None, termination_wait_seconds=0)
CLIENT_ERRORS = RollbackAlarm(kind="client-errors", metric=EndpointMetric.CLIENT_ERRORS, above=50)


def hosting(fewest: int = 4, most: int = 8, instance_type: str = "ml.m5.large") -> RealTime:
    return RealTime(
        instance_type=instance_type,
        min_instances=fewest,
        max_instances=most,
        invocations_per_instance=100,
    )


def refused(wanted: type[Any], /, **given: Any) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        wanted(**given)
    return sentences(refusal.value)


def problems(release: ReleasePolicy, hosted: RealTime) -> list[str]:
    return list(release_problems("churn", hosted, release))


def told(release: ReleasePolicy) -> dict[str, Any]:
    """The policy in CloudFormation's words."""
    config: dict[str, Any] = new_stack().resolve(deployment_config(release, alarm_names=["a"]))
    return config


def test_all_at_once_waits_with_the_old_fleet_still_there():
    assert told(AllAtOnce(termination_wait_seconds=600)) == {
        "autoRollbackConfiguration": {"alarms": [{"alarmName": "a"}]},
        "blueGreenUpdatePolicy": {
            "trafficRoutingConfiguration": {"type": "ALL_AT_ONCE", "waitIntervalInSeconds": 0},
            "terminationWaitInSeconds": 600,
            "maximumExecutionTimeoutInSeconds": 3600,
        },
    }


def test_a_canary_is_a_share_that_bakes_before_the_rest_follows():
    update = told(Canary(percent=25, bake_seconds=900, timeout_seconds=7200))
    assert update["blueGreenUpdatePolicy"] == {
        "trafficRoutingConfiguration": {
            "type": "CANARY",
            "waitIntervalInSeconds": 900,
            "canarySize": {"type": "CAPACITY_PERCENT", "value": 25},
        },
        "terminationWaitInSeconds": 300,
        "maximumExecutionTimeoutInSeconds": 7200,
    }


def test_steps_may_be_told_in_instances():
    update = told(Linear(instances=2))["blueGreenUpdatePolicy"]
    assert update["trafficRoutingConfiguration"] == {
        "type": "LINEAR",
        "waitIntervalInSeconds": 300,
        "linearStepSize": {"type": "INSTANCE_COUNT", "value": 2},
    }


@pytest.mark.parametrize(
    ("release", "line"),
    [
        (AllAtOnce(), "ALL_AT_ONCE, 5 min"),
        (Canary(percent=25), "CANARY 25 %, 10 min"),
        (Canary(instances=1, bake_seconds=250), "CANARY 1 instance, 250 s"),
        (Linear(instances=2), "LINEAR 2 instances, 5 min"),
    ],
)
def test_a_policy_is_told_in_one_line(release: ReleasePolicy, line: str):
    assert str(release) == line


@pytest.mark.parametrize("release", [Canary(percent=50), Canary(instances=2), Linear(instances=2)])
def test_half_of_the_fewest_instances_may_begin(release: ReleasePolicy):
    assert problems(release, hosting(fewest=4)) == []


@pytest.mark.parametrize("percent", [51, 0])
def test_a_canary_of_more_than_half_or_of_nothing_is_refused(percent: int):
    assert refused(Canary, percent=percent) == [
        f"Canary.percent must be 1 to 50, got {percent}: AWS moves no other share of the instances "
        "in one step"
    ]


@pytest.mark.parametrize("percent", [9, 51])
def test_linear_steps_that_are_too_small_or_too_large_are_refused(percent: int):
    assert refused(Linear, percent=percent) == [
        f"Linear.percent must be 10 to 50, got {percent}: AWS moves no other share of the "
        "instances in one step"
    ]


@pytest.mark.parametrize(
    ("given", "got"), [({}, "neither"), ({"percent": 25, "instances": 1}, "both")]
)
def test_a_step_has_one_size(given: dict[str, int], got: str):
    assert refused(Canary, **given) == [
        f"Canary must have percent or instances, got {got}; leave one"
    ]


@pytest.mark.parametrize(
    ("kind", "given", "setting", "got"),
    [
        (AllAtOnce, {"termination_wait_seconds": 239}, "termination_wait_seconds", 239),
        (Canary, {"percent": 25, "bake_seconds": 239}, "bake_seconds", 239),
        (Linear, {"percent": 25, "bake_seconds": 0}, "bake_seconds", 0),
    ],
)
def test_a_bake_in_which_no_alarm_can_ring_is_refused_for_each_alarm(
    kind: type[Any], given: dict[str, int], setting: str, got: int
):
    # two minutes that must be bad, and two until they are measured
    assert refused(kind, **given) == [
        f"{kind.__name__}.{setting} must be at least 240 for rollback alarm {alarm!r} to ring in "
        f"time, got {got}; wait longer, or let it look at less than 2 periods of 60 seconds"
        for alarm in ("5xx", "latency")
    ]


def test_a_slow_alarm_of_the_user_needs_a_longer_bake():
    slow = CLIENT_ERRORS.model_copy(update={"period_seconds": 300})
    alarms = RollbackAlarms(others=(slow,))
    assert alarms.ring_after_seconds == 720
    assert Canary(percent=25, bake_seconds=720, alarms=alarms).bake_seconds == 720
    assert refused(Canary, percent=25, bake_seconds=719, alarms=alarms) == [
        "Canary.bake_seconds must be at least 720 for rollback alarm 'client-errors' to ring in "
        "time, got 719; wait longer, or let it look at less than 2 periods of 300 seconds"
    ]


@pytest.mark.parametrize("kind", [Canary, Linear])
def test_steps_without_an_alarm_to_watch_them_are_refused(kind: type[Any]):
    [said] = refused(kind, percent=25, alarms=None)
    assert said == (
        f"{kind.__name__}.alarms should be a valid dictionary or instance of RollbackAlarms, "
        "got None"
    )


@pytest.mark.parametrize(
    ("setting", "got", "bound"),
    [
        ("bake_seconds", 3601, "less than or equal to 3600"),
        ("termination_wait_seconds", 3601, "less than or equal to 3600"),
        ("timeout_seconds", 599, "greater than or equal to 600"),
        ("timeout_seconds", 28801, "less than or equal to 28800"),
    ],
)
def test_waits_outside_of_the_bounds_of_aws_are_refused(setting: str, got: int, bound: str):
    assert refused(Canary, percent=25, **{setting: got}) == [
        f"Canary.{setting} should be {bound}, got {got}"
    ]


@pytest.mark.parametrize(
    ("release", "waits"),
    [
        (AllAtOnce(termination_wait_seconds=600, timeout_seconds=600), 600),
        (Canary(percent=25, timeout_seconds=900), 900),
        (Linear(percent=25, timeout_seconds=1500), 1500),
        (Linear(percent=30, timeout_seconds=1500), 1500),
        (Linear(instances=2, timeout_seconds=1500), 1500),
        (Linear(percent=10, bake_seconds=400), 4300),
    ],
)
def test_a_timeout_that_is_no_longer_than_all_waits_is_refused(release: Any, waits: int):
    assert problems(release, hosting(fewest=4, most=8)) == [
        f"{type(release).__name__}.timeout_seconds of endpoint 'churn' must be more than all its "
        f"waits together ({waits}), got {release.timeout_seconds}; set it to more, at most 28800, "
        "or wait less"
    ]


def test_a_timeout_of_a_second_more_than_all_waits_is_taken():
    assert problems(Linear(percent=25, timeout_seconds=1501), hosting()) == []


@pytest.mark.parametrize(
    "release", [Canary(percent=25), Canary(instances=1), Linear(percent=50), Linear(instances=1)]
)
def test_one_instance_has_no_half_to_begin_with(release: ReleasePolicy):
    assert problems(release, hosting(fewest=1, most=2)) == [
        "endpoint 'churn' needs min_instances of at least 2 to be released by "
        f"{type(release).__name__}, got 1: the first step is at most half of the instances; set "
        "min_instances=2, or release=AllAtOnce()"
    ]
    assert problems(AllAtOnce(), hosting(fewest=1, most=2)) == []


@pytest.mark.parametrize("kind", [Canary, Linear])
def test_a_step_of_more_than_half_of_the_fewest_instances_is_refused(kind: type[Any]):
    assert problems(kind(instances=2), hosting(fewest=3)) == [
        f"{kind.__name__}.instances of endpoint 'churn' must be at most 1, half of min_instances "
        "(3), got 2; set it to less, or min_instances to more"
    ]


def test_a_step_of_less_than_a_tenth_of_the_most_instances_is_refused():
    release = Linear(instances=1, timeout_seconds=28800)
    assert problems(release, hosting(fewest=4, most=11)) == [
        "Linear.instances of endpoint 'churn' must be at least 2, a tenth of max_instances (11), "
        "got 1; set it to more, or max_instances to less"
    ]
    assert problems(release, hosting(fewest=4, most=10)) == []


@pytest.mark.parametrize("release", [AllAtOnce(), Canary(percent=25), Linear(percent=25)])
def test_an_instance_type_on_which_aws_drops_the_guard_is_refused(release: ReleasePolicy):
    assert problems(release, hosting(instance_type="ml.inf1.xlarge")) == [
        f"endpoint 'churn' can't be released by {type(release).__name__} with alarms or waits on "
        "instance_type 'ml.inf1.xlarge': AWS would silently shift all at once and watch nothing; "
        "take another type, such as 'ml.inf2.xlarge', or "
        "release=AllAtOnce(alarms=None, termination_wait_seconds=0) "
        "(https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html)"
    ]


def test_what_aws_does_there_may_be_asked_for_openly():
    assert problems(UNGUARDED, hosting(instance_type="ml.inf1.xlarge")) == []
    assert problems(Canary(percent=25), hosting(instance_type="ml.inf2.xlarge")) == []


def test_everything_that_does_not_fit_is_said_at_once():
    release = Linear(instances=1, timeout_seconds=600)
    said = problems(release, hosting(fewest=1, most=20, instance_type="ml.inf1.xlarge"))
    assert [what.split(" ")[0] for what in said] == [
        "endpoint",
        "endpoint",
        "Linear.instances",
        "Linear.timeout_seconds",
    ]
    assert len(refused(Canary, bake_seconds=1)) == 3


def test_failures_and_slowness_ring_unless_taken_away():
    assert [alarm.kind for alarm in RollbackAlarms().all] == ["5xx", "latency"]
    assert [alarm.kind for alarm in RollbackAlarms(error_percent=None).all] == ["latency"]
    own = RollbackAlarms(latency_ms=None, others=(CLIENT_ERRORS,))
    assert [alarm.kind for alarm in own.all] == ["5xx", "client-errors"]


def test_thresholds_are_told_in_the_units_of_the_metrics():
    errors, latency = RollbackAlarms(error_percent=2, latency_ms=80, evaluation_periods=3).all
    assert (errors.metric.metric_name, errors.above) == ("Invocation5XXErrors", 0.02)
    assert (latency.metric.metric_name, latency.above) == ("ModelLatency", 80_000)
    assert errors.evaluation_periods == latency.evaluation_periods == 3


def test_ten_alarms_are_enough():
    def more(count: int) -> tuple[RollbackAlarm, ...]:
        return tuple(
            CLIENT_ERRORS.model_copy(update={"kind": f"k{number}"}) for number in range(count)
        )

    assert len(RollbackAlarms(others=more(8)).all) == 10
    assert refused(RollbackAlarms, others=more(9)) == [
        "a release can have 10 rollback alarms, got 11 (5xx, latency, k0, k1, k2, k3, k4, k5, k6, "
        "k7, k8); take some out of others="
    ]


def test_alarms_of_one_kind_would_have_one_name():
    latency = CLIENT_ERRORS.model_copy(update={"kind": "latency"})
    assert refused(RollbackAlarms, others=(latency,)) == [
        "two rollback alarms are of kind 'latency'; kinds must differ, because they name the "
        "alarms ('5xx' and 'latency' are taken by error_percent and latency_ms)"
    ]


def test_no_alarm_at_all_has_to_be_said():
    assert refused(RollbackAlarms, error_percent=None, latency_ms=None) == [
        "rollback alarms must be at least one, got none; set error_percent, latency_ms or others, "
        "or release with AllAtOnce(alarms=None)"
    ]


@pytest.mark.parametrize("kind", ["k" * 128, "Client errors", "-x", ""])
def test_a_kind_that_would_not_fit_into_the_alarms_name_is_refused(kind: str):
    assert refused(RollbackAlarm, kind=kind, metric=EndpointMetric.CLIENT_ERRORS, above=1) == [
        "the kind of a rollback alarm must be 1 to 127 small letters, digits and inner hyphens, "
        f"got {kind!r} ({len(kind)} characters): it stands in the alarm's name, 255 characters at "
        "most, between the endpoint's name and the config's"
    ]


def test_the_longest_names_of_all_make_an_alarm_name_that_aws_takes():
    alarm = RollbackAlarm(kind="k" * 127, metric=EndpointMetric.CLIENT_ERRORS, above=1)
    assert len(alarm.name(endpoint_name="e" * 63, config_name="c" * 63)) == 255


@pytest.mark.parametrize(
    ("setting", "got"),
    [
        ("period_seconds", 30),
        ("period_seconds", 90),
        ("evaluation_periods", 0),
        ("above", -1),
        ("statistic", "mean"),
        ("threshold", 1),
    ],
)
def test_an_alarm_that_cloudwatch_would_refuse_is_refused(setting: str, got: Any):
    given = {"kind": "k", "metric": EndpointMetric.CLIENT_ERRORS, "above": 1}
    [said] = refused(RollbackAlarm, **(given | {setting: got}))
    assert said.startswith(f"RollbackAlarm.{setting} ")
    assert said.endswith(f"got {got!r}")


def test_what_was_decided_stays():
    with pytest.raises(ValidationError, match="frozen"):
        Canary(percent=25).percent = 50  # type: ignore[misc]
