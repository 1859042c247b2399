"""What all ways to release have in common: their bounds, their alarms, and the size of a step."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlops_constructs.serving.rollback_alarm import RollbackAlarms

Seconds: TypeAlias = Annotated[int, Field(ge=0, le=3600)]
"""A wait, as long as AWS lets one be."""

Timeout: TypeAlias = Annotated[int, Field(ge=600, le=28800)]
"""A limit to a whole deployment, within AWS's bounds."""


class BaseRelease(BaseModel):
    """A way to release, in the words of AWS (`type`), that is refused if it could not work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[Literal["ALL_AT_ONCE", "CANARY", "LINEAR", "ROLLING"]]

    @model_validator(mode="after")
    def _is_one_that_can_be_rolled_back(self) -> Self:
        problems = list(self._problems())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        yield from ()


class ReleaseInSteps(BaseRelease):
    """A release that moves a share of the instances at a time, with alarms on each step."""

    percent: int | None = None
    instances: Annotated[int, Field(ge=1)] | None = None
    timeout_seconds: Timeout = 3600
    alarms: RollbackAlarms = RollbackAlarms()

    smallest_percent: ClassVar[int]
    """No step may be smaller; the largest is half of the instances."""

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


def too_short(
    release: BaseRelease, setting: str, seconds: int, alarms: RollbackAlarms
) -> Iterator[str]:
    """Yields one sentence for each alarm that could not ring in so many seconds."""
    for alarm in alarms.all:
        if seconds < alarm.rings_after_seconds:
            yield (
                f"{type(release).__name__}.{setting} must be at least {alarm.rings_after_seconds} "
                f"for rollback alarm {alarm.kind!r} to ring in time, got {seconds}; wait longer, "
                f"or let it look at less than {alarm.evaluation_periods} periods of "
                f"{alarm.period_seconds} seconds"
            )


def minutes(seconds: int) -> str:
    """`5 min`, or `250 s` if they are no whole minutes."""
    whole, rest = divmod(seconds, 60)
    return f"{seconds} s" if rest else f"{whole} min"
