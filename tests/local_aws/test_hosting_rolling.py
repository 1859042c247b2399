"""Rolling updates: the batches of a policy, and a release in batches on the virtual clock.

The rules are botocore's words on RollingUpdatePolicy, and
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from local_aws.core.errors import ValidationException
from local_aws.core.request import Request
from local_aws.hosting.deployment import Deployment, deployment_of
from tests.local_aws.fleets import variant_config
from tests.local_aws.guardrails import Release
from tests.local_aws.later import Later
from tests.local_aws.stage import refusal


def instances(value: int) -> dict[str, Any]:
    return {"Type": "INSTANCE_COUNT", "Value": value}


def percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def policy(size: dict[str, Any], wait: int = 600, **members: Any) -> dict[str, Any]:
    return {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": size,
            "WaitIntervalInSeconds": wait,
            **members,
        }
    }


def deployment(given: dict[str, Any], *, count: int = 4, **members: Any) -> Deployment:
    return deployment_of(Request(given), [variant_config(count=count)], **members)


def shares(found: Deployment) -> list[Fraction]:
    return [step.share for step in found.steps]


def test_batches_grow_to_the_whole_fleet_and_each_bakes() -> None:
    found = deployment(policy(instances(1), wait=300, MaximumExecutionTimeoutInSeconds=900))
    assert shares(found) == [Fraction(n, 4) for n in (1, 2, 3, 4)]
    assert {step.bake_seconds for step in found.steps} == {300}
    assert (found.in_batches, found.timeout_seconds) == (True, 900)


def test_the_last_batch_is_what_is_left() -> None:
    assert shares(deployment(policy(percent(40)))) == [Fraction(2, 5), Fraction(4, 5), Fraction(1)]


def test_a_rollback_is_all_at_once_unless_it_has_a_size() -> None:
    assert deployment(policy(instances(1))).back == 1
    back = policy(instances(1), RollbackMaximumBatchSize=instances(2))
    assert deployment(back).back == Fraction(1, 2)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            policy(percent(4)),
            "MaximumBatchSize must be between 5 % and 50 % of the instance count of variant "
            "AllTraffic, got 4 %.",
        ),
        (
            policy(instances(3)),
            "MaximumBatchSize must be between 5 % and 50 % of the instance count of variant "
            "AllTraffic, got 3 of 4.",
        ),
        (
            policy(percent(25), RollbackMaximumBatchSize=instances(5)),
            "RollbackMaximumBatchSize must be at most 100 % of the instance count of variant "
            "AllTraffic, got 5 of 4.",
        ),
        (
            {
                **policy(percent(25)),
                "BlueGreenUpdatePolicy": {
                    "TrafficRoutingConfiguration": {
                        "Type": "ALL_AT_ONCE",
                        "WaitIntervalInSeconds": 0,
                    }
                },
            },
            "Only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be given, got both.",
        ),
    ],
)
def test_a_policy_that_does_not_fit_is_refused(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationException, match=f"^{re.escape(reason)}$"):
        deployment(given)


def test_several_variants_do_not_roll() -> None:
    reason = "RollingUpdatePolicy is not for endpoints of several variants, got One, Two."
    one, two = variant_config("One", count=2), variant_config("Two", count=2)
    with pytest.raises(ValidationException, match=reason):
        deployment_of(Request(policy(percent(50))), [one, two])
    with pytest.raises(ValidationException, match=reason):
        deployment_of(Request(policy(percent(50))), [one], shadow=two)


@pytest.fixture
def release(later: Later) -> Iterator[Release]:
    made = Release(later)
    yield made
    if made.described()["EndpointStatus"] not in ("InService", "Failed"):
        made.until_idle()
    made.close()


def counts(release: Release) -> tuple[int, int]:
    """The instances of the old and the new fleet that get traffic."""
    (old,) = release.described()["ProductionVariants"]
    return old["CurrentInstanceCount"], release.pending()["CurrentInstanceCount"]


@pytest.mark.local_aws
def test_an_update_rolls_batch_by_batch(release: Release) -> None:
    began = release.later.aws.now()
    release.release(release.green, DeploymentConfig=policy(instances(1), wait=600))
    assert release.first_bake() == (
        "Baking for 600 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity "
        "of 1 instance(s)."
    )
    assert counts(release) == (2, 1)
    assert release.answers(20) == {"blue": 10, "green": 10}
    release.later.until(lambda: "full capacity" in release.message())
    assert 600 <= release.later.aws.now() - began < 700
    assert counts(release) == (1, 2)
    assert release.answers(20) == {"green": 20}
    described = release.until_idle()
    assert 1200 <= release.later.aws.now() - began < 1300
    assert described["EndpointConfigName"] == release.green
    (variant,) = described["ProductionVariants"]
    assert variant["CurrentInstanceCount"] == 2
    assert described["LastDeploymentConfig"] == policy(instances(1), wait=600)


@pytest.mark.local_aws
def test_an_alarm_rolls_an_update_back_in_batches(release: Release) -> None:
    alarm = release.alarm()
    given = policy(percent(20), wait=600, RollbackMaximumBatchSize=percent(20))
    given["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": alarm}]}
    with release.heard() as heard:
        release.release(release.green, DeploymentConfig=given)
        release.first_bake()
        assert release.answers(20) == {"blue": 16, "green": 4}
        began = baking_since(release)
        release.later.until(lambda: baking_since(release) > began)
        assert release.answers(20) == {"blue": 12, "green": 8}
        release.ring(alarm)
        described = release.until_idle()
        told = release.later.until(lambda: (events := heard())[-1:] and ended(events))
    assert described["EndpointConfigName"] == release.blue
    assert alarm in described["FailureReason"]
    assert release.answers(20) == {"blue": 20}
    assert told[0]["detail"]["EndpointStatus"] == "UPDATING"
    assert [stages(event) for event in told[1:]] == [
        ("Creating", 0),
        ("ActivatingTraffic", 1),
        ("Baking", 1),
        ("Creating", 1),
        ("ActivatingTraffic", 1),
        ("Baking", 1),
        ("ROLLING_BACK", None),
        ("Deleting", 1),
        ("Deleting", 0),
        ("IN_SERVICE", None),
    ]


def baking_since(release: Release) -> float:
    """When the present bake began, 0 while there is none."""
    for stage in release.pending().get("VariantStatus", []):
        if stage["Status"] == "Baking":
            return float(stage["StartTime"].timestamp())
    return 0.0


def ended(events: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    return events if events[-1]["detail"]["EndpointStatus"] == "IN_SERVICE" else None


def stages(event: dict[str, Any]) -> tuple[str, int | None]:
    detail = event["detail"]
    if event["detail-type"] == "SageMaker Endpoint State Change":
        return str(detail["EndpointStatus"]), None
    (variant,) = detail["PendingDeploymentSummary"]["ProductionVariants"]
    return variant["VariantStatus"][0]["Status"], variant["CurrentInstanceCount"]


@pytest.mark.local_aws
def test_a_rolling_update_that_takes_too_long_is_taken_back(release: Release) -> None:
    given = policy(percent(50), wait=3600, MaximumExecutionTimeoutInSeconds=600)
    release.release(release.green, DeploymentConfig=given)
    described = release.until_idle()
    assert described["EndpointConfigName"] == release.blue
    assert "did not end within 600 seconds" in described["FailureReason"]
    (variant,) = described["ProductionVariants"]
    assert variant["CurrentInstanceCount"] == 2


@pytest.mark.local_aws
def test_an_update_with_both_policies_is_refused(release: Release) -> None:
    both = {
        **policy(percent(50)),
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
        },
    }
    assert "got both" in refusal(
        release.sagemaker.update_endpoint,
        EndpointName=release.name_of_endpoint,
        EndpointConfigName=release.green,
        DeploymentConfig=both,
    )
