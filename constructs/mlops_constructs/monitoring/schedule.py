"""When monitors run, as AWS's two schedulers write it. Both count hours from midnight UTC."""

import re
from collections.abc import Iterator

from aws_cdk import Token

_MODEL_MONITORS = re.compile(r"cron\(0 (\*|([01]?\d|2[0-3])(/(0?[1-9]|1\d|2[0-4]))?) \? \* \* \*\)")


def eventbridge_expression(every_hours: int) -> str:
    """For EventBridge Scheduler; a cron and not a rate, whose hours begin when it is deployed.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
    """
    return f"cron(0 {_hours(every_hours)} * * ? *)"


def model_monitor_expression(every_hours: int) -> str:
    """For a monitoring schedule of Model Monitor."""
    return f"cron(0 {_hours(every_hours)} ? * * *)"


def before_runs_expression(every_hours: int) -> str:
    """For EventBridge Scheduler: ten minutes before each run of a monitor.

    Model Monitor starts a run up to 20 minutes after its hour.
    """
    hours = sorted((hour - 1) % 24 for hour in range(0, 24, every_hours))
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


def _hours(every: int) -> str:
    return {1: "*", 24: "0"}.get(every, f"0/{every}")
