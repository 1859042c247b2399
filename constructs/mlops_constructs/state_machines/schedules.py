"""Executions by the clock."""

from collections.abc import Mapping

from aws_cdk import Aws, CfnCondition, CfnResource, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.undelivered import UndeliveredEvents


class DailyRecheck(Construct):
    """Lets a reconciling machine look once a day whether something was lost.

    A lost event, an execution that was stopped, a need that lasts: whatever it finds it acts on as
    if it had just happened.

    Args:
        machine: The state machine to start.
        told: Its input, whole.
        topic: Hears when the schedule could not start it.
        meaning: What it means that it could not.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        machine: sfn.IStateMachine,
        told: Mapping[str, object],
        topic: sns.ITopic,
        meaning: str,
    ) -> None:
        super().__init__(scope, construct_id)
        start_every(
            self, Duration.days(1), machine=machine, told=told, topic=topic, meaning=meaning
        )


def start_every(
    scope: Construct,
    interval: Duration,
    *,
    machine: sfn.IStateMachine,
    told: Mapping[str, object],
    topic: sns.ITopic,
    meaning: str,
) -> None:
    """Makes the schedule of ``scope`` that starts ``machine``, with a queue for what it could not.

    Args:
        scope: The construct whose schedule it is.
        interval: Time between two starts, counted from its deployment.
        machine: The state machine to start.
        told: Its input.
        topic: Hears when the schedule could not start it.
        meaning: What it means that it could not.
    """
    by_rate = scheduler.ScheduleExpression.rate(interval)
    _start(scope, by_rate, machine=machine, told=told, topic=topic, meaning=meaning)


def start_at(
    scope: Construct,
    expression: str,
    *,
    machine: sfn.IStateMachine,
    told: Mapping[str, object],
    topic: sns.ITopic,
    meaning: str,
    condition: CfnCondition,
) -> None:
    """Makes the schedule of ``scope`` that starts ``machine`` at the hours of a cron expression.

    Args:
        scope: The construct whose schedule it is.
        expression: In UTC, such as `cron(50 23 * * ? *)`.
        machine: The state machine to start.
        told: Its input.
        topic: Hears when the schedule could not start it.
        meaning: What it means that it could not.
        condition: The schedule exists only while it holds.
    """
    by_cron = scheduler.ScheduleExpression.expression(expression)
    schedule = _start(scope, by_cron, machine=machine, told=told, topic=topic, meaning=meaning)
    resource = schedule.node.default_child
    assert isinstance(resource, CfnResource)
    resource.cfn_options.condition = condition


def _start(
    scope: Construct,
    expression: scheduler.ScheduleExpression,
    *,
    machine: sfn.IStateMachine,
    told: Mapping[str, object],
    topic: sns.ITopic,
    meaning: str,
) -> scheduler.Schedule:
    undelivered = UndeliveredEvents(scope, "Undelivered", topic=topic, meaning=meaning)
    ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    schedules = iam.ServicePrincipal("scheduler.amazonaws.com").with_conditions(ours)
    role = iam.Role(scope, "Role", assumed_by=schedules)
    return scheduler.Schedule(
        scope,
        "Resource",
        schedule=expression,
        target=targets.StepFunctionsStartExecution(
            machine,
            input=scheduler.ScheduleTargetInput.from_object(told),
            role=role,
            dead_letter_queue=undelivered,
        ),
    )
