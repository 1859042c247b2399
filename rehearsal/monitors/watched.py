"""A stage whose endpoint is monitored, and what its monitors measured."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from rehearsal.mailbox import Mailbox
from rehearsal.names import StageNames
from rehearsal.world import World

KINDS = QUALITY, BIAS, ATTRIBUTION = "model-quality", "bias", "attribution"

LABELS = "loan-approval-decisions"
"""Below it, in each stage's data bucket, lenders say what they decided."""

NAMESPACE = "Perennial/Monitoring"


@dataclass(frozen=True, eq=False)
class Watched:
    """An endpoint with its monitors; equal only to itself.

    Attributes:
        names: Of its stage.
        data_bucket: Labels arrive there.
        mailbox: What people are told.
    """

    names: StageNames
    data_bucket: str
    mailbox: Mailbox

    @classmethod
    def of(cls, world: World, names: StageNames, mailbox: Mailbox) -> "Watched":
        """A deployed stage."""
        bucket = world.outputs(f"{names.stage}-Foundation")["DataBucketName"]
        return cls(names, bucket, mailbox)

    def monitor(self, kind: str) -> str:
        """What a monitor's schedule is called, and its alarms begin with."""
        return f"{self.names.endpoint}-{kind}"

    def drift(self, kind: str) -> str:
        """The alarm that rings when it finds drift."""
        return f"{self.monitor(kind)}-drift"

    @property
    def degraded(self) -> str:
        """Rings while any of those does."""
        return f"{self.names.endpoint}-degraded"


def measured(
    world: World, watched: Watched, kind: str, metric: str, *, since: float
) -> list[float]:
    """What a monitor put in the hour that begins then."""
    start = datetime.datetime.fromtimestamp(since, datetime.UTC)
    dimensions = {"Endpoint": watched.names.endpoint, "Monitor": kind}
    found = world.client("cloudwatch").get_metric_data(
        StartTime=start,
        EndTime=start + datetime.timedelta(hours=1),
        MetricDataQueries=[{
            "Id": "asked",
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": metric,
                    "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
                },
                "Period": 3600, "Stat": "Maximum",
            },
        }],
    )  # fmt: skip
    return [float(value) for result in found["MetricDataResults"] for value in result["Values"]]


def alarms(world: World, watched: Iterable[Watched]) -> dict[str, str]:
    """The state of every alarm of the monitors, the composite ones as well."""
    wanted = {name for each in watched for name in (*each.names.alarms, each.degraded)}
    pages = world.client("cloudwatch").get_paginator("describe_alarms")
    types = ["MetricAlarm", "CompositeAlarm"]
    return {
        alarm["AlarmName"]: alarm["StateValue"]
        for page in pages.paginate(AlarmTypes=types)
        for alarm in [*page["MetricAlarms"], *page["CompositeAlarms"]]
        if alarm["AlarmName"] in wanted
    }
