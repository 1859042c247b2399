"""StepScalingPolicyConfiguration: by how much an alarm changes a capacity.

https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from local_aws.core.errors import ValidationException
from local_aws.core.request import Request

# botocore: the default of Cooldown for endpoint variants.
COOLDOWN_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Step:
    """One adjustment, for metrics that differ from the alarm's threshold by so much.

    Attributes:
        low, high: the bounds of the difference; None is without end.
    """

    low: float | None
    high: float | None
    adjustment: int

    def covers(self, difference: float) -> bool:
        """Whether it is for this difference.

        "the lower bound is inclusive and the upper bound is exclusive" where the metric is above
        the threshold, and the other way round below it (botocore, StepAdjustment).
        """
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        if difference >= 0 and not high <= 0:
            return low <= difference < high
        return low < difference <= high


@dataclass(frozen=True, kw_only=True)
class StepPolicy:
    """A step scaling policy.

    Attributes:
        kind: ChangeInCapacity, PercentChangeInCapacity or ExactCapacity.
        least: MinAdjustmentMagnitude, for percentages.
    """

    kind: str
    steps: Sequence[Step]
    least: int
    cooldown: int

    def cooldown_seconds(self, *, out: bool) -> int:
        """How long it waits after the last activity, whichever way it scales."""
        return self.cooldown

    def capacity(self, present: int, value: float, threshold: float) -> int:
        """The capacity that is wanted; the present one if no step is for the difference."""
        difference = value - threshold
        step = next((each for each in self.steps if each.covers(difference)), None)
        if step is None:
            return present
        if self.kind == "ExactCapacity":
            return step.adjustment
        if self.kind == "ChangeInCapacity":
            return present + step.adjustment
        return present + self._of_percent(present * step.adjustment / 100)

    def _of_percent(self, change: float) -> int:
        """Rounded as documented: above 1 down, between 0 and 1 up, and the same below zero."""
        size = abs(change)
        whole = int(math.copysign(int(size) if size >= 1 else math.ceil(size), change))
        if whole and abs(whole) < self.least:
            return int(math.copysign(self.least, whole))
        return whole


def step_policy(given: Request) -> StepPolicy:
    """What a StepScalingPolicyConfiguration says.

    Raises:
        ValidationException: It has no AdjustmentType or no StepAdjustments.
    """
    steps = [
        Step(
            low=each.get("MetricIntervalLowerBound"),
            high=each.get("MetricIntervalUpperBound"),
            adjustment=each["ScalingAdjustment"],
        )
        for each in given.get("StepAdjustments", ())
    ]
    policy = StepPolicy(
        kind=given.get("AdjustmentType", ""),
        steps=steps,
        least=given.get("MinAdjustmentMagnitude", 0),
        cooldown=given.get("Cooldown", COOLDOWN_SECONDS),
    )
    if not policy.kind or not policy.steps:
        raise ValidationException(
            "StepScalingPolicyConfiguration needs AdjustmentType and StepAdjustments."
        )
    return policy
