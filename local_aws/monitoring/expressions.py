"""When a monitoring schedule would run: the few expressions that Model Monitor takes.

botocore, ScheduleConfig, and
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html
"""

import re
from datetime import timedelta

from local_aws.core.errors import ValidationException
from local_aws.core.request import Request

_HOUR, _STEP = r"(?:[01]?\d|2[0-3])", r"(?:0?[1-9]|1\d|2[0-4])"
_CRON = re.compile(rf"cron\(0 (?:\*|{_HOUR}(?:/{_STEP})?) \? \* \* \*\)")
_OFFSET = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_LONGEST_WINDOW = timedelta(hours=24)


def check(schedule: Request) -> None:
    """Refuse a ScheduleConfig that SageMaker refuses.

    Raises:
        ValidationException: The expression is none of AWS's, NOW comes without its window, or the
            window is turned round or longer than 24 hours.
    """
    expression = schedule["ScheduleExpression"]
    if expression != "NOW" and not _CRON.fullmatch(expression):
        raise ValidationException(
            f"Invalid schedule expression: {expression}. Supported are cron(0 * ? * * *),"
            " cron(0 [00-23] ? * * *), cron(0 [00-23]/[01-24] ? * * *) and NOW."
        )
    start, end = schedule.get("DataAnalysisStartTime"), schedule.get("DataAnalysisEndTime")
    if expression == "NOW" and (start is None or end is None):
        raise ValidationException(
            "DataAnalysisStartTime and DataAnalysisEndTime are required with NOW."
        )
    if start is not None and end is not None:
        _check_window(_offset(start), _offset(end))


def _check_window(start: timedelta, end: timedelta) -> None:
    if not timedelta(0) < end - start <= _LONGEST_WINDOW:
        raise ValidationException(
            "DataAnalysisStartTime must precede DataAnalysisEndTime by 24 hours at most."
        )


def _offset(text: str) -> timedelta:
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise ValidationException(f"Invalid offset: {text} is not an ISO 8601 duration.")
    sign, *parts = found.groups()
    days, hours, minutes, seconds = (int(part or 0) for part in parts)
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if sign else length
