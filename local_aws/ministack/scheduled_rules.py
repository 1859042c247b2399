"""Event rules with a schedule fire when they are due, not at the next tick of a real clock.

MiniStack looks through all rules every ten seconds; here one timer waits for the rule that is due
next. What an expression means, and what a rule does when it is due, is MiniStack's own.
"""

import threading
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

from local_aws.clock import Timer, clock

_lock = threading.Lock()
_timers: list[Timer] = []


def install() -> None:
    """Look at the schedules whenever a rule is made, changed or deleted."""
    eventbridge._put_rule = _then_wind(eventbridge._put_rule)
    eventbridge._enable_rule = _then_wind(eventbridge._enable_rule)
    eventbridge._disable_rule = _then_wind(eventbridge._disable_rule)
    eventbridge._delete_rule = _then_wind(eventbridge._delete_rule)
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Events::Rule"]
    for action in ("create", "update", "delete"):
        handlers[action] = _then_wind(handlers[action])


def _then_wind(function: Any) -> Any:
    @wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        answer = function(*args, **named)
        _wind()
        return answer

    return call


def _wind() -> None:
    """Wait for the rule that is due next, if any is."""
    with _lock:
        while _timers:
            _timers.pop().cancel()
        if due := list(filter(None, map(_due, _scheduled().items()))):
            _timers.append(clock.after(min(due) - clock.now(), _fire))


def _fire() -> None:
    eventbridge._tick_scheduled_rules()
    _wind()


def _scheduled() -> dict[Any, str]:
    """The expressions of all enabled rules; the last firing of all others is forgotten."""
    rules = {
        key: rule["ScheduleExpression"]
        for key, rule in list(eventbridge._rules._data.items())
        if rule["State"] == "ENABLED" and rule.get("ScheduleExpression")
    }
    for key in eventbridge._rule_last_fired.keys() - rules.keys():
        del eventbridge._rule_last_fired[key]
    return rules


def _due(rule: tuple[Any, str]) -> float | None:
    """When a rule is due; a rate counts from when the rule was made or enabled.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
    """
    key, expression = rule
    fired: float = eventbridge._rule_last_fired.setdefault(key, clock.now())
    every = eventbridge._parse_rate_seconds(expression)
    if every is not None:
        return fired + float(every)
    fields = eventbridge._parse_cron_fields(expression)
    moment = fields and eventbridge._cron_next_fire(fields, datetime.fromtimestamp(fired, UTC))
    return float(moment.timestamp()) if moment else None
