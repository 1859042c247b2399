"""ActionsSuppressor of composite alarms, with its WaitPeriod and ExtensionPeriod.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html
"""

from dataclasses import replace

from local_aws.alarms.actions import act
from local_aws.alarms.alarm import ALARMS, Alarm, alarm_name
from local_aws.alarms.verdict import ALARM, INSUFFICIENT_DATA, OK
from local_aws.clock import clock
from local_aws.core import background


def begin(alarm: Alarm) -> None:
    """Suppress the actions of an alarm that has just changed its state, if it has a suppressor.

    The suppressor's ALARM does it; otherwise the alarm waits, whatever period ran before.
    Assumption new-alarm-does-not-wait: one that starts with OK does neither.
    """
    end(alarm)
    suppressor = _suppressor(alarm)
    starts_well = (alarm.before.value, alarm.state.value) == (INSUFFICIENT_DATA, OK)
    if suppressor is None or starts_well:
        return
    if _in_alarm(suppressor):
        _suppress(alarm, "Alarm")
    else:
        _wait(alarm, "WaitPeriod")


def end(alarm: Alarm) -> None:
    """Stop the period that runs, and perform no actions for it."""
    with ALARMS.lock:
        if alarm.suppression:
            alarm.suppression.cancel()
        alarm.suppression = None
        alarm.state = replace(alarm.state, suppressed_by=None)


def suppressor_changed(suppressor: Alarm) -> None:
    """See to the alarms that this one suppresses."""
    resumed = []
    with ALARMS.lock:
        for alarm in ALARMS.values():
            by = alarm.state.suppressed_by
            if by is None or _suppressor(alarm) != suppressor.name:
                continue
            if suppressor.state.value == ALARM:
                end(alarm)
                _suppress(alarm, "Alarm")
            elif by == "Alarm":
                _wait(alarm, "ExtensionPeriod")
                resumed += [alarm] if alarm.state.suppressed_by is None else []
    for alarm in resumed:
        act(alarm)


def _wait(alarm: Alarm, period: str) -> None:
    end(alarm)
    seconds = alarm.configuration[f"ActionsSuppressor{period}"]
    if seconds > 0:
        _suppress(alarm, period)
        token = object()
        alarm.waiting = token
        alarm.suppression = background.after(seconds, _expire, alarm, token)


def _expire(alarm: Alarm, token: object) -> None:
    with ALARMS.lock:
        if alarm.waiting is not token or alarm.suppression is None:
            return
        end(alarm)
        alarm.state = replace(alarm.state, updated=clock.now())
    act(alarm)


def _suppress(alarm: Alarm, by: str) -> None:
    alarm.state = replace(alarm.state, suppressed_by=by)


def _suppressor(alarm: Alarm) -> str | None:
    given = alarm.configuration.get("ActionsSuppressor")
    return None if given is None else alarm_name(given)


def _in_alarm(name: str) -> bool:
    suppressor = ALARMS.get(name)
    return suppressor is not None and suppressor.state.value == ALARM
