"""When monitors run, as AWS's two schedulers write it. Both count hours from midnight UTC."""

import re
from collections.abc import Iterator
from typing import Final

from aws_cdk import Token

from mlops_constructs.hours import every

_MODEL_MONITORS = re.compile(r"cron\(0 (\*|([01]?\d|2[0-3])(/(0?[1-9]|1\d|2[0-4]))?) \? \* \* \*\)")

HOURS_OF_A_BATCH: Final = 2
"""After the hour in which a batch begins, ten minutes past, it is taken to be over and captured."""


def eventbridge_expression(every_hours: int, *, first: int = 0) -> str:
    """For EventBridge Scheduler; a cron and not a rate, whose hours begin when it is deployed.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based

    Args:
        every_hours: A run every so many hours of a day.
        first: The hour of its first run.
    """
    return f"cron(0 {every(every_hours, first=first)} * * ? *)"


def model_monitor_expression(every_hours: int, *, first: int = 0) -> str:
    """For a monitoring schedule of Model Monitor; its arguments are those of the other."""
    return f"cron(0 {every(every_hours, first=first)} ? * * *)"


def first_after_batches(every_hours: int) -> int:
    """The hour of a day's first run, if what it looks at is scored from midnight on."""
    return HOURS_OF_A_BATCH % every_hours


def before_runs_expression(every_hours: int, *, first: int = 0) -> str:
    """For EventBridge Scheduler: ten minutes before each run of a monitor.

    Model Monitor starts a run up to 20 minutes after its hour.
    """
    hours = sorted((hour - 1) % 24 for hour in range(first, 24, every_hours))
    return f"cron(50 {','.join(map(str, hours))} * * ? *)"


def expression_problems(expression: str) -> Iterator[str]:
    """Yields why Model Monitor would not accept a schedule, which CloudFormation does not check.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html
    """
    if not Token.is_unresolved(expression) and not _MODEL_MONITORS.fullmatch(expression):
        yield (
            "schedule_expression must be 'cron(0 * ? * * *)' for every hour, 'cron(0 6 ? * * *)' "
            "for once a day or 'cron(0 6/4 ? * * *)' for every four hours from then, "
            f"got {expression!r}"
        )
