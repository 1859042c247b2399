"""Which state a metric alarm's datapoints put it in: thresholds, M out of N, missing data.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
# Assumption evaluation-range: the documented example retrieves 5 datapoints for 3 periods.
_RETRIEVED_BESIDES = 2


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How an alarm judges its datapoints.

    Args:
        periods: N, EvaluationPeriods.
        needed: M, DatapointsToAlarm.
        threshold: What each datapoint is compared with.
        comparison: One of `COMPARISONS`.
        missing: One of `TREATMENTS`.
    """

    periods: int
    needed: int
    threshold: float
    comparison: str
    missing: str = "missing"

    @property
    def retrieved(self) -> int:
        """The evaluation range: how many datapoints are looked at, since some may be missing."""
        return self.periods + _RETRIEVED_BESIDES

    def breaches(self, value: float) -> bool:
        """Whether a value is on the wrong side of the threshold."""
        return COMPARISONS[self.comparison](value, self.threshold)


@dataclass(frozen=True)
class Datapoint:
    """One period's value, by the time at which the period starts."""

    time: float
    value: float


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The outcome of one evaluation.

    Args:
        state: `OK`, `ALARM`, `INSUFFICIENT_DATA`, or None if the alarm stays as it is.
        judged: The datapoints there were, oldest first.
        filled: How many of the alarm's periods had to be filled in.
    """

    state: str | None
    judged: tuple[Datapoint, ...]
    filled: int


def judge(retrieved: Sequence[Datapoint | None], rule: Rule) -> Verdict:
    """Judge the datapoints of the evaluation range, oldest first; None where one is missing.

    As many real datapoints as there are evaluation periods suffice, the newest of them. Where
    there are fewer, all of them count and the rest is filled in as `rule.missing` says.
    """
    real = [each for each in retrieved if each is not None]
    judged = tuple(real[-rule.periods :])
    filled = rule.periods - len(judged)
    breaching = sum(rule.breaches(each.value) for each in judged)
    return Verdict(
        state=_state(retrieved, rule, breaching, len(judged) - breaching, filled),
        judged=judged,
        filled=filled,
    )


def _state(
    retrieved: Sequence[Datapoint | None], rule: Rule, breaching: int, healthy: int, filled: int
) -> str | None:
    if breaching >= rule.needed:
        return ALARM
    if rule.missing == "breaching" and breaching + filled >= rule.needed:
        return ALARM
    if healthy or rule.missing == "notBreaching":
        return OK
    if rule.missing == "ignore":
        return None
    if not breaching:
        return INSUFFICIENT_DATA
    return ALARM if _age_of_oldest(retrieved) >= rule.needed else None


def _age_of_oldest(retrieved: Sequence[Datapoint | None]) -> int:
    """How many periods ago the oldest datapoint was; 1 is the most recent period.

    Too few datapoints, all of them breaching, are an alarm once the oldest is M periods old
    ("premature alarm state"); before that the next datapoint may still be healthy.
    """
    oldest = next(i for i, each in enumerate(retrieved) if each is not None)
    return len(retrieved) - oldest
