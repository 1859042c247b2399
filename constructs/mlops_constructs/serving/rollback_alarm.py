"""What rolls a release back: which measurement of the new version, and from when on."""

import re
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlops_constructs.names import LONGEST_NAME
from mlops_constructs.serving.endpoint_metric import EndpointMetric

MOST_ALARMS: Final = 10
"""How many alarms may guard one deployment (API reference, AutoRollbackConfig)."""

LONGEST_ALARM_NAME: Final = 255
"""Characters of an alarm's name (API reference, PutMetricAlarm)."""

LATENCY_OF_METRICS_SECONDS: Final = 120
"""What passes, with some room, between a request and an alarm's look at its minute."""

_KIND = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_STATISTIC = r"^(Average|Sum|Minimum|Maximum|SampleCount|p(\d{1,2}(\.\d+)?|100))$"


class RollbackAlarm(BaseModel):
    """One alarm on what SageMaker measures of the config that a release brings, and of no other.

    It rings when the statistic is above the threshold in each of so many periods in a row; a
    period without a request counts as good.

    Attributes:
        kind: A word for it in the alarm's name, such as `client-errors`.
        metric: What is measured.
        above: The threshold, in the metric's unit; latencies are in microseconds.
        statistic: `Average`, `Sum`, `p99` and the like; by default the one the metric comes with.
        period_seconds: How long one period is; SageMaker measures by the minute.
        evaluation_periods: How many in a row.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    metric: EndpointMetric
    above: Annotated[float, Field(ge=0)]
    statistic: Annotated[str, Field(pattern=_STATISTIC)] | None = None
    period_seconds: Annotated[int, Field(ge=60, multiple_of=60)] = 60
    evaluation_periods: Annotated[int, Field(ge=1)] = 2

    @property
    def rings_after_seconds(self) -> int:
        """How long a new version may do wrong before the alarm is sure to ring."""
        return self.period_seconds * self.evaluation_periods + LATENCY_OF_METRICS_SECONDS

    def name(self, *, endpoint_name: str, config_name: str) -> str:
        """The alarm's name; a config's own, so that a release never meets an older one's state."""
        return f"{endpoint_name}-{self.kind}-{config_name}"

    @model_validator(mode="after")
    def _can_be_named(self) -> Self:
        # An endpoint's name and a config's are counted at their longest.
        longest = LONGEST_ALARM_NAME - 2 * LONGEST_NAME - 2
        if len(self.kind) > longest or not _KIND.fullmatch(self.kind):
            raise ValueError(
                f"the kind of a rollback alarm must be 1 to {longest} small letters, digits and "
                f"inner hyphens, got {self.kind!r} ({len(self.kind)} characters): it stands in the "
                f"alarm's name, {LONGEST_ALARM_NAME} characters at most, between the endpoint's "
                f"name and the config's"
            )
        return self


class RollbackAlarms(BaseModel):
    """All alarms that roll a release back: for failures, for slowness, and the user's own.

    Attributes:
        error_percent: More than this share of a minute's requests answered with 5XX; None for no
            such alarm.
        latency_ms: A 99th percentile of the model's own time above this; None for no such alarm.
            The default is a second, after which a person's attention leaves
            (https://www.nngroup.com/articles/response-times-3-important-limits/).
        evaluation_periods: For how many minutes in a row, for these two.
        others: Any more; ten alarms at most in all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    error_percent: Annotated[float, Field(ge=0, lt=100)] | None = 5
    latency_ms: Annotated[float, Field(gt=0)] | None = 1000
    evaluation_periods: Annotated[int, Field(ge=1)] = 2
    others: tuple[RollbackAlarm, ...] = ()

    @property
    def all(self) -> tuple[RollbackAlarm, ...]:
        """Every alarm, each with a kind of its own."""
        own = []
        if self.error_percent is not None:
            own.append(self._own("5xx", EndpointMetric.SERVER_ERRORS, self.error_percent / 100))
        if self.latency_ms is not None:
            own.append(self._own("latency", EndpointMetric.MODEL_LATENCY, self.latency_ms * 1000))
        return (*own, *self.others)

    @property
    def ring_after_seconds(self) -> int:
        """How long a new version may do wrong before each of them is sure to ring."""
        return max(alarm.rings_after_seconds for alarm in self.all)

    def _own(self, kind: str, metric: EndpointMetric, above: float) -> RollbackAlarm:
        # SageMaker reports a 1 or a 0 for each request, so the average is the share of failures.
        statistic = "Average" if metric is EndpointMetric.SERVER_ERRORS else None
        return RollbackAlarm(
            kind=kind,
            metric=metric,
            above=above,
            statistic=statistic,
            evaluation_periods=self.evaluation_periods,
        )

    @model_validator(mode="after")
    def _are_few_and_different(self) -> Self:
        kinds = [alarm.kind for alarm in self.all]
        problems = [
            f"two rollback alarms are of kind {kind!r}; kinds must differ, because they name the "
            "alarms ('5xx' and 'latency' are taken by error_percent and latency_ms)"
            for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1})
        ]
        if len(kinds) > MOST_ALARMS:
            problems.append(
                f"a release can have {MOST_ALARMS} rollback alarms, got {len(kinds)} "
                f"({', '.join(kinds)}); take some out of others="
            )
        if not kinds:
            problems.append(
                "rollback alarms must be at least one, got none; set error_percent, latency_ms or "
                "others, or release with AllAtOnce(alarms=None)"
            )
        if problems:
            raise ValueError("\n".join(problems))
        return self
