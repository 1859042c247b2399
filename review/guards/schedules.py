"""Schedules, rules and monitors that are switched off, or run less often."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from review.cadence import runs_a_month
from review.findings import Guard, Thing
from review.numbers import at
from review.resources import Pair, Resource
from review.text import shown

MONITOR: Final = "AWS::SageMaker::MonitoringSchedule"
SCHEDULES: Final[Mapping[str, str]] = {
    MONITOR: "MonitoringScheduleConfig.ScheduleConfig.ScheduleExpression",
    "AWS::Scheduler::Schedule": "ScheduleExpression",
    "AWS::Events::Rule": "ScheduleExpression",
}
"""Type to where it says when."""


def schedule_guards(pair: Pair) -> Iterator[Guard]:
    """What no longer runs, or runs less often."""
    if pair.either.type not in SCHEDULES:
        return
    thing, kind = Thing.of(pair.either), kind_of(pair.either)
    states = [shown(side.get("State", "ENABLED")) for side in pair.sides]
    if states[0].startswith("ENABLED") and states[1] == "DISABLED":
        yield Guard(kind, thing, "is disabled", *states)
    expressions = [at(side, SCHEDULES[pair.either.type]) for side in pair.sides]
    before, after = (runs_a_month(expression) for expression in expressions)
    if before is not None and (after or 0) < before and expressions[0] != expressions[1]:
        yield Guard(kind, thing, "runs less often", *map(_said, expressions))


def kind_of(resource: Resource) -> str:
    """Whether it is a monitor, or starts one, by its type or by what its construct is called."""
    if resource.type == MONITOR or resource.type.endswith("JobDefinition"):
        return "monitor"
    if "monitor" in f"{resource.stack}/{resource.path}".lower() and "Schedul" in resource.type:
        return "monitor"
    return "rule" if resource.type == "AWS::Events::Rule" else "schedule"


def _said(expression: Any) -> str | None:
    return None if expression is None else shown(expression)
