"""What putting a metric alarm and putting a composite alarm have in common."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from local_aws.alarms import events
from local_aws.alarms.alarm import ACTIONS, ALARMS, Alarm, alarm_arn, new_state, remember
from local_aws.alarms.watching import Watch
from local_aws.clock import clock
from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.tags import TAGS
from local_aws.ministack.scope import account_id, region


def with_actions(configuration: dict[str, Any]) -> dict[str, Any]:
    """The configuration with ActionsEnabled and all three lists of actions.

    Raises:
        NotImplementedHere: An action is no SNS topic of this account and region.
    """
    lists = {member: list(configuration.get(member) or ()) for member in ACTIONS.values()}
    topics = f"arn:aws:sns:{region()}:{account_id()}:"
    policies = f"arn:aws:autoscaling:{region()}:{account_id()}:scalingPolicy:"
    for member, actions in lists.items():
        others = [
            action
            for action in actions
            if not action.startswith((topics, policies) if member == "AlarmActions" else topics)
        ]
        if others:
            raise NotImplementedHere(
                f"{member}: the local AWS performs actions on SNS topics of the alarm's account"
                f" and region only, and on step scaling policies in AlarmActions, got"
                f" {', '.join(others)}"
            )
    return configuration | {"ActionsEnabled": configuration.get("ActionsEnabled", True), **lists}


def save(
    kind: str,
    configuration: dict[str, Any],
    tags: Sequence[Mapping[str, str]],
    *,
    watch: Watch | None = None,
    rule: Any = None,
) -> tuple[Alarm, bool]:
    """Make the alarm, or change it; then it keeps its state and its tags.

    Returns:
        The alarm, and whether it is new.

    Raises:
        ValidationException: An alarm of the other kind has the name.
    """
    name, now = configuration["AlarmName"], clock.now()
    with ALARMS.lock:
        alarm = ALARMS.get(name)
        if alarm and alarm.kind != kind:
            raise ValidationException(f"{name} is a {alarm.kind}; its type can't be changed")
        previous = events.configuration(alarm) if alarm else None
        if alarm is None:
            state = new_state(now)
            alarm = Alarm(
                name=name,
                arn=alarm_arn(name),
                kind=kind,
                configuration=configuration,
                configured=now,
                state=state,
                before=state,
            )
            ALARMS.put(name, alarm)
            TAGS.put(alarm.arn, tags)
        alarm.configuration, alarm.configured = configuration, now
        alarm.watch, alarm.rule, alarm.metric_id = watch, rule, str(uuid.uuid4())
    _tell(alarm, "update" if previous else "create", previous)
    return alarm, previous is None


def tell_deleted(alarm: Alarm) -> None:
    """Write into the history, and tell the event bus, that an alarm was deleted."""
    _tell(alarm, "delete", None)


def _tell(alarm: Alarm, operation: str, previous: dict[str, Any] | None) -> None:
    done = f"{operation.rstrip('e')}ed"
    told = {f"{done}Alarm": events.configuration(alarm)}
    data = {"version": "1.0", "type": operation.title(), **told}
    summary = f'Alarm "{alarm.name}" {done}'
    remember(alarm, "ConfigurationUpdate", summary, json.dumps(data, separators=(",", ":")))
    events.configuration_changed(alarm, operation, previous)
