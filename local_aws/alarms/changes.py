"""A change of state: remembered, told to the event bus, to topics and to composite alarms."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local_aws.alarms import events, suppression
from local_aws.alarms.actions import act
from local_aws.alarms.alarm import ALARMS, Alarm, State, remember
from local_aws.clock import clock

_listeners: list[Callable[[Alarm], None]] = []


def on_change(listener: Callable[[Alarm], None]) -> Callable[[Alarm], None]:
    """Have a function called with every alarm that has changed its state."""
    _listeners.append(listener)
    return listener


def change(alarm: Alarm, state: State) -> None:
    """Put an alarm into another state and tell all who are to know.

    Never call it while `ALARMS.lock` is held: whom it tells may call back.
    """
    with ALARMS.lock:
        if ALARMS.get(alarm.name) is not alarm:
            return
        alarm.before, alarm.state = alarm.state, state
        suppression.begin(alarm)
        before, after = alarm.before, alarm.state
        _remember(alarm, before, after)
    events.state_changed(alarm, before, after)
    if after.suppressed_by is None:
        act(alarm)
    suppression.suppressor_changed(alarm)
    for listener in _listeners:
        listener(alarm)


def set_state(alarm: Alarm, value: str, reason: str, data: str | None) -> None:
    """Put an alarm into a state by hand; the same state again only gives it another reason."""
    now = clock.now()
    state = replace(alarm.state, value=value, reason=reason, data=data, updated=now)
    if value != alarm.state.value:
        change(alarm, replace(state, transitioned=now))
        return
    with ALARMS.lock:
        alarm.state = state


def _remember(alarm: Alarm, before: State, after: State) -> None:
    data = {"version": "1.0", "oldState": _told(before), "newState": _told(after)}
    summary = f"Alarm updated from {before.value} to {after.value}"
    remember(alarm, "StateUpdate", summary, json.dumps(data, separators=(",", ":")))


def _told(state: State) -> dict[str, Any]:
    told: dict[str, Any] = {"stateValue": state.value, "stateReason": state.reason}
    if state.data:
        told["stateReasonData"] = _parsed(state.data)
    return told


def _parsed(data: str) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data
