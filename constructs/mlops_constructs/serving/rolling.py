"""A release in batches, for an endpoint that can't be had twice."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from mlops_constructs.serving.release_base import ReleaseInSteps, Seconds, minutes, too_short


class Rolling(ReleaseInSteps):
    """The new version takes over batch by batch; the old one's instances end as it goes.

    While it lasts there is one batch of instances too many, where blue/green has all of them twice:
    for types that are scarce, and for wide endpoints. What it can't do: keep the old version beside
    the whole new one (when the last batch has baked, the old fleet is gone), and go back at once
    (what was replaced has to start anew). Without instances (`Serverless`) and with several
    variants AWS has none of it.
    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html
    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html

    Attributes:
        percent: The share of the instances in each batch, 5 to 50; or
        instances: their number, between a twentieth of the most and half of the fewest there are.
        wait_seconds: How long alarms watch each batch before the next.
        rollback_percent: The share that goes back in each batch when an alarm rings, 5 to 100;
            None for all at once, which is quickest and needs most room.
        timeout_seconds: After how long AWS gives a deployment up, the start of instances included.
        alarms: What rolls it back.
    """

    type = "ROLLING"
    smallest_percent = 5

    wait_seconds: Seconds = 300
    rollback_percent: Annotated[int, Field(ge=5, le=100)] | None = None

    def __str__(self) -> str:
        return f"{self.type} {self.size}, {minutes(self.wait_seconds)}"

    def _problems(self) -> Iterator[str]:
        yield from super()._problems()
        yield from too_short(self, "wait_seconds", self.wait_seconds, self.alarms)
