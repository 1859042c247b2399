"""Retrainings by the clock."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.problems import refuse
from mlops_constructs.state_machines.schedules import start_every

LONGEST_INTERVAL_DAYS = 365

NOT_STARTED = "A schedule started no retraining; the queue has what it would have been told"
"""What it means that a schedule could not start the machine."""


class ScheduledRetraining(Construct):
    """Asks for a run every so many days.

    Args:
        every_days: How many, counted from its deployment.
        retraining: The state machine to start.
        retraining_input: Its input; `trigger` and `reason` are added.
        topic: Hears when the schedule could not start it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        every_days: int,
        retraining: sfn.IStateMachine,
        retraining_input: Mapping[str, object],
        topic: sns.ITopic,
    ) -> None:
        if not 1 <= every_days <= LONGEST_INTERVAL_DAYS:
            refuse([f"every_days must be 1 to {LONGEST_INTERVAL_DAYS}, got {every_days}"])
        super().__init__(scope, construct_id)
        start_every(
            self,
            Duration.days(every_days),
            machine=retraining,
            told={
                **retraining_input,
                "trigger": "schedule",
                "reason": f"due on {scheduler.ContextAttribute.scheduled_time}",
            },
            topic=topic,
            meaning=NOT_STARTED,
        )
