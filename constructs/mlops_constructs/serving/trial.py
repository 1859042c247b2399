"""Releases that compare first: the challenger beside the champion, before it takes over."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

CHALLENGER_VARIANT: Final = "Challenger"
"""The variant beside the one that serves, while a trial lasts."""

LONGEST_TRIAL_HOURS: Final = 168

Hours: TypeAlias = Annotated[int, Field(ge=1, le=LONGEST_TRIAL_HOURS)]


class _Trial(BaseModel):
    """What both have in common: how long, and how much worse is worse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[Literal["shadow", "split"]]

    hours: Hours = 24
    minimum_requests: Annotated[int, Field(ge=1)] = 1000
    error_points: Annotated[float, Field(gt=0, le=100)] = 1
    latency_percent: Annotated[float, Field(gt=0)] = 20

    @property
    def who_decides(self) -> Literal["rule", "person"]:
        """Who says what becomes of the challenger, if the comparison has a verdict."""
        return "rule"

    @property
    def share_percent(self) -> int:
        """Share of the requests that the challenger gets, 1 to 100."""
        raise NotImplementedError

    def as_input(self, *, bucket: str) -> dict[str, object]:
        """What a promotion is told of it.

        Args:
            bucket: Where the comparisons lie.
        """
        return {
            "kind": self.kind,
            "hours": self.hours,
            "decides": self.who_decides,
            "bucket": bucket,
        }


class Shadow(_Trial):
    """The challenger answers copies of requests that nobody hears, and is then judged.

    After ``hours`` its errors, its latency and how often it agrees with the champion are compared,
    with 95 % confidence; it is promoted if none can be worse by more than the bounds, dropped if
    one surely is, and otherwise a person is told that there was not enough traffic.
    https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests.html

    Attributes:
        hours: How long the trial lasts, 1 to 168.
        sample_percent: Share of the requests that it gets a copy of, 1 to 100.
        minimum_requests: With fewer there is no verdict.
        error_points: Percentage points by which its share of failed requests may be higher.
        latency_percent: By how much its mean latency may be higher.
        agreement_percent: Share of its answers that have to say what the champion said.
        tolerance: Numbers count as the same up to this difference; other answers if they are equal.
    """

    kind = "shadow"

    sample_percent: Annotated[int, Field(ge=1, le=100)] = 100
    agreement_percent: Annotated[float, Field(gt=0, lt=100)] = 90
    tolerance: Annotated[float, Field(ge=0)] = 0.05

    @property
    def share_percent(self) -> int:
        """Share of the requests that the challenger gets a copy of."""
        return self.sample_percent

    def __str__(self) -> str:
        return f"SHADOW {self.sample_percent} %, {self.hours} h"


class Split(_Trial):
    """Champion and challenger answer side by side, by weight; a rule or a person decides.

    A rule decides after ``hours`` as `Shadow` does, but without agreement: no request is answered
    by both. A person is told the comparison then, and decides with `python -m operate decide`;
    until somebody has, both go on.
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-ab-testing.html

    Attributes:
        hours: After how long the two are compared, 1 to 168.
        weight_percent: Share of the requests that the challenger answers, 1 to 50.
        decides: `rule` or `person`.
        minimum_requests: With fewer for either there is no verdict.
        error_points: Percentage points by which its share of failed requests may be higher.
        latency_percent: By how much its mean latency may be higher.
    """

    kind = "split"

    weight_percent: Annotated[int, Field(ge=1, le=50)] = 10
    decides: Literal["rule", "person"] = "rule"

    @property
    def who_decides(self) -> Literal["rule", "person"]:
        """Who says what becomes of the challenger, if the comparison has a verdict."""
        return self.decides

    @property
    def share_percent(self) -> int:
        """Share of the requests that the challenger answers."""
        return self.weight_percent

    def __str__(self) -> str:
        return f"SPLIT {self.weight_percent} %, {self.hours} h, a {self.decides} decides"


Trial: TypeAlias = Shadow | Split
