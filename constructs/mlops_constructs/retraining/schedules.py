"""Retrainings by the clock."""

from collections.abc import Mapping

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.problems import refuse
from mlops_constructs.undelivered import UndeliveredEvents

LONGEST_INTERVAL_DAYS = 365


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
        _start_every(
            self,
            Duration.days(every_days),
            machine=retraining,
            told={
                **retraining_input,
                "trigger": "schedule",
                "reason": f"due on {scheduler.ContextAttribute.scheduled_time}",
            },
            topic=topic,
        )


class DailyRecheck(Construct):
    """Lets the machine look once a day whether something was lost.

    A lost event, an execution that was stopped, a drift that lasts: whatever it finds it acts on as
    if it had just happened. It also reminds people of a version that waits for approval.

    Args:
        retraining: The state machine to start.
        retraining_input: Its input; `trigger` and `reason` are added.
        topic: Hears when the schedule could not start it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        retraining: sfn.IStateMachine,
        retraining_input: Mapping[str, object],
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        _start_every(
            self,
            Duration.days(1),
            machine=retraining,
            told={**retraining_input, "trigger": "re-check", "reason": "daily"},
            topic=topic,
        )


def _start_every(
    scope: Construct,
    interval: Duration,
    *,
    machine: sfn.IStateMachine,
    told: Mapping[str, object],
    topic: sns.ITopic,
) -> None:
    undelivered = UndeliveredEvents(
        scope,
        "Undelivered",
        topic=topic,
        meaning="A schedule started no retraining; the queue has what it would have been told",
    )
    ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    schedules = iam.ServicePrincipal("scheduler.amazonaws.com").with_conditions(ours)
    role = iam.Role(scope, "Role", assumed_by=schedules)
    scheduler.Schedule(
        scope,
        "Resource",
        schedule=scheduler.ScheduleExpression.rate(interval),
        target=targets.StepFunctionsStartExecution(
            machine,
            input=scheduler.ScheduleTargetInput.from_object(told),
            role=role,
            dead_letter_queue=undelivered,
        ),
    )
