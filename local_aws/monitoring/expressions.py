"""When a monitoring schedule runs, and on which window of time.

botocore, ScheduleConfig, and
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from local_aws.core.errors import ValidationException
from local_aws.core.request import Request

_HOUR, _STEP = r"(?:[01]?\d|2[0-3])", r"(?:0?[1-9]|1\d|2[0-4])"
_CRON = re.compile(rf"cron\(0 (?:\*|({_HOUR})(?:/({_STEP}))?) \? \* \* \*\)")
_OFFSET = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_LONGEST_WINDOW = timedelta(hours=24)
_HOUR_SECONDS, _DAY_SECONDS = 3600.0, 86400.0
# "SageMaker picks a time to run every day" for a schedule without an expression.
DAILY = "cron(0 0 ? * * *)"
NOW = "NOW"


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """The hours, in UTC, at which a schedule runs.

    Attributes:
        first: An hour of the day.
        step: The hours from one time to the next; counted from `first` anew every day.
    """

    first: int
    step: int

    def after(self, moment: float) -> float:
        """The first time after a moment, both in seconds since the epoch."""
        tick = moment // _HOUR_SECONDS * _HOUR_SECONDS + _HOUR_SECONDS
        while (tick % _DAY_SECONDS // _HOUR_SECONDS - self.first) % 24 % self.step:
            tick += _HOUR_SECONDS
        return tick


def ticks(expression: str) -> Ticks | None:
    """When a schedule of that expression runs; None if it runs once, now.

    Raises:
        ValidationException: It is none of AWS's.
    """
    if expression == NOW:
        return None
    found = _CRON.fullmatch(expression)
    if found is None:
        raise ValidationException(
            f"Invalid schedule expression: {expression}. Supported are cron(0 * ? * * *),"
            " cron(0 [00-23] ? * * *), cron(0 [00-23]/[01-24] ? * * *) and NOW."
        )
    hour, step = found.groups()
    return Ticks(first=int(hour or 0), step=int(step or 24) if hour else 1)


def check(schedule: Request) -> None:
    """Refuse a ScheduleConfig that SageMaker refuses.

    Raises:
        ValidationException: The expression is none of AWS's, NOW comes without its window, or the
            window is turned round or longer than 24 hours.
    """
    start, end = schedule.get("DataAnalysisStartTime"), schedule.get("DataAnalysisEndTime")
    if ticks(schedule["ScheduleExpression"]) is None and (start is None or end is None):
        raise ValidationException(
            "DataAnalysisStartTime and DataAnalysisEndTime are required with NOW."
        )
    if start is not None and end is not None:
        _check_window(offset(start), offset(end))


def _check_window(start: timedelta, end: timedelta) -> None:
    if not timedelta(0) < end - start <= _LONGEST_WINDOW:
        raise ValidationException(
            "DataAnalysisStartTime must precede DataAnalysisEndTime by 24 hours at most."
        )


def offset(text: str) -> timedelta:
    """An ISO 8601 duration such as -PT1H or -P8D.

    Raises:
        ValidationException: It is none.
    """
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise ValidationException(f"Invalid offset: {text} is not an ISO 8601 duration.")
    sign, *parts = found.groups()
    days, hours, minutes, seconds = (int(part or 0) for part in parts)
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if sign else length
