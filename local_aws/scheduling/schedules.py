"""Operations on schedules."""

from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ValidationException
from local_aws.core.listing import seconds
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import arn
from local_aws.scheduling import firing, targets
from local_aws.scheduling.errors import ConflictException
from local_aws.scheduling.expressions import Expression, parse
from local_aws.scheduling.groups import PAGE_SIZE, SERVICE, find_group
from local_aws.scheduling.schedule import (
    DEFAULT_GROUP,
    SCHEDULES,
    Schedule,
    find_schedule,
    key_of,
)

# What GetSchedule shows of a schedule that was created without these members.
_DEFAULTS: dict[str, Any] = {
    "ActionAfterCompletion": "NONE",
    "GroupName": DEFAULT_GROUP,
    "ScheduleExpressionTimezone": "UTC",
    "State": "ENABLED",
}
# botocore, RetryPolicy, gives the bounds; the user guide calls them the defaults too
# (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html).
_RETRY: dict[str, Any] = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
_EARLIEST_START_SECONDS = 5 * 60


@operation(SERVICE, "CreateSchedule")
def create_schedule(request: Request) -> dict[str, Any]:
    """Make a schedule and set its timer.

    Raises:
        ConflictException: The group has a schedule of this name.
    """
    made = _schedule(request)
    start = made.members.get("StartDate")
    if start is not None and made.expression.recurring:
        _refuse_long_past(start)
    with SCHEDULES.lock:
        if made.key in SCHEDULES:
            raise ConflictException(f"Schedule {made.name} already exists.")
        SCHEDULES.put(made.key, made)
    firing.arm(made)
    return {"ScheduleArn": made.arn}


@operation(SERVICE, "UpdateSchedule")
def update_schedule(request: Request) -> dict[str, Any]:
    """Put another schedule in the place of one; what the input leaves out takes its default.

    Raises:
        ResourceNotFoundException: The group has no schedule of this name.
    """
    before = find_schedule(request.get("GroupName", DEFAULT_GROUP), request["Name"])
    after = _schedule(request, created=before.created)
    when = ("ScheduleExpression", "ScheduleExpressionTimezone")
    if all(before.members[name] == after.members[name] for name in when):
        after.fired = before.fired
    with SCHEDULES.lock:
        firing.disarm(before)
        SCHEDULES.put(after.key, after)
    firing.arm(after)
    return {"ScheduleArn": after.arn}


@operation(SERVICE, "GetSchedule")
def get_schedule(request: Request) -> dict[str, Any]:
    """One schedule."""
    return find_schedule(request.get("GroupName", DEFAULT_GROUP), request["Name"]).described()


@operation(SERVICE, "DeleteSchedule")
def delete_schedule(request: Request) -> dict[str, Any]:
    """Delete a schedule; deliveries that failed before are tried again all the same."""
    firing.remove(find_schedule(request.get("GroupName", DEFAULT_GROUP), request["Name"]))
    return {}


@operation(SERVICE, "ListSchedules")
def list_schedules(request: Request) -> dict[str, Any]:
    """Schedules by group, start of their name and state, ordered by group and name."""
    prefix, state = request.get("NamePrefix", ""), request.get("State")
    if group := request.get("GroupName"):
        find_group(group)
    found = [
        each
        for each in SCHEDULES.values()
        if each.name.startswith(prefix)
        and group in (None, each.group)
        and state in (None, each.members["State"])
    ]
    summaries = [_summary(each) for each in sorted(found, key=lambda each: each.key)]
    return page(summaries, request, "Schedules", default=PAGE_SIZE)


def _schedule(request: Request, *, created: float | None = None) -> Schedule:
    members: dict[str, Any] = _DEFAULTS | request.keep(
        "Description", "GroupName", "KmsKeyArn", *_DEFAULTS
    )
    members |= request.keep("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    members |= {
        name: seconds(request[name]) for name in ("StartDate", "EndDate") if name in request
    }
    expression = parse(members["ScheduleExpression"], members["ScheduleExpressionTimezone"])
    _refuse_impossible_times(members, expression)
    targets.check(members["Target"])
    members["Target"]["RetryPolicy"] = _RETRY | members["Target"].get("RetryPolicy", {})
    name, group = members["Name"], find_group(members["GroupName"]).name
    now = clock.now()
    return Schedule(
        name=name,
        group=group,
        arn=arn("schedule", key_of(group, name), service=SERVICE),
        members=members,
        expression=expression,
        created=now if created is None else created,
        modified=now,
    )


def _refuse_impossible_times(members: dict[str, Any], expression: Expression) -> None:
    window, rule = members["FlexibleTimeWindow"], "FlexibleTimeWindowMode is set to"
    given = "MaximumWindowInMinutes" in window
    if given and window["Mode"] == "OFF":
        raise ValidationException(f"MaximumWindowInMinutes must not be provided when {rule} OFF.")
    if not given and window["Mode"] == "FLEXIBLE":
        raise ValidationException(f"MaximumWindowInMinutes must be provided when {rule} FLEXIBLE.")
    start, end = members.get("StartDate"), members.get("EndDate")
    if start is not None and end is not None and expression.recurring and start >= end:
        raise ValidationException("The StartDate you specify must come before the EndDate.")


def _refuse_long_past(start: float) -> None:
    if start < clock.now() - _EARLIEST_START_SECONDS:
        raise ValidationException("The StartDate you specify cannot be earlier than 5 minutes ago.")


def _summary(schedule: Schedule) -> dict[str, Any]:
    described = schedule.described()
    names = ("Arn", "CreationDate", "GroupName", "LastModificationDate", "Name", "State")
    return {
        **{name: described[name] for name in names},
        "Target": {"Arn": schedule.target["Arn"]},
    }
