"""How a new version takes over an endpoint's traffic, and what takes it back.

All of these are blue/green: the new version gets a fleet of its own, as wide as the old one, which
stays until the new one has proved itself. `Rolling` makes do without; `Shadow` and `Split` compare
before any of it.
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
"""

from collections.abc import Iterator
from typing import TypeAlias

from mlops_constructs.serving.release_base import (
    BaseRelease,
    ReleaseInSteps,
    Seconds,
    Timeout,
    minutes,
    too_short,
)
from mlops_constructs.serving.rollback_alarm import RollbackAlarms
from mlops_constructs.serving.rolling import Rolling
from mlops_constructs.serving.trial import Trial


class AllAtOnce(BaseRelease):
    """All traffic moves in one step; the old fleet waits beside the new one, to take it back.

    It needs one instance only, and has no canary: what a bad version does wrong, it does to every
    request until an alarm rings.

    Attributes:
        termination_wait_seconds: How long alarms watch the new fleet before the old one ends.
        timeout_seconds: After how long AWS gives a deployment up, the start of instances included.
        alarms: What rolls it back; None if nothing shall.
    """

    type = "ALL_AT_ONCE"

    termination_wait_seconds: Seconds = 300
    timeout_seconds: Timeout = 3600
    alarms: RollbackAlarms | None = RollbackAlarms()

    def __str__(self) -> str:
        return f"{self.type}, {minutes(self.termination_wait_seconds)}"

    def _problems(self) -> Iterator[str]:
        if self.alarms is not None:
            yield from too_short(
                self, "termination_wait_seconds", self.termination_wait_seconds, self.alarms
            )


class _InSteps(ReleaseInSteps):
    bake_seconds: Seconds
    termination_wait_seconds: Seconds = 300

    def __str__(self) -> str:
        return f"{self.type} {self.size}, {minutes(self.bake_seconds)}"

    def _problems(self) -> Iterator[str]:
        yield from super()._problems()
        yield from too_short(self, "bake_seconds", self.bake_seconds, self.alarms)


class Canary(_InSteps):
    """A small share of the traffic moves first, and after its bake all the rest.

    Attributes:
        percent: The share of the instances that begins, 1 to 50; or
        instances: their number, at most half of the fewest there are.
        bake_seconds: How long alarms watch the canary before the rest follows.
        termination_wait_seconds: How long they watch all of it before the old fleet ends.
        timeout_seconds: After how long AWS gives a deployment up, the start of instances included.
        alarms: What rolls it back.
    """

    type = "CANARY"
    smallest_percent = 1

    bake_seconds: Seconds = 600


class Linear(_InSteps):
    """The traffic moves in equal steps, each with a bake of its own.

    Attributes:
        percent: The share of the instances that moves in each step, 10 to 50; or
        instances: their number, between a tenth of the most and half of the fewest there are.
        bake_seconds: How long alarms watch each step before the next.
        termination_wait_seconds: How long they watch all of it before the old fleet ends.
        timeout_seconds: After how long AWS gives a deployment up, the start of instances included.
        alarms: What rolls it back.
    """

    type = "LINEAR"
    smallest_percent = 10

    bake_seconds: Seconds = 300


UNGUARDED = AllAtOnce(alarms=None, termination_wait_seconds=0)
"""What AWS does where it has no guardrails, said openly."""

ReleasePolicy: TypeAlias = AllAtOnce | Canary | Linear | Rolling
"""How traffic is moved to a new version."""

Release: TypeAlias = ReleasePolicy | Trial
"""What `release=` takes."""
