"""When Model Monitor runs a job definition."""

from collections.abc import Iterator
from typing import Final

from aws_cdk import CfnCondition, Stack
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.monitoring.schedule import expression_problems
from mlops_constructs.names import name_problems
from mlops_constructs.problems import refuse

TYPES: Final = ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")
"""API reference, MonitoringScheduleConfig: MonitoringType."""


class MonitoringSchedule(Construct):
    """A named schedule of Model Monitor. Another job definition is put into it in place.

    The endpoint has to exist when it is made (UNVERIFIED for CloudFormation; the SDK's users met
    it), so the stack of the endpoint is deployed first.

    Args:
        schedule_name: 1 to 63 letters, digits and inner hyphens.
        schedule_expression: One of the forms that Model Monitor takes, in UTC.
        monitoring_type: Of the job definition: `DataQuality`, `ModelQuality`, `ModelBias` or
            `ModelExplainability`.
        job_definition_name: What it runs.
        condition: It exists only while that holds.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        schedule_name: str,
        schedule_expression: str,
        monitoring_type: str,
        job_definition_name: str,
        condition: CfnCondition,
    ) -> None:
        refuse(
            [
                *name_problems("the name of a monitoring schedule", schedule_name),
                *expression_problems(schedule_expression),
                *_type_problems(monitoring_type),
            ]
        )
        super().__init__(scope, construct_id)
        self.schedule_name = schedule_name
        types = sagemaker.CfnMonitoringSchedule
        self.resource = types(
            self,
            "Resource",
            monitoring_schedule_name=schedule_name,
            monitoring_schedule_config=types.MonitoringScheduleConfigProperty(
                monitoring_job_definition_name=job_definition_name,
                monitoring_type=monitoring_type,
                schedule_config=types.ScheduleConfigProperty(
                    schedule_expression=schedule_expression
                ),
            ),
        )
        self.resource.cfn_options.condition = condition

    @property
    def schedule_arn(self) -> str:
        """The schedule's ARN, whether or not it exists yet."""
        return Stack.of(self).format_arn(
            service="sagemaker", resource="monitoring-schedule", resource_name=self.schedule_name
        )


def _type_problems(monitoring_type: str) -> Iterator[str]:
    if monitoring_type not in TYPES:
        yield f"monitoring_type must be one of {', '.join(TYPES)}, got {monitoring_type!r}"
