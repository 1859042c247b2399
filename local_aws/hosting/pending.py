"""A deployment under way, as DescribeEndpoint and its event show it.

https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html has the
messages, https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PendingDeploymentSummary.html
the members.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from local_aws.clock import clock
from local_aws.hosting.serverless import ServerlessConfig


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What is done to the variants of a fleet: VariantStatus of the API.

    Attributes:
        status: Creating, ActivatingTraffic, Baking or Deleting.
        wording: the message, with {} for the number of instances that it concerns.
        since: when it began.
    """

    status: str
    wording: str
    since: float

    def of(self, instances: int) -> dict[str, Any]:
        """The status of a variant, so many of whose instances it concerns."""
        message = self.wording.format(instances)
        return {"Status": self.status, "StatusMessage": message, "StartTime": self.since}


def creating() -> Stage:
    """A fleet's instances are launched from now."""
    return Stage(status="Creating", wording="Launching {} instance(s).", since=clock.now())


def activating(capacity: str) -> Stage:
    """Traffic is turned on from now; capacity is `canary` or `full`."""
    wording = f"Activating traffic on {capacity} capacity of {{}} instance(s)."
    return Stage(status="ActivatingTraffic", wording=wording, since=clock.now())


def baking(seconds: int, member: str, capacity: str) -> Stage:
    """The alarms are watched from now, for so long; member is the API's name of that wait."""
    wording = (
        f"Baking for {seconds} seconds ({member}) with traffic enabled on {capacity} capacity of "
        "{} instance(s)."
    )
    return Stage(status="Baking", wording=wording, since=clock.now())


def deleting() -> Stage:
    """A fleet's instances are terminated from now."""
    return Stage(status="Deleting", wording="Terminating {} instance(s).", since=clock.now())


def capacity(running: int, desired: int, serverless: ServerlessConfig | None) -> dict[str, Any]:
    """What a variant runs on, as DescribeEndpoint shows it."""
    if serverless:
        described = serverless.described()
        return {"CurrentServerlessConfig": described, "DesiredServerlessConfig": described}
    return {"CurrentInstanceCount": running, "DesiredInstanceCount": desired}


@dataclass(frozen=True, kw_only=True)
class PendingVariant:
    """One variant of the new fleet."""

    name: str
    image: str
    weight: float
    instance_count: int
    serverless: ServerlessConfig | None = None


@dataclass(frozen=True, kw_only=True)
class PendingDeployment:
    """A fleet that is brought up, beside the one that serves if there is one.

    Attributes:
        shadows: its shadow variant, if it has one.
        active: the part of its instances that gets traffic, 0 to 1.
        launching: the part of them that is launched at a time.
        stage: what is done to its variants; None when it is the old fleet's turn.
    """

    config_name: str
    variants: Sequence[PendingVariant]
    start_time: float
    stage: Stage | None
    shadows: Sequence[PendingVariant] = ()
    active: Fraction = Fraction(0)
    launching: Fraction = Fraction(1)

    def summary(self) -> dict[str, Any]:
        """PendingDeploymentSummary of the API and of the deployment event."""
        summary = {
            "EndpointConfigName": self.config_name,
            "ProductionVariants": [self._variant(variant) for variant in self.variants],
            "StartTime": self.start_time,
        }
        if self.shadows:
            summary["ShadowProductionVariants"] = [self._variant(each) for each in self.shadows]
        return summary

    def _variant(self, variant: PendingVariant) -> dict[str, Any]:
        active = math.ceil(self.active * variant.instance_count)
        concerned = active or variant.instance_count
        if self.stage and self.stage.status == "Creating":
            concerned = math.ceil(self.launching * variant.instance_count)
        return {
            "VariantName": variant.name,
            "DeployedImages": [{"SpecifiedImage": variant.image}],
            "CurrentWeight": variant.weight,
            "DesiredWeight": variant.weight,
            **capacity(active, variant.instance_count, variant.serverless),
            "VariantStatus": self.stage and [self.stage.of(concerned)],
        }
