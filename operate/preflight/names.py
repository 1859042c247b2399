"""Every name that the templates give, whether something has it already, and whose that is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from operate.account import Account
from operate.refused import Refused

Exists = Callable[[Account, str], bool]


@dataclass(frozen=True)
class Named:
    """A kind of resource that has a name of its own.

    Attributes:
        noun: What people call it.
        prop: The property with its name.
        exists: Whether one of that name exists.
    """

    noun: str
    prop: str
    exists: Exists


def _listed(service: str, operation: str, items: str, member: str, filter_by: str) -> Exists:
    """Asks a list, narrowed to names that contain or begin with the one that is looked for."""

    def exists(account: Account, name: str) -> bool:
        narrowed: dict[str, Any] = {filter_by: name} if filter_by else {}
        found = account.each(service, operation, items, **narrowed)
        return any(one[member] == name for one in found)

    return exists


def _alarm_exists(account: Account, name: str) -> bool:
    """Metric alarms and composite ones share their names, and are listed apart."""
    return any(
        alarm["AlarmName"] == name
        for kind in ("MetricAlarm", "CompositeAlarm")
        for alarm in account.each(
            "cloudwatch", "describe_alarms", f"{kind}s", AlarmNames=[name], AlarmTypes=[kind]
        )
    )


def _bucket_exists(account: Account, name: str) -> bool:
    """Bucket names are shared by all accounts: one that is forbidden is somebody else's."""
    try:
        account.read("s3", "head_bucket", Bucket=name)
    except Refused as refused:
        if refused.code in ("404", "NoSuchBucket"):
            return False
        if refused.code != "403":
            raise
    return True


NAMED = {
    "AWS::S3::Bucket": Named("bucket", "BucketName", _bucket_exists),
    "AWS::SageMaker::Endpoint": Named(
        "endpoint",
        "EndpointName",
        _listed("sagemaker", "list_endpoints", "Endpoints", "EndpointName", "NameContains"),
    ),
    "AWS::SageMaker::Pipeline": Named(
        "pipeline",
        "PipelineName",
        _listed(
            "sagemaker",
            "list_pipelines",
            "PipelineSummaries",
            "PipelineName",
            "PipelineNamePrefix",
        ),
    ),
    "AWS::SageMaker::ModelPackageGroup": Named(
        "model package group",
        "ModelPackageGroupName",
        _listed(
            "sagemaker",
            "list_model_package_groups",
            "ModelPackageGroupSummaryList",
            "ModelPackageGroupName",
            "NameContains",
        ),
    ),
    "AWS::SageMaker::MonitoringSchedule": Named(
        "monitoring schedule",
        "MonitoringScheduleName",
        _listed(
            "sagemaker",
            "list_monitoring_schedules",
            "MonitoringScheduleSummaries",
            "MonitoringScheduleName",
            "NameContains",
        ),
    ),
    "AWS::CloudWatch::Alarm": Named("alarm", "AlarmName", _alarm_exists),
    "AWS::CloudWatch::CompositeAlarm": Named("composite alarm", "AlarmName", _alarm_exists),
    "AWS::CloudWatch::Dashboard": Named(
        "dashboard",
        "DashboardName",
        _listed(
            "cloudwatch",
            "list_dashboards",
            "DashboardEntries",
            "DashboardName",
            "DashboardNamePrefix",
        ),
    ),
    "AWS::Logs::LogGroup": Named(
        "log group",
        "LogGroupName",
        _listed("logs", "describe_log_groups", "logGroups", "logGroupName", "logGroupNamePrefix"),
    ),
    "AWS::Scheduler::Schedule": Named(
        "schedule",
        "Name",
        _listed("scheduler", "list_schedules", "Schedules", "Name", "NamePrefix"),
    ),
    "AWS::StepFunctions::StateMachine": Named(
        "state machine",
        "StateMachineName",
        _listed("stepfunctions", "list_state_machines", "stateMachines", "name", ""),
    ),
}


def owned(account: Account, stack: str, kind: str | None = None) -> set[str]:
    """Physical ids of what a stack has made; empty if there is no such stack.

    Of an ARN, the last part is added too, since some types have their name there.

    Args:
        account: Where the stack is.
        stack: Its name.
        kind: A type of CloudFormation's; by default all of them.
    """
    try:
        return set(_owned(account, stack, kind))
    except Refused as refused:
        if refused.code == "ValidationError" and "does not exist" in str(refused):
            return set()
        raise


def _owned(account: Account, stack: str, kind: str | None) -> Iterator[str]:
    for resource in account.each(
        "cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack
    ):
        if kind not in (None, resource["ResourceType"]):
            continue
        identifier = resource.get("PhysicalResourceId", "")
        if resource["ResourceStatus"] != "DELETE_COMPLETE" and identifier:
            yield identifier
            if identifier.startswith("arn:"):
                yield identifier.rpartition("/")[2].rpartition(":")[2]
