"""When a schedule's timer rings: the next timer, and an execution."""

import uuid

from local_aws.clock import clock
from local_aws.core import background
from local_aws.monitoring import running
from local_aws.monitoring.schedule import (
    EXECUTIONS,
    SCHEDULES,
    MonitoringExecution,
    MonitoringSchedule,
)


def arm(schedule: MonitoringSchedule) -> None:
    """Set the timer for the schedule's next time, or run it if that is now."""
    with SCHEDULES.lock:
        disarm(schedule)
        if schedule.status != "Scheduled":
            return
        now, ticks = clock.now(), schedule.ticks
        schedule.due = ticks.after(now) if ticks else now
        schedule.timer = background.after(schedule.due - now, _fire, schedule, schedule.due)


def disarm(schedule: MonitoringSchedule) -> None:
    """Take the timer away."""
    with SCHEDULES.lock:
        if schedule.timer is not None:
            schedule.timer.cancel()
            schedule.timer = schedule.due = None


def _fire(schedule: MonitoringSchedule, due: float) -> None:
    with SCHEDULES.lock:
        if SCHEDULES.get(schedule.name) is not schedule or schedule.due != due:
            return
        disarm(schedule)
        if schedule.ticks:
            arm(schedule)
        execution = MonitoringExecution(
            schedule=schedule, definition_name=schedule.definition_name, scheduled=due
        )
        EXECUTIONS.put(uuid.uuid4().hex, execution)
        schedule.last = execution
    running.run(execution)
