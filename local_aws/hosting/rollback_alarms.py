"""Alarms of CloudWatch that end deployments."""

from local_aws.alarms.alarm import Alarm
from local_aws.alarms.changes import on_change
from local_aws.hosting.endpoint import ENDPOINTS


@on_change
def alarm_changed(alarm: Alarm) -> None:
    """Let the deployments under way know whose AutoRollbackConfiguration names an alarm."""
    if alarm.state.value != "ALARM":
        return
    for endpoint in ENDPOINTS.values():
        guard = endpoint.guard
        if guard and alarm.name in guard.alarms:
            guard.ring([alarm.name])
