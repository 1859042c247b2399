"""When schedules fire next, for the expressions that the platform writes."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_WHOLE_HOURS = re.compile(r"cron\(0 (\*|(\d+)(?:/(\d+))?) (?:\*|\?) \* (?:\*|\?) \*\)")


def next_time(schedule: Mapping[str, Any], now: datetime) -> datetime | None:
    """When GetSchedule's schedule fires next; None if its expression is none of ours.

    A rate counts from the schedule's start, or else from its creation:
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based
    """
    if schedule.get("State") == "DISABLED":
        return None
    expression = schedule["ScheduleExpression"]
    if rate := _RATE.fullmatch(expression):
        begin: datetime = schedule.get("StartDate") or schedule["CreationDate"]
        step = timedelta(**{f"{rate[2]}s": int(rate[1])})
        return begin + step * max(0, (now - begin) // step + 1)
    return next_whole_hour(expression, now)


def next_whole_hour(expression: str, now: datetime) -> datetime | None:
    """The next moment of `cron(0 * …)`, `cron(0 6 …)` or `cron(0 0/4 …)` in UTC, else None."""
    found = _WHOLE_HOURS.fullmatch(expression)
    if not found:
        return None
    first, step = int(found[2] or 0), int(found[3] or 24)
    hours = range(24) if found[1] == "*" else range(first, 24, step)
    whole = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    coming = (whole + timedelta(hours=ahead) for ahead in range(1, 25))
    return next(moment for moment in coming if moment.hour in hours)
