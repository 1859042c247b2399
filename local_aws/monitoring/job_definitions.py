"""Data quality job definitions: created, shown, deleted, never changed."""

from dataclasses import dataclass, field
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ResourceInUse, ResourceNotFound, ValidationException
from local_aws.core.listing import select
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.core.tags import TAGS

# Kept as they are for DescribeDataQualityJobDefinition.
_KEPT = (
    "DataQualityAppSpecification",
    "DataQualityBaselineConfig",
    "DataQualityJobInput",
    "DataQualityJobOutputConfig",
    "JobResources",
    "NetworkConfig",
    "RoleArn",
    "StoppingCondition",
)


@dataclass(kw_only=True)
class JobDefinition:
    """A data quality job definition."""

    name: str
    arn: str
    endpoint: str
    members: dict[str, Any]
    created: float = field(default_factory=clock.now)


_DEFINITIONS: Table[JobDefinition] = Table()


def find_job_definition(name: str) -> JobDefinition:
    """The data quality job definition of that name.

    Raises:
        ResourceNotFound: There is none.
    """
    found = _DEFINITIONS.get(name)
    if found is None:
        raise ResourceNotFound(f"Monitoring Job Definition {_arn(name)} not found")
    return found


@operation("sagemaker", "CreateDataQualityJobDefinition")
def create_data_quality_job_definition(request: Request) -> dict[str, Any]:
    """Keep a definition.

    Raises:
        ResourceInUse: There is one of this name.
        ValidationException: It has no input.
    """
    name, source = request["JobDefinitionName"], request["DataQualityJobInput"]
    if "EndpointInput" not in source:
        raise ValidationException("DataQualityJobInput must have an EndpointInput.")
    made = JobDefinition(
        name=name,
        arn=_arn(name),
        endpoint=source["EndpointInput"]["EndpointName"],
        members=request.keep(*_KEPT),
    )
    with _DEFINITIONS.lock:
        if name in _DEFINITIONS:
            raise ResourceInUse(f"Monitoring Job Definition {made.arn} already exists")
        _DEFINITIONS.put(name, made)
    return {"JobDefinitionArn": made.arn}


@operation("sagemaker", "DescribeDataQualityJobDefinition")
def describe_data_quality_job_definition(request: Request) -> dict[str, Any]:
    """One definition."""
    found = find_job_definition(request["JobDefinitionName"])
    return {
        **found.members,
        "JobDefinitionArn": found.arn,
        "JobDefinitionName": found.name,
        "CreationTime": found.created,
    }


@operation("sagemaker", "ListDataQualityJobDefinitions")
def list_data_quality_job_definitions(request: Request) -> dict[str, Any]:
    """Definitions by endpoint, name and time."""
    endpoint = request.get("EndpointName")
    summaries = [
        {
            "MonitoringJobDefinitionName": each.name,
            "MonitoringJobDefinitionArn": each.arn,
            "CreationTime": each.created,
            "EndpointName": each.endpoint,
        }
        for each in _DEFINITIONS.values()
        if endpoint in (None, each.endpoint)
    ]
    found = select(request, summaries, name="MonitoringJobDefinitionName")
    return page(found, request, "JobDefinitionSummaries")


@operation("sagemaker", "DeleteDataQualityJobDefinition")
def delete_data_quality_job_definition(request: Request) -> dict[str, Any]:
    """Delete a definition, also one that a schedule names: AWS documents no refusal."""
    found = find_job_definition(request["JobDefinitionName"])
    _DEFINITIONS.remove(found.name)
    TAGS.forget(found.arn)
    return {}


def _arn(name: str) -> str:
    return arn("data-quality-job-definition", name)
