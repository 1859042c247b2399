"""AWS::SageMaker::DataQualityJobDefinition and ::MonitoringSchedule for CloudFormation."""

from local_aws.core.cloudformation import ResourceType, register
from local_aws.core.operations import dispatch

register(
    ResourceType(
        name="AWS::SageMaker::DataQualityJobDefinition",
        service="sagemaker",
        identifier=("JobDefinitionName",),
        create="CreateDataQualityJobDefinition",
        delete="DeleteDataQualityJobDefinition",
        read=lambda names: dispatch("sagemaker", "DescribeDataQualityJobDefinition", names),
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
        read=lambda names: dispatch("sagemaker", "DescribeMonitoringSchedule", names),
    )
)
