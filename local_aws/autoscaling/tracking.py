"""TargetTrackingScalingPolicyConfiguration: two alarms keep a metric to a target.

https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.autoscaling.predefined import predefined
from local_aws.autoscaling.steps import COOLDOWN_SECONDS
from local_aws.core.errors import NotImplementedHere
from local_aws.core.operations import dispatch
from local_aws.core.request import Request

# Names and shares are the assumption target-tracking-alarms.
_HIGH = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 3}
LOW = "LessThanThreshold"
_LOW = {"ComparisonOperator": LOW, "EvaluationPeriods": 15, "Period": 60}
_LOW_SHARE = 0.9
# CPUUtilization and the like of instances, which the local AWS has not.
_OF_INSTANCES = "/aws/sagemaker/Endpoints"


@dataclass(frozen=True, kw_only=True)
class TrackingPolicy:
    """A target tracking policy.

    Attributes:
        target: the value by unit of capacity that it keeps to.
        metric: what the alarms watch, as PutMetricAlarm has it.
        out_period_seconds: the period of the alarm that scales out.
        scales_in: whether it also takes capacity away.
    """

    target: float
    metric: dict[str, Any]
    out_period_seconds: int = 60
    in_cooldown_seconds: int
    out_cooldown_seconds: int
    scales_in: bool

    def capacity(self, present: int, value: float, threshold: float) -> int:
        """The capacity in proportion to the metric; one unit counts where there is none."""
        wanted = math.ceil(max(present, 1) * value / self.target)
        is_high = threshold >= self.target
        return max(present, wanted) if is_high else min(present, wanted)

    def cooldown_seconds(self, *, out: bool) -> int:
        """How long it waits after the last activity."""
        return self.out_cooldown_seconds if out else self.in_cooldown_seconds


def tracking_policy(given: Request, *, resource: str, dimension: str) -> TrackingPolicy:
    """What a configuration says for a target.

    Raises:
        NotImplementedHere: It tracks what the local AWS does not measure.
        ValidationException: It tracks what says nothing of the dimension.
    """
    target, disabled = given["TargetValue"], given.get("DisableScaleIn", False)
    inward = given.get("ScaleInCooldown", COOLDOWN_SECONDS)
    outward = given.get("ScaleOutCooldown", COOLDOWN_SECONDS)
    metric, period = _metric(given, resource, dimension)
    return TrackingPolicy(
        target=target,
        metric=metric,
        out_period_seconds=period,
        in_cooldown_seconds=inward,
        out_cooldown_seconds=outward,
        scales_in=not disabled,
    )


def _metric(given: Request, resource: str, dimension: str) -> tuple[dict[str, Any], int]:
    """The metric as PutMetricAlarm has it, and the seconds of its periods."""
    if "PredefinedMetricSpecification" in given:
        kind = given["PredefinedMetricSpecification"]["PredefinedMetricType"]
        found = predefined(kind, dimension)
        return found.metric(resource), found.period
    return _customized(given["CustomizedMetricSpecification"]), 60


def _customized(custom: Request) -> dict[str, Any]:
    metric = {
        "MetricName": custom["MetricName"],
        "Namespace": custom["Namespace"],
        "Statistic": custom["Statistic"],
        "Dimensions": [
            {"Name": each["Name"], "Value": each["Value"]} for each in custom.get("Dimensions", ())
        ],
    }
    if custom.get("Unit"):
        metric["Unit"] = custom["Unit"]
    if metric["Namespace"] == _OF_INSTANCES:
        raise NotImplementedHere(
            f"The local AWS does not measure {metric['MetricName']} in {_OF_INSTANCES}: its "
            "instances are processes of this machine."
        )
    return metric


def make_alarms(policy: TrackingPolicy, policy_arn: str, resource: str) -> list[dict[str, str]]:
    """Make the policy's alarms; their names and ARNs, as the API gives them."""
    high = {**_HIGH, "Threshold": policy.target, "Period": policy.out_period_seconds}
    rules = [("AlarmHigh", high)]
    if policy.scales_in:
        rules.append(("AlarmLow", {**_LOW, "Threshold": policy.target * _LOW_SHARE}))
    names = []
    for suffix, rule in rules:
        name = f"TargetTracking-{resource}-{suffix}-{uuid.uuid4()}"
        names.append(name)
        asked = {"AlarmName": name, "AlarmActions": [policy_arn]}
        dispatch("cloudwatch", "PutMetricAlarm", {**asked, **policy.metric, **rule})
    found = dispatch("cloudwatch", "DescribeAlarms", {"AlarmNames": names})["MetricAlarms"]
    return [{"AlarmName": each["AlarmName"], "AlarmARN": each["AlarmArn"]} for each in found]


def delete_alarms(alarms: Sequence[dict[str, str]]) -> None:
    """Delete a policy's alarms."""
    if alarms:
        names = [alarm["AlarmName"] for alarm in alarms]
        dispatch("cloudwatch", "DeleteAlarms", {"AlarmNames": names})
