"""DeploymentConfig: the steps of each type of shift, and what is refused.

The rules are botocore's words on CapacitySize, CanarySize, LinearStepSize and the waits, and
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from botocore.session import Session

from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.request import Request
from local_aws.hosting.deployment import Deployment, deployment_of
from local_aws.hosting.steps import Step
from tests.local_aws.fleets import variant_config

WAIT, FINAL = "WaitIntervalInSeconds", "TerminationWaitInSeconds"
ALL_AT_ONCE = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}


def percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def instances(value: int) -> dict[str, Any]:
    return {"Type": "INSTANCE_COUNT", "Value": value}


def canary(size: Mapping[str, Any], wait: int = 60) -> dict[str, Any]:
    return {"Type": "CANARY", "CanarySize": size, "WaitIntervalInSeconds": wait}


def linear(size: Mapping[str, Any], wait: int = 60) -> dict[str, Any]:
    return {"Type": "LINEAR", "LinearStepSize": size, "WaitIntervalInSeconds": wait}


def deployment(
    routing: Mapping[str, Any], count: int = 4, instance_type: str = "ml.m5.large", **members: Any
) -> Deployment:
    policy = {"TrafficRoutingConfiguration": routing, **members}
    variants = [variant_config(count=count, instance_type=instance_type)]
    rollback = {"Alarms": [{"AlarmName": "errors"}]}
    given = {"BlueGreenUpdatePolicy": policy, "AutoRollbackConfiguration": rollback}
    return deployment_of(Request(given), variants)


def steps(found: Deployment) -> list[tuple[Fraction, int, str]]:
    return [(step.share, step.bake_seconds, step.bake_member) for step in found.steps]


def shares(found: Deployment) -> list[float]:
    return [float(step.share) for step in found.steps]


def test_without_a_deployment_config_traffic_shifts_all_at_once_without_a_bake() -> None:
    assert steps(deployment_of(None, [variant_config()])) == [(Fraction(1), 0, FINAL)]


def test_all_at_once_bakes_for_the_termination_wait() -> None:
    found = deployment(ALL_AT_ONCE, TerminationWaitInSeconds=120)
    assert steps(found) == [(Fraction(1), 120, FINAL)]


def test_a_canary_bakes_for_its_interval_and_the_whole_fleet_for_the_termination_wait() -> None:
    found = deployment(canary(percent(25), wait=600), TerminationWaitInSeconds=120)
    assert steps(found) == [(Fraction(1, 4), 600, WAIT), (Fraction(1), 120, FINAL)]
    assert [step.capacity for step in found.steps] == ["canary", "full"]


def test_a_canary_of_instances_is_their_share_of_the_fleet() -> None:
    assert shares(deployment(canary(instances(1)), count=4)) == [0.25, 1]
    assert shares(deployment(canary(instances(1)), count=2)) == [0.5, 1]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (percent(50), [0.5, 1]),
        (percent(30), [0.3, 0.6, 0.9, 1]),
        (percent(10), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]),
        (instances(1), [0.25, 0.5, 0.75, 1]),
        (instances(2), [0.5, 1]),
    ],
)
def test_a_linear_shift_takes_steps_of_one_size_and_then_what_is_left(
    size: Mapping[str, Any], expected: list[float]
) -> None:
    assert shares(deployment(linear(size), count=4)) == pytest.approx(expected)


def test_a_linear_shift_waits_between_its_steps_and_for_termination_after_the_last() -> None:
    found = deployment(linear(percent(50), wait=300), TerminationWaitInSeconds=60)
    assert [step.bake_seconds for step in found.steps] == [300, 60]


def test_alarms_and_limit_are_taken_over() -> None:
    found = deployment(ALL_AT_ONCE, MaximumExecutionTimeoutInSeconds=900)
    assert (list(found.alarms), found.timeout_seconds) == (["errors"], 900)


def test_alarms_guard_a_shift_without_an_update_policy_too() -> None:
    given = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}}
    assert list(deployment_of(Request(given), [variant_config()]).alarms) == ["errors"]


def test_inferentia_1_falls_back_to_all_at_once_without_bake_and_alarms_as_documented() -> None:
    found = deployment(canary(percent(25)), instance_type="ml.inf1.xlarge")
    assert steps(found) == [(Fraction(1), 0, FINAL)]
    assert (list(found.alarms), found.timeout_seconds) == ([], None)
    assert len(deployment(canary(percent(25)), instance_type="ml.inf2.xlarge").steps) == 2


@pytest.mark.parametrize(
    ("routing", "reason"),
    [
        (
            canary(percent(51)),
            "CanarySize must be at most 50 % of the instance count of variant AllTraffic, "
            "got 51 %.",
        ),
        (
            canary(instances(3)),
            "CanarySize must be at most 50 % of the instance count of variant AllTraffic, "
            "got 3 of 4.",
        ),
        (
            linear(percent(9)),
            "LinearStepSize must be between 10 % and 50 % of the instance count of variant "
            "AllTraffic, got 9 %.",
        ),
        (
            linear(instances(3)),
            "LinearStepSize must be between 10 % and 50 % of the instance count of variant "
            "AllTraffic, got 3 of 4.",
        ),
        (
            {"Type": "CANARY", "WaitIntervalInSeconds": 0},
            "TrafficRoutingConfiguration of type CANARY needs CanarySize.",
        ),
        (
            {**linear(percent(10)), "CanarySize": percent(10)},
            "CanarySize is for type CANARY, got type LINEAR.",
        ),
        (
            {**ALL_AT_ONCE, "LinearStepSize": percent(10)},
            "LinearStepSize is for type LINEAR, got type ALL_AT_ONCE.",
        ),
    ],
)
def test_a_size_that_does_not_fit_is_refused(routing: Mapping[str, Any], reason: str) -> None:
    with pytest.raises(ValidationException, match=f"^{re.escape(reason)}$"):
        deployment(routing)


def test_half_of_the_instances_is_the_largest_step_and_a_tenth_the_smallest() -> None:
    assert shares(deployment(canary(percent(50)))) == [0.5, 1]
    assert shares(deployment(canary(instances(2)), count=4)) == [0.5, 1]
    assert len(deployment(linear(instances(1)), count=10).steps) == 10
    with pytest.raises(ValidationException, match="got 1 of 11"):
        deployment(linear(instances(1)), count=11)


def test_a_canary_of_one_instance_of_one_is_refused() -> None:
    with pytest.raises(ValidationException, match="got 1 of 1"):
        deployment(canary(instances(1)), count=1)
    assert shares(deployment(canary(percent(25)), count=1)) == [0.25, 1]


def test_a_number_of_instances_for_variants_of_different_sizes_is_not_implemented() -> None:
    policy = {"TrafficRoutingConfiguration": canary(instances(1))}
    variants = [variant_config("One", count=2), variant_config("Two", count=4)]
    with pytest.raises(NotImplementedHere, match="use CAPACITY_PERCENT"):
        deployment_of(Request({"BlueGreenUpdatePolicy": policy}), variants)
    policy = {"TrafficRoutingConfiguration": canary(percent(50))}
    assert shares(deployment_of(Request({"BlueGreenUpdatePolicy": policy}), variants)) == [0.5, 1]


def test_a_time_limit_that_the_waits_use_up_is_refused() -> None:
    limit = {"TerminationWaitInSeconds": 300, "MaximumExecutionTimeoutInSeconds": 600}
    with pytest.raises(ValidationException, match=r"\(600\), got 600\.$"):
        deployment(canary(percent(25), wait=300), **limit)
    assert deployment(canary(percent(25), wait=299), **limit).timeout_seconds == 600


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValidationException) as refused:
        deployment(
            canary(percent(60), wait=3600),
            MaximumExecutionTimeoutInSeconds=600,
        )
    assert "got 60 %" in refused.value.message
    assert "(3600), got 600" in refused.value.message


def test_the_types_of_a_shift_are_those_of_the_api() -> None:
    shape = Session().get_service_model("sagemaker").shape_for("TrafficRoutingConfig")
    sizes = {"CANARY": canary(percent(50)), "LINEAR": linear(percent(50))}
    for kind in shape.members["Type"].enum:
        assert isinstance(deployment(sizes.get(kind, ALL_AT_ONCE)).steps[-1], Step), kind
