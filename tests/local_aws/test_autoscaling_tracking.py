"""Target tracking of predefined metrics, on the virtual clock.

https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

from collections.abc import Iterator

import pytest

from local_aws.autoscaling.tracking import TrackingPolicy
from tests.local_aws.later import Later
from tests.local_aws.scaled import PROVISIONED_CONCURRENCY, Scaled
from tests.local_aws.stage import refusal

INVOCATIONS = "SageMakerVariantInvocationsPerInstance"
CONCURRENT = "SageMakerVariantConcurrentRequestsPerModelHighResolution"
UTILIZATION = "SageMakerVariantProvisionedConcurrencyUtilization"


@pytest.mark.parametrize(
    ("present", "value", "threshold", "wanted"),
    [
        (2, 10, 5, 4),
        (2, 5.1, 5, 3),
        (0, 12, 5, 3),
        (4, 2, 4.5, 2),
        (2, 4.4, 4.5, 2),  # one instance alone would be above the target
        (4, 0, 4.5, 0),
        (3, 4, 5, 3),  # the alarm above never takes away, the one below never adds
        (3, 9, 4.5, 3),
    ],
)
def test_capacity_is_in_proportion_to_the_metric(
    present: int, value: float, threshold: float, wanted: int
) -> None:
    policy = TrackingPolicy(
        target=5, metric={}, in_cooldown_seconds=0, out_cooldown_seconds=0, scales_in=True
    )
    assert policy.capacity(present, value, threshold) == wanted


@pytest.fixture
def scaled(later: Later) -> Iterator[Scaled]:
    made = Scaled(later)
    yield made
    made.close()


@pytest.mark.local_aws
def test_invocations_per_instance_scale_out_and_in_and_their_absence_does_nothing(
    scaled: Scaled,
) -> None:
    scaled.register(1, 4)
    high, low = scaled.track(INVOCATIONS, 2.0)
    above = f"TargetTracking-{scaled.target['ResourceId']}"
    watched = {"EndpointName": scaled.scaled, "VariantName": "One"}
    for alarm, name, threshold, periods in ((high, "High", 2.0, 3), (low, "Low", 1.8, 15)):
        assert alarm["AlarmName"].startswith(f"{above}-Alarm{name}-")
        assert (alarm["Namespace"], alarm["MetricName"]) == (
            "AWS/SageMaker",
            "InvocationsPerInstance",
        )
        assert {each["Name"]: each["Value"] for each in alarm["Dimensions"]} == watched
        assert (alarm["Statistic"], alarm["Period"]) == ("Sum", 60)
        assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (threshold, periods)

    scaled.minutes(2, requests=6)
    assert scaled.instances() == 2
    scaled.minutes(2, requests=6)
    assert scaled.instances() == 3  # six a minute, two by instance
    scaled.minutes(14, requests=2)
    assert scaled.instances() == 3
    scaled.minutes(4, requests=2)
    assert scaled.instances() == 1
    inward, outward = scaled.activities()
    assert outward["Description"] == "Setting desired instance count to 3."
    assert outward["StatusMessage"] == (
        "Successfully set desired instance count to 3. Change successfully fulfilled by sagemaker."
    )
    assert outward["Cause"] == (
        f"monitor alarm {high['AlarmName']} in state ALARM triggered policy track"
    )
    assert low["AlarmName"] in inward["Cause"]

    scaled.set(4)
    scaled.later.pass_time(7200)
    assert scaled.instances() == 4
    assert len(scaled.activities()) == 2


@pytest.mark.local_aws
def test_a_policy_that_does_not_scale_in_has_no_alarm_for_it(scaled: Scaled) -> None:
    scaled.register(1, 4)
    (high,) = scaled.track(INVOCATIONS, 5.0, DisableScaleIn=True)
    assert "-AlarmHigh-" in high["AlarmName"]


@pytest.mark.local_aws
def test_concurrent_requests_scale_out_within_a_minute(scaled: Scaled) -> None:
    scaled.register(2, 4)
    high, low = scaled.track(CONCURRENT, 0.2)
    assert (high["MetricName"], high["Statistic"]) == ("ConcurrentRequestsPerModel", "Maximum")
    assert (high["Period"], high["EvaluationPeriods"]) == (10, 3)
    assert (low["Period"], low["EvaluationPeriods"]) == (60, 15)
    began = scaled.later.aws.now()
    while scaled.instances() == 2 and scaled.later.aws.now() < began + 120:
        scaled.ask(scaled.scaled)  # one at a time: half a request by instance
        scaled.later.pass_time(9)
    assert scaled.instances() == 4
    assert 20 <= scaled.later.aws.now() - began <= 60


class Serverless(Scaled):
    """One request at once is provisioned for, of four that are taken."""

    dimension = PROVISIONED_CONCURRENCY

    def scaled_config(self, model: str) -> str:
        name = f"{self.name}-serverless"
        serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 4, "ProvisionedConcurrency": 1}
        variant = {"VariantName": "One", "ModelName": model, "ServerlessConfig": serverless}
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        return name


@pytest.fixture
def serverless(later: Later) -> Iterator[Serverless]:
    made = Serverless(later)
    yield made
    made.close()


@pytest.mark.local_aws
def test_utilization_of_provisioned_concurrency_scales_it(serverless: Serverless) -> None:
    serverless.register(1, 3)
    high, _ = serverless.track(UTILIZATION, 0.7)
    assert (high["MetricName"], high["Statistic"]) == (
        "ServerlessProvisionedConcurrencyUtilization",
        "Average",
    )
    serverless.minutes(5, requests=1)
    shown = serverless.shown()["CurrentServerlessConfig"]
    assert shown == {"MemorySizeInMB": 1024, "MaxConcurrency": 4, "ProvisionedConcurrency": 2}
    (activity,) = serverless.activities()
    assert activity["Description"] == "Setting desired provisioned concurrency to 2."
    serverless.sagemaker.delete_endpoint(EndpointName=serverless.scaled)
    left = serverless.scaling.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[serverless.target["ResourceId"]]
    )
    assert left["ScalableTargets"] == []


@pytest.mark.local_aws
def test_a_target_scales_in_only_as_far_as_all_its_policies_agree(scaled: Scaled) -> None:
    scaled.register(1, 4)
    scaled.set(4)
    for name in ("Queue", "Memory"):
        scaled.track(scaled.metric(name), 10.0, name=name)
    scaled.put(18, Queue=1, Memory=10)
    assert scaled.instances() == 4
    scaled.put(18, Queue=1, Memory=5)
    assert scaled.instances() == 2


@pytest.mark.local_aws
def test_a_cooldown_lets_a_larger_scale_out_pass_and_ends_with_a_turn(scaled: Scaled) -> None:
    scaled.register(1, 12)
    scaled.track(scaled.metric("Queue"), 10.0, ScaleOutCooldown=3600, ScaleInCooldown=3600)
    scaled.put(5, Queue=20)
    assert scaled.instances() == 4
    scaled.put(5, Queue=30)
    assert scaled.instances() == 6  # three times the two that there were
    scaled.put(18, Queue=5)
    assert scaled.instances() == 3
    scaled.put(5, Queue=20)
    assert scaled.instances() == 6


@pytest.mark.local_aws
def test_what_is_not_measured_here_is_not_tracked(scaled: Scaled) -> None:
    scaled.register(1, 4)
    of_instances = {**scaled.metric("CPUUtilization"), "Namespace": "/aws/sagemaker/Endpoints"}
    for tracked, reason in (
        ("SageMakerInferenceComponentInvocationsPerCopy", "does not measure SageMakerInferenceC"),
        ("ECSServiceAverageCPUUtilization", "does not measure ECSServiceAverageCPUUtilization"),
        (UTILIZATION, "is a metric of sagemaker:variant:DesiredProvisionedConcurrency, got"),
        (of_instances, "does not measure CPUUtilization"),
    ):
        assert reason in refusal(scaled.track, metric=tracked, target=1.0)
    other = {**scaled.target, "ScalableDimension": PROVISIONED_CONCURRENCY}
    assert "has no provisioned concurrency" in refusal(
        scaled.scaling.register_scalable_target, **other, MinCapacity=1, MaxCapacity=2
    )
