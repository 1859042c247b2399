"""Scaling activities: what policies did to their targets."""

from collections.abc import Mapping
from typing import Any

from local_aws.autoscaling.scalable_targets import PAGE_SIZE, SERVICE, key_of
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table

ACTIVITIES: Table[dict[str, Any]] = Table()


@operation(SERVICE, "DescribeScalingActivities")
def describe_scaling_activities(request: Request) -> dict[str, Any]:
    """The activities of a namespace, of this resource and dimension if given, newest first."""
    members = ("ServiceNamespace", "ResourceId", "ScalableDimension")
    asked = {member: request.get(member) for member in members}
    found = [
        activity
        for activity in ACTIVITIES.values()
        if all(value in (None, activity[member]) for member, value in asked.items())
    ]
    found.sort(key=lambda activity: activity["StartTime"], reverse=True)
    return page(found, request, "ScalingActivities", default=PAGE_SIZE)


def last_of(target: Mapping[str, Any]) -> dict[str, Any] | None:
    """The last successful activity of a target, from which cooldowns count."""
    own = [
        activity
        for activity in ACTIVITIES.values()
        if key_of(activity) == key_of(target) and activity["StatusCode"] == "Successful"
    ]
    return max(own, key=lambda activity: float(activity["EndTime"]), default=None)
