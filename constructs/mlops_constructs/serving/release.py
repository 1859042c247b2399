"""How a new version takes over an endpoint's traffic, and what takes it back.

Every release is blue/green: the new version gets a fleet of its own, as wide as the old one, which
stays until the new one has proved itself.
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlops_constructs.serving.rollback_alarm import RollbackAlarms

Seconds: TypeAlias = Annotated[int, Field(ge=0, le=3600)]
"""A wait, as long as AWS lets one be."""

Timeout: TypeAlias = Annotated[int, Field(ge=600, le=28800)]
"""A limit to a whole deployment, within AWS's bounds."""


class _Release(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[Literal["ALL_AT_ONCE", "CANARY", "LINEAR"]]

    @model_validator(mode="after")
    def _is_one_that_can_be_rolled_back(self) -> Self:
        problems = list(self._problems())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        yield from ()


class AllAtOnce(_Release):
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
        return f"{self.type}, {_minutes(self.termination_wait_seconds)}"

    def _problems(self) -> Iterator[str]:
        if self.alarms is not None:
            yield from _too_short(
                self, "termination_wait_seconds", self.termination_wait_seconds, self.alarms
            )


class _InSteps(_Release):
    percent: int | None = None
    instances: Annotated[int, Field(ge=1)] | None = None
    bake_seconds: Seconds
    termination_wait_seconds: Seconds = 300
    timeout_seconds: Timeout = 3600
    alarms: RollbackAlarms = RollbackAlarms()

    smallest_percent: ClassVar[int]
    """No step may be smaller; the largest is half of the instances."""

    def __str__(self) -> str:
        return f"{self.type} {self.size}, {_minutes(self.bake_seconds)}"

    @property
    def size(self) -> str:
        """The share that moves in a step: `25 %`, or `1 instance`."""
        if self.percent is not None:
            return f"{self.percent} %"
        return f"{self.instances} instance{'' if self.instances == 1 else 's'}"

    def _problems(self) -> Iterator[str]:
        named = type(self).__name__
        if (self.percent is None) == (self.instances is None):
            got = "both" if self.percent is not None else "neither"
            yield f"{named} must have percent or instances, got {got}; leave one"
        if self.percent is not None and not self.smallest_percent <= self.percent <= 50:
            yield (
                f"{named}.percent must be {self.smallest_percent} to 50, got {self.percent}: AWS "
                "moves no other share of the instances in one step"
            )
        yield from _too_short(self, "bake_seconds", self.bake_seconds, self.alarms)


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


ReleasePolicy: TypeAlias = AllAtOnce | Canary | Linear


def _too_short(
    release: _Release, setting: str, seconds: int, alarms: RollbackAlarms
) -> Iterator[str]:
    """Yields one sentence for each alarm that could not ring in time."""
    for alarm in alarms.all:
        if seconds < alarm.rings_after_seconds:
            yield (
                f"{type(release).__name__}.{setting} must be at least {alarm.rings_after_seconds} "
                f"for rollback alarm {alarm.kind!r} to ring in time, got {seconds}; wait longer, "
                f"or let it look at less than {alarm.evaluation_periods} periods of "
                f"{alarm.period_seconds} seconds"
            )


def _minutes(seconds: int) -> str:
    whole, rest = divmod(seconds, 60)
    return f"{seconds} s" if rest else f"{whole} min"
