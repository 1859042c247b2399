"""SetAlarmState, DeleteAlarms, EnableAlarmActions, DisableAlarmActions."""

from typing import Any

from local_aws.alarms import changes, evaluation, suppression
from local_aws.alarms.alarm import ALARMS, COMPOSITE, find
from local_aws.alarms.composites import children
from local_aws.alarms.saving import tell_deleted
from local_aws.core.errors import ValidationException
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.core.tags import TAGS

SERVICE = "cloudwatch"


@operation(SERVICE, "SetAlarmState")
def set_alarm_state(request: Request) -> dict[str, Any]:
    """Put an alarm into a state until it is evaluated next."""
    name, value, reason = request["AlarmName"], request["StateValue"], request["StateReason"]
    data = request.get("StateReasonData")
    alarm = find(name)
    changes.set_state(alarm, value, reason, data)
    evaluation.evaluate_soon(alarm)
    return {}


@operation(SERVICE, "DeleteAlarms")
def delete_alarms(request: Request) -> dict[str, Any]:
    """Delete alarms, those that exist, unless a composite alarm is left that needs one."""
    names = list(dict.fromkeys(request["AlarmNames"]))
    with ALARMS.lock:
        found = [alarm for name in names if (alarm := ALARMS.get(name))]
        composites = [alarm for alarm in found if alarm.kind == COMPOSITE]
        if len(composites) > 1:
            raise ValidationException(
                f"Cannot delete [{len(composites)}] Composite Alarms as only one composite alarm"
                " delete is allowed in single request"
            )
        for alarm in found:
            if any(alarm.name in children(parent) for parent in ALARMS.values()):
                raise ValidationException(
                    f"Cannot delete {alarm.name} as there are composite alarm(s) depending on it."
                )
        for alarm in found:
            ALARMS.remove(alarm.name)
            TAGS.forget(alarm.arn)
            evaluation.cancel(alarm)
            suppressed = alarm.state
            suppression.end(alarm)
            alarm.state = suppressed
    for alarm in found:
        tell_deleted(alarm)
    return {}


@operation(SERVICE, "EnableAlarmActions")
def enable_alarm_actions(request: Request) -> dict[str, Any]:
    """Have alarms act when their state changes; names that are not there are passed over."""
    return _switch(request, True)


@operation(SERVICE, "DisableAlarmActions")
def disable_alarm_actions(request: Request) -> dict[str, Any]:
    """Have alarms not act when their state changes; names not there are passed over."""
    return _switch(request, False)


def _switch(request: Request, enabled: bool) -> dict[str, Any]:
    with ALARMS.lock:
        for name in request["AlarmNames"]:
            if alarm := ALARMS.get(name):
                alarm.configuration = {**alarm.configuration, "ActionsEnabled": enabled}
    return {}
