"""Alarms that ring later, for less, or for nobody.

What each property means, and its default:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from review.findings import Guard, Thing
from review.numbers import as_number
from review.resources import Pair
from review.text import shown

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


def alarm_guards(pair: Pair) -> Iterator[Guard]:
    """What an alarm lost."""
    if pair.either.type not in ALARMS:
        return
    before, after = pair.sides
    thing = Thing.of(pair.either)
    if _threshold_is_farther(before, after):
        sides = shown(before["Threshold"]), shown(after["Threshold"])
        yield Guard("alarm", thing, "rings only at a worse value", *sides)
    if _seconds(after) > _seconds(before):
        told = "rings later: bad for so many seconds at least"
        yield Guard("alarm", thing, told, f"{_seconds(before):g}", f"{_seconds(after):g}")
    if before.get("TreatMissingData") == "breaching" != after.get("TreatMissingData"):
        told = "no longer rings when it hears nothing"
        yield Guard(
            "alarm", thing, told, "breaching", shown(after.get("TreatMissingData", "missing"))
        )
    if before.get("ActionsEnabled", True) is not False and after.get("ActionsEnabled") is False:
        yield Guard("alarm", thing, "tells nobody: its actions are disabled", "true", "false")
    lost = [one for one in _listed(before) if one not in _listed(after)]
    if lost:
        kept = ", ".join(_listed(after)) or None
        yield Guard("alarm", thing, "tells fewer when it rings", ", ".join(_listed(before)), kept)


def _threshold_is_farther(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    old, new = as_number(before.get("Threshold")), as_number(after.get("Threshold"))
    operator = str(after.get("ComparisonOperator", ""))
    if old is None or new is None or operator != before.get("ComparisonOperator"):
        return False
    return new > old if operator.startswith("Greater") else new < old


def _seconds(alarm: Mapping[str, Any]) -> float:
    """How long it must be bad, at least, before the alarm rings."""
    periods = as_number(alarm.get("DatapointsToAlarm", alarm.get("EvaluationPeriods")))
    metrics = alarm.get("Metrics") or [{}]
    stats = [m.get("MetricStat") or {} for m in metrics if isinstance(m, Mapping)]
    lengths = [as_number(alarm.get("Period")), *(as_number(one.get("Period")) for one in stats)]
    return (periods or 0) * max((length for length in lengths if length), default=0)


def _listed(alarm: Mapping[str, Any]) -> list[str]:
    actions = alarm.get("AlarmActions") or []
    return [shown(action) for action in actions] if isinstance(actions, list) else [shown(actions)]
