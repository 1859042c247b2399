"""PutCompositeAlarm, and the state of composite alarms.

The rule is parsed by MiniStack, whose grammar is AWS's
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html).
"""

import json
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from local_aws.alarms import suppression
from local_aws.alarms.alarm import ALARMS, COMPOSITE, Alarm, State, alarm_arn, alarm_name
from local_aws.alarms.changes import change, on_change
from local_aws.alarms.reasons import timestamp
from local_aws.alarms.saving import save, with_actions
from local_aws.alarms.verdict import ALARM, OK
from local_aws.clock import clock
from local_aws.core.errors import ValidationException
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.ministack import alarm_rules

_KEPT = (
    *("AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions"),
    *("InsufficientDataActions", "AlarmRule", "ActionsSuppressor"),
    *("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"),
)
_path: ContextVar[frozenset[str]] = ContextVar("path", default=frozenset())
_PERIODS = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")


@operation("cloudwatch", "PutCompositeAlarm")
def put_composite_alarm(request: Request) -> dict[str, Any]:
    """Make a composite alarm or change it, and evaluate its rule at once."""
    given, tags = request.keep(*_KEPT), request.keep("Tags").get("Tags", ())
    configuration = with_actions(given)
    rule = _parsed(configuration["AlarmRule"])
    _check_suppressor(configuration)
    _check_existence(alarm_rules.references(rule))
    before = ALARMS.get(configuration["AlarmName"])
    suppressor = _suppressor(before.configuration) if before else ""
    alarm, is_new = save(COMPOSITE, configuration, tags, rule=rule)
    if suppressor != _suppressor(configuration):
        suppression.end(alarm)
    _evaluate(alarm, is_new)
    return {}


def children(alarm: Alarm) -> list[str]:
    """The names of the alarms in a composite alarm's rule, in its order."""
    if alarm.kind != COMPOSITE:
        return []
    return list(dict.fromkeys(map(alarm_name, alarm_rules.references(alarm.rule))))


@on_change
def child_changed(child: Alarm) -> None:
    """Evaluate the composite alarms whose rule names an alarm.

    A circle of them is followed once: AWS stops at an alarm that it has come from.
    """
    path = _path.get() | {child.name}
    token = _path.set(path)
    try:
        for parent in ALARMS.values():
            if parent.name not in path and child.name in children(parent):
                _follow(parent, child)
    finally:
        _path.reset(token)


def _follow(parent: Alarm, child: Alarm) -> None:
    with ALARMS.lock:
        value = _evaluated(parent)
        moment = datetime.fromtimestamp(child.state.transitioned, UTC)
        reason = (
            f"{child.arn} transitioned to {child.state.value} at {moment:%A %d %B, %Y %H:%M:%S} UTC"
        )
        state = _state(parent, value, reason, [child])
        changed = value != parent.state.value
    if changed:
        change(parent, state)


def _evaluate(alarm: Alarm, is_new: bool) -> None:
    with ALARMS.lock:
        value = _evaluated(alarm)
        verb = "was created and its alarm rule" if is_new else "was updated and its new alarm rule"
        found = [ALARMS.get(name) for name in children(alarm)]
        triggers = sorted(
            (each for each in found if each and each is not alarm),
            key=lambda each: -each.state.updated,
        )
        state = _state(alarm, value, f"{alarm.arn} {verb} evaluates to {value}", triggers)
    if value != alarm.state.value:
        change(alarm, state)


def _evaluated(alarm: Alarm) -> str:
    holds = alarm_rules.holds(alarm.rule, _state_of)
    return ALARM if holds else OK


def _state_of(reference: str) -> str | None:
    child = ALARMS.get(alarm_name(reference))
    return child.state.value if child else None


def _state(alarm: Alarm, value: str, reason: str, triggers: list[Alarm]) -> State:
    triggering = [
        {
            "arn": each.arn,
            "state": {"value": each.state.value, "timestamp": timestamp(each.state.updated)},
        }
        for each in triggers
    ]
    data = json.dumps({"triggeringAlarms": triggering}, separators=(",", ":"))
    now = clock.now()
    return replace(
        alarm.state, value=value, reason=reason, data=data, updated=now, transitioned=now
    )


def _parsed(rule: str) -> Any:
    try:
        return alarm_rules.parse(rule)
    except ValueError as error:
        raise ValidationException(str(error)) from error


def _check_suppressor(given: dict[str, Any]) -> None:
    present = [name for name in _PERIODS if name in given]
    if "ActionsSuppressor" in given:
        if len(present) != len(_PERIODS):
            raise ValidationException(f"ActionsSuppressor needs {' and '.join(_PERIODS)}")
        _check_existence([given["ActionsSuppressor"]])
    elif present:
        raise ValidationException(f"{present[0]} needs ActionsSuppressor")


def _check_existence(references: list[str]) -> None:
    missing = [alarm_arn(name) for name in map(alarm_name, references) if name not in ALARMS]
    if missing:
        raise ValidationException(
            f"Could not save the composite alarm as alarms [{', '.join(dict.fromkeys(missing))}]"
            " in the alarm rule do not exist"
        )


def _suppressor(configuration: dict[str, Any]) -> str:
    return alarm_name(configuration.get("ActionsSuppressor", ""))
