"""Alarms as they are kept: what they are set to, what state they are in, what happened to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from local_aws.alarms.verdict import INSUFFICIENT_DATA
from local_aws.alarms.watching import Watch
from local_aws.clock import Timer, clock
from local_aws.core.errors import ApiError
from local_aws.core.store import Table
from local_aws.ministack.scope import account_id, region

METRIC, COMPOSITE = "MetricAlarm", "CompositeAlarm"
ACTIONS = {"OK": "OKActions", "ALARM": "AlarmActions", INSUFFICIENT_DATA: "InsufficientDataActions"}
_NEW = "Unchecked: Initial alarm creation"


@dataclass(frozen=True, kw_only=True)
class State:
    """A state, since when, and why; `suppressed_by` as DescribeAlarms' ActionsSuppressedBy."""

    value: str
    reason: str
    data: str | None = None
    updated: float
    transitioned: float
    suppressed_by: str | None = None


@dataclass(kw_only=True)
class Alarm:
    """One alarm. Its fields change only while `ALARMS.lock` is held.

    Args:
        name: Unique among the metric and the composite alarms of an account and region.
        arn: `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`.
        kind: `MetricAlarm` or `CompositeAlarm`.
        configuration: The members that the API was given, with ActionsEnabled and all actions.
        configured: When that was.
        metric_id: What the events of an alarm on a single metric call that metric.
        state: The present state.
        before: The state before it.
        watch: How a metric alarm is evaluated; None for a composite alarm.
        rule: A composite alarm's parsed rule.
        timer: Its next evaluation, if there will be one without new data.
        due: When that is.
        evaluations: How often it was evaluated.
        suppression: A composite alarm's running WaitPeriod or ExtensionPeriod.
        waiting: Which one that is.
    """

    name: str
    arn: str
    kind: str
    configuration: dict[str, Any]
    configured: float
    metric_id: str = ""
    state: State
    before: State
    watch: Watch | None = None
    rule: Any = None
    timer: Timer | None = None
    due: float = 0.0
    evaluations: int = 0
    suppression: Timer | None = None
    waiting: object = None

    def actions(self) -> list[str]:
        """The ARNs to tell of the present state."""
        if not self.configuration["ActionsEnabled"]:
            return []
        return list(self.configuration[ACTIONS[self.state.value]])


@dataclass(frozen=True)
class Event:
    """One entry of an alarm's history."""

    alarm: str
    kind: str
    time: float
    item: str
    summary: str
    data: str


@dataclass
class History:
    """The entries of all alarms, oldest first; deleted alarms keep theirs."""

    entries: list[Event] = field(default_factory=list)


ALARMS: Table[Alarm] = Table()
HISTORY: Table[History] = Table()


class AlarmNotFound(ApiError):
    """No alarm has that name."""

    default_code = "ResourceNotFound"


def find(name: str) -> Alarm:
    """The alarm of that name.

    Raises:
        AlarmNotFound: There is none.
    """
    alarm = ALARMS.get(name)
    if alarm is None:
        raise AlarmNotFound(f"Unknown alarm: {name}", status=404)
    return alarm


def alarm_arn(name: str) -> str:
    """The ARN of an alarm here."""
    return f"arn:aws:cloudwatch:{region()}:{account_id()}:alarm:{name}"


def alarm_name(reference: str) -> str:
    """The name that a rule or a suppressor means, which may give an ARN."""
    return reference.removeprefix(alarm_arn(""))


def new_state(now: float) -> State:
    """The state of an alarm that is made now."""
    return State(value=INSUFFICIENT_DATA, reason=_NEW, updated=now, transitioned=now)


def remember(alarm: Alarm, item: str, summary: str, data: str) -> None:
    """Write an entry of the alarm's history."""
    with HISTORY.lock:
        history = HISTORY.get("all") or History()
        history.entries.append(Event(alarm.name, alarm.kind, clock.now(), item, summary, data))
        HISTORY.put("all", history)


def remembered() -> Iterable[Event]:
    """All entries, oldest first."""
    history = HISTORY.get("all")
    return list(history.entries) if history else []
