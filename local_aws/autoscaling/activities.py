"""Scaling activities: what policies did to their targets."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.autoscaling.scalable_targets import PAGE_SIZE, SERVICE, key_of
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One change of a capacity, or the attempt.

    Attributes:
        described: as DescribeScalingActivities has it.
        before: the capacity that it found; of one that passed a cooldown, which that began with.
        after: the capacity that it wanted.
    """

    described: dict[str, Any]
    before: int
    after: int

    @property
    def ended(self) -> float:
        """When it was done, in seconds since the epoch."""
        return float(self.described["EndTime"])


ACTIVITIES: Table[Activity] = Table()


@operation(SERVICE, "DescribeScalingActivities")
def describe_scaling_activities(request: Request) -> dict[str, Any]:
    """The activities of a namespace, of this resource and dimension if given, newest first."""
    members = ("ServiceNamespace", "ResourceId", "ScalableDimension")
    asked = {member: request.get(member) for member in members}
    found = [
        activity.described
        for activity in ACTIVITIES.values()
        if all(value in (None, activity.described[member]) for member, value in asked.items())
    ]
    found.sort(key=lambda described: described["StartTime"], reverse=True)
    return page(found, request, "ScalingActivities", default=PAGE_SIZE)


def remember(described: Mapping[str, Any], *, before: int, after: int) -> None:
    """Keep an activity; `described` is all but its ActivityId."""
    identifier = str(uuid.uuid4())
    whole = {"ActivityId": identifier, **described}
    ACTIVITIES.put(identifier, Activity(described=whole, before=before, after=after))


def last_of(target: Mapping[str, Any]) -> Activity | None:
    """The last successful activity of a target, from which cooldowns count."""
    own = [
        activity
        for activity in ACTIVITIES.values()
        if key_of(activity.described) == key_of(target)
        and activity.described["StatusCode"] == "Successful"
    ]
    return max(own, key=lambda activity: activity.ended, default=None)
