"""How often a schedule fires, in months of 730 hours.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from aws_croniter import AwsCroniter
from aws_croniter.exceptions import AwsCroniterExpressionError

HOURS_A_MONTH: Final = 730
"""A twelfth of a year of 365 days."""

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.*)\)")
_HOURS = {"minute": 1 / 60, "hour": 1, "day": 24}
_YEAR = datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2027, 12, 31, 23, tzinfo=UTC)
"""Midnights after the one and before the other: 365 days; any year does."""


def runs_a_month(expression: Any) -> float | None:
    """How often a `rate()` or `cron()` fires; None if it is none, or not one that can be read."""
    if not isinstance(expression, str):
        return None
    rate = _RATE.fullmatch(expression)
    if rate:
        return HOURS_A_MONTH / (int(rate[1]) * _HOURS[rate[2]])
    cron = _CRON.fullmatch(expression)
    return _fires(cron[1]) if cron else None


@cache
def _fires(fields: str) -> float | None:
    minute_and_hour, days = fields.split()[:2], fields.split()[2:]
    try:
        cron = AwsCroniter(" ".join([*minute_and_hour, *days]))
        midnights = AwsCroniter(" ".join(["0", "0", *days])).get_all_schedule_bw_dates(*_YEAR)
    except AwsCroniterExpressionError:
        return None
    return len(cron.minutes) * len(cron.hours) * len(midnights) / 12
