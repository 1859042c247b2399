"""When a schedule's timer rings: the next timer, and the delivery."""

import zlib

from local_aws.clock import clock
from local_aws.core import background
from local_aws.core.assumptions import holds
from local_aws.scheduling import delivery
from local_aws.scheduling.expressions import Once
from local_aws.scheduling.schedule import SCHEDULES, Schedule


def arm(schedule: Schedule) -> None:
    """Set the timer for a new schedule's first time, if it is enabled and has one."""
    if schedule.members["State"] == "ENABLED":
        with SCHEDULES.lock:
            _wait(schedule, _due(schedule, schedule.modified))


def disarm(schedule: Schedule) -> None:
    """Take the timer away."""
    with SCHEDULES.lock:
        if schedule.timer is not None:
            schedule.timer.cancel()
            schedule.timer = None


def remove(schedule: Schedule) -> None:
    """Delete the schedule, unless another is in its place already."""
    with SCHEDULES.lock:
        disarm(schedule)
        if SCHEDULES.get(schedule.key) is schedule:
            SCHEDULES.remove(schedule.key)


def fire(schedule: Schedule, due: float) -> None:
    """Set the timer for the time after this one, then deliver.

    Args:
        schedule: The schedule; nothing happens if it was updated or deleted meanwhile.
        due: The time for which the schedule was waiting, before its flexible window.
    """
    with SCHEDULES.lock:
        if SCHEDULES.get(schedule.key) is not schedule:
            return
        schedule.fired = due
        following = _due(schedule, due)
        _wait(schedule, following)
    delivery.deliver(schedule, due, done=None if following else lambda: _complete(schedule))


def _due(schedule: Schedule, now: float) -> float | None:
    """The first time that the schedule is due, not before now and after the last one."""
    members, expression = schedule.members, schedule.expression
    if isinstance(expression, Once):
        late = expression.time < now and not holds("scheduler-fires-what-is-past")
        return None if late or schedule.fired is not None else expression.time
    start, end = members.get("StartDate"), members.get("EndDate")
    after_last = -1.0 if schedule.fired is None else schedule.fired + 1
    base = schedule.modified if start is None else start
    due = expression.at_or_after(max(now, after_last, start or 0.0), base)
    return None if due is None or (end is not None and due >= end) else due


def _wait(schedule: Schedule, due: float | None) -> None:
    schedule.timer = None
    if due is not None:
        delay = due + _offset(schedule, due) - clock.now()
        schedule.timer = background.after(max(0.0, delay), fire, schedule, due)


def _offset(schedule: Schedule, due: float) -> int:
    """Where in its flexible window the schedule fires: anywhere, but always at the same place."""
    minutes = schedule.members["FlexibleTimeWindow"].get("MaximumWindowInMinutes", 0)
    return zlib.crc32(f"{schedule.arn} {due}".encode()) % (minutes * 60) if minutes else 0


def _complete(schedule: Schedule) -> None:
    if schedule.members["ActionAfterCompletion"] == "DELETE":
        remove(schedule)
