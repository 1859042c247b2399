"""TargetTrackingScalingPolicyConfiguration of customized metrics: two alarms keep to a target.

https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.autoscaling.steps import COOLDOWN_SECONDS
from local_aws.core.operations import dispatch
from local_aws.core.request import Request

# Names and shares are the assumption target-tracking-alarms.
_HIGH = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 3}
_LOW = {"ComparisonOperator": "LessThanThreshold", "EvaluationPeriods": 15}
_LOW_SHARE = 0.9


@dataclass(frozen=True, kw_only=True)
class TrackingPolicy:
    """A target tracking policy of a customized metric.

    Attributes:
        target: the value by instance that it keeps to.
        metric: what the alarms watch, as PutMetricAlarm has it.
        scales_in: whether it also takes instances away.
    """

    target: float
    metric: dict[str, Any]
    in_cooldown_seconds: int
    out_cooldown_seconds: int
    scales_in: bool

    def capacity(self, present: int, value: float, threshold: float) -> int:
        """The capacity in proportion to the metric; one instance counts where there is none."""
        wanted = math.ceil(max(present, 1) * value / self.target)
        is_high = threshold >= self.target
        return max(present, wanted) if is_high else min(present, wanted)

    def cooldown_seconds(self, *, out: bool) -> int:
        """How long it waits after the last activity."""
        return self.out_cooldown_seconds if out else self.in_cooldown_seconds


def tracking_policy(given: Request) -> TrackingPolicy | None:
    """What a configuration says; None of a predefined metric, which is kept only."""
    custom = given.get("CustomizedMetricSpecification")
    target, disabled = given["TargetValue"], given.get("DisableScaleIn", False)
    inward = given.get("ScaleInCooldown", COOLDOWN_SECONDS)
    outward = given.get("ScaleOutCooldown", COOLDOWN_SECONDS)
    if custom is None:
        return None
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
    return TrackingPolicy(
        target=target,
        metric=metric,
        in_cooldown_seconds=inward,
        out_cooldown_seconds=outward,
        scales_in=not disabled,
    )


def make_alarms(policy: TrackingPolicy, policy_arn: str, resource: str) -> list[dict[str, str]]:
    """Make the policy's alarms; their names and ARNs, as the API gives them."""
    rules = [("AlarmHigh", {**_HIGH, "Threshold": policy.target})]
    if policy.scales_in:
        rules.append(("AlarmLow", {**_LOW, "Threshold": policy.target * _LOW_SHARE}))
    names = []
    for suffix, rule in rules:
        name = f"TargetTracking-{resource}-{suffix}-{uuid.uuid4()}"
        names.append(name)
        asked = {"AlarmName": name, "Period": 60, "AlarmActions": [policy_arn]}
        dispatch("cloudwatch", "PutMetricAlarm", {**asked, **policy.metric, **rule})
    found = dispatch("cloudwatch", "DescribeAlarms", {"AlarmNames": names})["MetricAlarms"]
    return [{"AlarmName": each["AlarmName"], "AlarmARN": each["AlarmArn"]} for each in found]


def delete_alarms(alarms: Sequence[dict[str, str]]) -> None:
    """Delete a policy's alarms."""
    if alarms:
        names = [alarm["AlarmName"] for alarm in alarms]
        dispatch("cloudwatch", "DeleteAlarms", {"AlarmNames": names})
