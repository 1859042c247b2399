"""Starts a pipeline for each window of time, once."""

import json
from typing import Final

from aws_cdk import Aws, CfnCondition, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.undelivered import UndeliveredEvents

WINDOW_END: Final = "WindowEnd"
"""The parameter that such a pipeline has: ISO 8601, or `now`."""

SCHEDULED_TIME: Final = "<aws.scheduler.scheduled-time>"
"""Scheduler puts the time for it that the schedule meant, such as `2022-03-22T18:59:43Z`.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
"""

RETRIES: Final = 185
MAXIMUM_AGE_SECONDS: Final = 3600
"""How long a start is tried again; the next window makes up for most of what it would have done."""


class WindowSchedule(Construct):
    """A schedule whose every start says which window it is for.

    The scheduled time is the window's end and part of the client token, so that a start that is
    delivered twice judges its window once. What can't be delivered within an hour is kept in a
    queue, and an alarm tells ``topic``.

    Args:
        pipeline_name: The pipeline to start, and the schedule's name; 5 to 63 characters, so that
            the client token has 32 to 128 (API reference, StartPipelineExecution).
        expression: When, for EventBridge Scheduler; in UTC.
        condition: The schedule exists only while it holds.
        topic: Hears when a start could not be delivered.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        pipeline_name: str,
        expression: str,
        condition: CfnCondition,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        self.undelivered = UndeliveredEvents(
            self,
            "Undelivered",
            topic=topic,
            meaning=f"{pipeline_name} was not started for a window; the queue says for which",
        )
        role = self._role(pipeline_name)
        target = scheduler.CfnSchedule.TargetProperty(
            arn=f"arn:{Aws.PARTITION}:scheduler:::aws-sdk:sagemaker:startPipelineExecution",
            role_arn=role.role_arn,
            input=json.dumps(_start(pipeline_name)),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_retry_attempts=RETRIES, maximum_event_age_in_seconds=MAXIMUM_AGE_SECONDS
            ),
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                arn=self.undelivered.queue_arn
            ),
        )
        schedule = scheduler.CfnSchedule(
            self,
            "Resource",
            name=pipeline_name,
            schedule_expression=expression,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=target,
        )
        schedule.cfn_options.condition = condition
        schedule.node.add_dependency(role)

    def _role(self, pipeline_name: str) -> iam.Role:
        caller = iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
        role = iam.Role(self, "Role", assumed_by=caller)
        pipeline = Stack.of(self).format_arn(
            service="sagemaker", resource="pipeline", resource_name=pipeline_name
        )
        for action, resource in (
            ("sagemaker:StartPipelineExecution", pipeline),
            ("sqs:SendMessage", self.undelivered.queue_arn),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
        return role


def _start(pipeline_name: str) -> dict[str, object]:
    return {
        "PipelineName": pipeline_name,
        "PipelineParameters": [{"Name": WINDOW_END, "Value": SCHEDULED_TIME}],
        "ClientRequestToken": f"{pipeline_name}-until-{SCHEDULED_TIME}",
    }
