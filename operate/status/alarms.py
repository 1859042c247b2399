"""What alarms say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from operate.account import Account

_AT_ONCE = 100
"""Names that DescribeAlarms takes (API reference: AlarmNames)."""


@dataclass(frozen=True)
class Alarm:
    """An alarm.

    Attributes:
        name: Its name.
        state: OK, ALARM or INSUFFICIENT_DATA; `missing` if there is no such alarm.
        since: When it came into that state.
        reason: Why.
    """

    name: str
    state: str
    since: datetime | None = None
    reason: str = ""


def read_alarms(account: Account, names: Sequence[str]) -> list[Alarm]:
    """The alarms of these names, in their order."""
    found: dict[str, Alarm] = {}
    for first in range(0, len(names), _AT_ONCE):
        for alarm in account.each(
            "cloudwatch",
            "describe_alarms",
            "MetricAlarms",
            AlarmNames=list(names[first : first + _AT_ONCE]),
            AlarmTypes=["MetricAlarm"],
        ):
            found[alarm["AlarmName"]] = Alarm(
                name=alarm["AlarmName"],
                state=alarm["StateValue"],
                since=alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"],
                reason=alarm.get("StateReason", ""),
            )
    return [found.get(name, Alarm(name, "missing")) for name in names]


def alarms_of_stack(account: Account, stack: str) -> list[str]:
    """The names of all alarms that a stack has made."""
    return [
        resource["PhysicalResourceId"]
        for resource in account.each(
            "cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack
        )
        if resource["ResourceType"] == "AWS::CloudWatch::Alarm"
        and resource.get("PhysicalResourceId")
        and resource["ResourceStatus"] != "DELETE_COMPLETE"
    ]
