"""Step scaling: the documented arithmetic, and a variant that an alarm scales on the virtual clock.

https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.autoscaling.steps import Step, StepPolicy
from tests.local_aws.later import Later
from tests.local_aws.scaled import Scaled
from tests.local_aws.stage import refusal

# The example of the guide: an alarm at 60 %, and steps of the capacity of 10.
OUT = (
    Step(low=0, high=10, adjustment=0),
    Step(low=10, high=20, adjustment=10),
    Step(low=20, high=None, adjustment=30),
)
IN = (
    Step(low=-10, high=0, adjustment=0),
    Step(low=-20, high=-10, adjustment=-10),
    Step(low=None, high=-20, adjustment=-30),
)


def policy(steps: tuple[Step, ...], kind: str = "PercentChangeInCapacity", least: int = 0) -> Any:
    return StepPolicy(kind=kind, steps=steps, least=least, cooldown=300)


@pytest.mark.parametrize(
    ("steps", "present", "difference", "wanted"),
    [
        (OUT, 10, 0, 10),
        (OUT, 10, 9.9, 10),
        (OUT, 10, 10, 11),
        (OUT, 11, 20, 14),
        (OUT, 10, 35, 13),
        (IN, 10, -9.9, 10),
        (IN, 10, -10, 9),
        (IN, 10, -20, 7),
    ],
)
def test_steps_are_the_documented_ones(
    steps: tuple[Step, ...], present: int, difference: float, wanted: int
) -> None:
    assert policy(steps).capacity(present, 60 + difference, 60) == wanted


@pytest.mark.parametrize(
    ("adjustment", "wanted"), [(127, 22), (67, 16), (6, 11), (-67, 4), (-6, 9), (-127, -2)]
)
def test_percentages_are_rounded_as_documented(adjustment: int, wanted: int) -> None:
    """12.7 is 12, 0.67 is 1, and the same below zero."""
    step = (Step(low=0, high=None, adjustment=adjustment),)
    assert policy(step).capacity(10, 1, 0) == wanted


def test_a_percentage_is_at_least_the_magnitude() -> None:
    step = (Step(low=0, high=None, adjustment=25),)
    assert policy(step, least=2).capacity(4, 1, 0) == 6


def test_an_exact_capacity_and_a_change_are_what_they_say() -> None:
    step = (Step(low=0, high=None, adjustment=3),)
    assert policy(step, kind="ExactCapacity").capacity(1, 1, 0) == 3
    assert policy(step, kind="ChangeInCapacity").capacity(1, 1, 0) == 4
    assert policy(step, kind="ChangeInCapacity").capacity(1, -1, 0) == 1


class Waiting(Scaled):
    """An asynchronous endpoint, which scales out for what waits."""

    def scaled_config(self, model: str) -> str:
        output = {"OutputConfig": {"S3OutputPath": f"s3://{self.name}/answers"}}
        return self.config(model, AsyncInferenceConfig=output)

    def policy(self, adjustment: int, **configuration: Any) -> str:
        """A policy for a metric at or above the threshold; its ARN."""
        step = {"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": adjustment}
        made: str = self.scaling.put_scaling_policy(
            PolicyName="out",
            PolicyType="StepScaling",
            StepScalingPolicyConfiguration={
                "AdjustmentType": "ChangeInCapacity",
                "StepAdjustments": [step],
                **configuration,
            },
            **self.target,
        )["PolicyARN"]
        return made

    def alarm(self, action: str, metric: str = "HasBacklogWithoutCapacity", **actions: Any) -> str:
        self.cloudwatch.put_metric_alarm(
            AlarmName=self.name,
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[{"Name": "EndpointName", "Value": self.scaled}],
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="missing",
            **(actions or {"AlarmActions": [action]}),
        )
        return self.name


@pytest.fixture
def scaled(later: Later) -> Iterator[Waiting]:
    made = Waiting(later)
    yield made
    made.cloudwatch.delete_alarms(AlarmNames=[made.name])
    made.close()


@pytest.mark.local_aws
def test_what_waits_without_instances_scales_out_and_is_answered(scaled: Waiting) -> None:
    scaled.register(0, 4)
    scaled.set(0)
    scaled.alarm(scaled.policy(1, Cooldown=300))
    began = scaled.later.aws.now()
    asked = scaled.runtime.invoke_endpoint_async(
        EndpointName=scaled.scaled, Body=b"1", ContentType="text/csv"
    )
    key = asked["OutputLocation"].removeprefix(f"s3://{scaled.name}/")

    def answered() -> bool:
        listed = scaled.s3.list_objects_v2(Bucket=scaled.name, Prefix=key)
        return bool(listed.get("Contents"))

    scaled.later.until(answered)
    assert scaled.instances() == 1
    assert scaled.later.aws.now() - began < 300
    scaled.later.pass_time(900)
    assert scaled.instances() == 1
    (activity,) = scaled.activities()
    assert activity["StatusCode"] == "Successful"
    assert scaled.name in activity["Cause"]


@pytest.mark.local_aws
def test_an_alarm_that_goes_on_scales_again_after_each_cooldown_to_the_bound(
    scaled: Waiting,
) -> None:
    scaled.register(0, 4)
    scaled.set(1)
    name = scaled.alarm(scaled.policy(2, Cooldown=600), metric="Load")

    def load(value: float) -> None:
        scaled.cloudwatch.put_metric_data(
            Namespace="AWS/SageMaker",
            MetricData=[
                {
                    "MetricName": "Load",
                    "Value": value,
                    "Timestamp": scaled.later.aws.now(),
                    "Dimensions": [{"Name": "EndpointName", "Value": scaled.scaled}],
                }
            ],
        )

    for _ in range(16):
        load(5)
        scaled.later.pass_time(60)
    assert scaled.instances() == 4
    second, first = scaled.activities()
    assert "to 3." in first["Description"]
    assert "to 4." in second["Description"]
    assert 600 <= (second["StartTime"] - first["EndTime"]).total_seconds() < 720
    states = scaled.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert states[0]["StateValue"] == "ALARM"


@pytest.mark.local_aws
def test_target_tracking_of_the_backlog_scales_out_and_in_to_zero(scaled: Waiting) -> None:
    scaled.register(0, 4)
    scaled.set(0)
    backlog = {
        "MetricName": "ApproximateBacklogSizePerInstance",
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": scaled.scaled}],
        "Statistic": "Average",
    }
    cooldowns = {"ScaleInCooldown": 60, "ScaleOutCooldown": 60}
    before, alarms = (scaled.track(backlog, target, **cooldowns) for target in (9.0, 5.0))
    names = [alarm["AlarmName"] for alarm in before]
    assert scaled.cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"] == []
    assert sorted((each["Threshold"], each["EvaluationPeriods"]) for each in alarms) == [
        (4.5, 15),
        (5.0, 3),
    ]
    began = scaled.later.aws.now()
    for _ in range(12):
        scaled.runtime.invoke_endpoint_async(
            EndpointName=scaled.scaled, Body=b"1", ContentType="text/csv"
        )
    scaled.later.until(lambda: scaled.instances())
    assert scaled.instances() == 3
    assert 120 <= scaled.later.aws.now() - began < 360
    scaled.later.until(lambda: not scaled.instances())
    assert 900 <= scaled.later.aws.now() - began < 1800
    assert len(scaled.activities()) == 2
    scaled.scaling.delete_scaling_policy(PolicyName="track", **scaled.target)
    names = [alarm["AlarmName"] for alarm in alarms]
    assert scaled.cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"] == []


@pytest.mark.local_aws
def test_a_suspended_target_is_not_scaled(scaled: Waiting) -> None:
    scaled.register(0, 4, SuspendedState={"DynamicScalingOutSuspended": True})
    scaled.set(0)
    scaled.alarm(scaled.policy(1))
    scaled.runtime.invoke_endpoint_async(EndpointName=scaled.scaled, Body=b"1")
    scaled.later.pass_time(300)
    assert scaled.instances() == 0


@pytest.mark.local_aws
def test_a_policy_without_steps_and_one_as_another_action_are_refused(scaled: Waiting) -> None:
    scaled.register(0, 4)
    message = refusal(
        scaled.scaling.put_scaling_policy,
        PolicyName="out",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={"AdjustmentType": "ChangeInCapacity"},
        **scaled.target,
    )
    assert "needs AdjustmentType and StepAdjustments" in message
    arn = scaled.policy(1)
    with pytest.raises(scaled.cloudwatch.exceptions.ClientError, match="step scaling policies in"):
        scaled.alarm("", OKActions=[arn])
