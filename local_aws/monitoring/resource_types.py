"""AWS::SageMaker::*JobDefinition and ::MonitoringSchedule for CloudFormation."""

from functools import partial

from local_aws.core.cloudformation import Properties, ResourceType, register
from local_aws.core.operations import dispatch
from local_aws.monitoring.kinds import KINDS


def _described(action: str, names: Properties) -> Properties:
    return dispatch("sagemaker", action, names)


for _kind in KINDS:
    register(
        ResourceType(
            name=f"AWS::SageMaker::{_kind}JobDefinition",
            service="sagemaker",
            identifier=("JobDefinitionName",),
            create=f"Create{_kind}JobDefinition",
            delete=f"Delete{_kind}JobDefinition",
            read=partial(_described, f"Describe{_kind}JobDefinition"),
        )
    )
register(
    ResourceType(
        name="AWS::SageMaker::MonitoringSchedule",
        service="sagemaker",
        identifier=("MonitoringScheduleName",),
        create="CreateMonitoringSchedule",
        update="UpdateMonitoringSchedule",
        delete="DeleteMonitoringSchedule",
        read=partial(_described, "DescribeMonitoringSchedule"),
    )
)
