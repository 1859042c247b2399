"""Operations on pipelines."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.clock import clock
from local_aws.core.clients import client
from local_aws.core.errors import ConflictException, ResourceNotFound, ValidationException
from local_aws.core.listing import seconds
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.core.tags import TAGS
from local_aws.pipelines.check import check
from local_aws.pipelines.definition import Definition, read
from local_aws.pipelines.execution import EXECUTIONS


@dataclass(kw_only=True)
class Pipeline:
    """A pipeline.

    Attributes:
        versions: Its definitions, of which the last is what an execution runs unless it names one.
        token: The ClientRequestToken that it was created with.
    """

    name: str
    arn: str
    role: str
    token: str
    versions: list[Definition]
    display_name: str | None
    description: str | None
    parallelism: dict[str, Any] | None
    created: float = field(default_factory=clock.now)
    modified: float = field(default_factory=clock.now)
    last_run: float | None = None

    def version(self, number: int | None) -> tuple[int, Definition]:
        """A version's number and definition; the newest unless a number says which.

        Raises:
            ResourceNotFound: There is no such version.
        """
        number = number or len(self.versions)
        if number > len(self.versions):
            raise ResourceNotFound(f"Pipeline version {number} of '{self.arn}' does not exist.")
        return number, self.versions[number - 1]


PIPELINES: Table[Pipeline] = Table()


def pipeline(name_or_arn: str) -> Pipeline:
    """The pipeline of that name or ARN.

    Raises:
        ResourceNotFound: There is none.
    """
    name = name_or_arn.rsplit("/", 1)[-1]
    found = PIPELINES.get(name)
    if found is None:
        raise ResourceNotFound(f"Pipeline '{arn('pipeline', name)}' does not exist.")
    return found


@operation("sagemaker", "CreatePipeline")
def create_pipeline(request: Request) -> dict[str, Any]:
    """Keep a definition that could run; a call repeated under its token changes nothing."""
    name, token = request["PipelineName"], request["ClientRequestToken"]
    definition = _definition(request)
    if definition is None:
        raise ValidationException(
            "Either PipelineDefinition or PipelineDefinitionS3Location must be specified."
        )
    made = Pipeline(
        name=name,
        arn=arn("pipeline", name),
        role=request["RoleArn"],
        token=token,
        versions=[definition],
        display_name=request.get("PipelineDisplayName"),
        description=request.get("PipelineDescription"),
        parallelism=_parallelism(request),
    )
    with PIPELINES.lock:
        there = PIPELINES.get(name)
        if there and there.token != token:
            raise ValidationException(
                f"Pipeline names must be unique within an AWS account and region."
                f" Pipeline with name ({name}) already exists."
            )
        PIPELINES.put(name, there or made)
    return {"PipelineArn": made.arn}


@operation("sagemaker", "UpdatePipeline")
def update_pipeline(request: Request) -> dict[str, Any]:
    """Change what is given; executions that run go on with the definition they started with."""
    found, definition = pipeline(request["PipelineName"]), _definition(request)
    with PIPELINES.lock:
        if definition and definition.text != found.versions[-1].text:
            found.versions.append(definition)
        found.display_name = request.get("PipelineDisplayName", found.display_name)
        found.description = request.get("PipelineDescription", found.description)
        found.role = request.get("RoleArn", found.role)
        found.parallelism = _parallelism(request) or found.parallelism
        found.modified = clock.now()
    return {"PipelineArn": found.arn, "PipelineVersionId": len(found.versions)}


@operation("sagemaker", "DescribePipeline")
def describe_pipeline(request: Request) -> dict[str, Any]:
    """The pipeline with its newest definition, or the one of a version."""
    found = pipeline(request["PipelineName"])
    _, definition = found.version(request.get("PipelineVersionId"))
    return {
        "PipelineArn": found.arn,
        "PipelineName": found.name,
        "PipelineDisplayName": found.display_name or found.name,
        "PipelineDefinition": definition.text,
        "PipelineDescription": found.description,
        "RoleArn": found.role,
        "PipelineStatus": "Active",
        "CreationTime": found.created,
        "LastModifiedTime": found.modified,
        "LastRunTime": found.last_run,
        "CreatedBy": {},
        "LastModifiedBy": {},
        "ParallelismConfiguration": found.parallelism,
    }


@operation("sagemaker", "ListPipelines")
def list_pipelines(request: Request) -> dict[str, Any]:
    """Pipelines by the start of their name, by time and in order."""
    prefix = request.get("PipelineNamePrefix", "")
    by_name = request.get("SortBy", "CreationTime") == "Name"
    summaries: list[dict[str, Any]] = [
        {
            "PipelineArn": found.arn,
            "PipelineName": found.name,
            "PipelineDisplayName": found.display_name or found.name,
            "PipelineDescription": found.description,
            "RoleArn": found.role,
            "CreationTime": found.created,
            "LastModifiedTime": found.modified,
            "LastExecutionTime": found.last_run,
        }
        for found in PIPELINES.values()
        if found.name.startswith(prefix) and created_between(request, found.created)
    ]
    member = "PipelineName" if by_name else "CreationTime"
    summaries.sort(key=lambda each: each[member], reverse=descending(request))
    return page(summaries, request, "PipelineSummaries")


@operation("sagemaker", "DeletePipeline")
def delete_pipeline(request: Request) -> dict[str, Any]:
    """Delete a pipeline with all its executions, if none of them runs.

    Raises:
        ConflictException: One runs.
    """
    found = pipeline(request["PipelineName"])
    mine = [each for each in EXECUTIONS.values() if each.pipeline_arn == found.arn]
    if any(each.status in ("Executing", "Stopping") for each in mine):
        raise ConflictException(f"Pipeline '{found.arn}' has executions that are running.")
    for each in mine:
        EXECUTIONS.remove(each.arn)
    PIPELINES.remove(found.name)
    TAGS.forget(found.arn)
    return {"PipelineArn": found.arn}


def created_between(request: Request, moment: float) -> bool:
    """Whether a time is within CreatedAfter and CreatedBefore of a List* input."""
    after, before = request.get("CreatedAfter"), request.get("CreatedBefore")
    return (after is None or moment > seconds(after)) and (
        before is None or moment < seconds(before)
    )


def descending(request: Request) -> bool:
    """Whether a List* input wants the newest first, as it does unless it says Ascending."""
    return bool(request.get("SortOrder", "Descending") == "Descending")


def _definition(request: Request) -> Definition | None:
    text, place = request.get("PipelineDefinition"), request.get("PipelineDefinitionS3Location")
    if text and place:
        raise ValidationException(
            "Only one of PipelineDefinition and PipelineDefinitionS3Location may be specified."
        )
    if place:
        text = _stored(place)
    if not text:
        return None
    definition = read(text)
    check(definition)
    return definition


def _stored(place: Request) -> str:
    version = {"VersionId": place["VersionId"]} if "VersionId" in place else {}
    bucket, key = place["Bucket"], place["ObjectKey"]
    try:
        stored = client("s3").get_object(Bucket=bucket, Key=key, **version)
    except (ClientError, BotoCoreError) as error:
        raise ValidationException(f"Unable to read s3://{bucket}/{key}: {error}") from error
    body: bytes = stored["Body"].read()
    return body.decode()


def _parallelism(request: Request) -> dict[str, Any] | None:
    given = request.get("ParallelismConfiguration")
    return {"MaxParallelExecutionSteps": given["MaxParallelExecutionSteps"]} if given else None
