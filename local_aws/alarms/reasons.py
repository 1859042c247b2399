"""StateReason and StateReasonData, in AWS's words.

The sentence for datapoints that are all there is in the documented events
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html);
those for missing ones are the assumption reason-of-missing-data.
"""

import json
from datetime import UTC, datetime
from typing import Any

from local_aws.alarms.verdict import ALARM, INSUFFICIENT_DATA, Datapoint, Rule, Verdict

_WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


def timestamp(seconds: float) -> str:
    """A time as CloudWatch's events have it, `2019-10-02T17:04:40.989+0000`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def reason(verdict: Verdict, rule: Rule) -> str:
    """Why a verdict has its state; the verdict has one."""
    if verdict.state == INSUFFICIENT_DATA:
        unknown = _count(rule.periods, "datapoint was", "datapoints were")
        return f"Insufficient Data: {unknown} unknown."
    if verdict.filled and rule.missing in _TREATED:
        return _of_filled(verdict, rule)
    return _of_datapoints(verdict, rule)


def reason_data(
    verdict: Verdict,
    rule: Rule,
    *,
    now: float,
    period: int,
    statistic: str | None = None,
    unit: str | None = None,
) -> str:
    """The same as JSON.

    Args:
        verdict: The outcome.
        rule: What it was judged by.
        now: The time of the evaluation.
        period: The alarm's period in seconds.
        statistic: The statistic, which an alarm on a math expression has none of.
        unit: The unit that the alarm asks for.
    """
    data: dict[str, Any] = {"version": "1.0", "queryDate": timestamp(now)}
    if verdict.judged:
        data["startDate"] = timestamp(verdict.judged[0].time)
    data |= {name: it for name, it in (("unit", unit), ("statistic", statistic)) if it is not None}
    data["period"] = period
    data["recentDatapoints"] = [each.value for each in verdict.judged]
    data["threshold"] = rule.threshold
    return json.dumps(data, separators=(",", ":"))


def _of_datapoints(verdict: Verdict, rule: Rule) -> str:
    alarming = verdict.state == ALARM
    listed = [x for x in reversed(verdict.judged) if rule.breaches(x.value) is alarming]
    minimum = rule.needed if alarming else rule.periods - rule.needed + 1
    verb = "was" if len(listed) == 1 else "were"
    return (
        f"Threshold Crossed: {len(listed)} out of the last {len(verdict.judged)} datapoints"
        f" [{', '.join(_shown(each) for each in listed)}] {verb} {'' if alarming else 'not '}"
        f"{_WORDS[rule.comparison]} the threshold ({rule.threshold})"
        f" (minimum {_count(minimum, 'datapoint', 'datapoints')} for"
        f" {'OK -> ALARM' if alarming else 'ALARM -> OK'} transition)."
    )


def _of_filled(verdict: Verdict, rule: Rule) -> str:
    received = (
        _count(len(verdict.judged), "datapoint was", "datapoints were")
        if verdict.judged
        else "no datapoints were"
    )
    periods = _count(rule.periods, "period", "periods")
    filled = _count(verdict.filled, "missing datapoint was", "missing datapoints were")
    return (
        f"Threshold Crossed: {received} received for {periods} and {filled} treated as"
        f" [{_TREATED[rule.missing]}]."
    )


def _shown(datapoint: Datapoint) -> str:
    return f"{datapoint.value} ({datetime.fromtimestamp(datapoint.time, UTC):%d/%m/%y %H:%M:%S})"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
