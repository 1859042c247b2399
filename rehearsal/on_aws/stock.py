"""What the stacks of a rehearsal made, by their own events, and what came with it.

A stack's events name everything that it ever made, also after it is deleted, by the stack's id
(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html).
So nothing is taken for ours because of its name, but for what is named after something of ours.
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.mailbox import queue_of
from rehearsal.on_aws.record import TAG, Made, Record
from rehearsal.world import World

KINDS = {
    "AWS::KMS::Key": "key",
    "AWS::Logs::LogGroup": "log group",
    "AWS::S3::Bucket": "bucket",
    "AWS::SageMaker::EndpointConfig": "endpoint config",
    "AWS::SageMaker::Model": "model",
    "AWS::SageMaker::ModelPackageGroup": "model package group",
}
"""What a stack may keep when it is replaced or deleted."""

JOB_LOGS = {"ProcessingJob": "/aws/sagemaker/ProcessingJobs",
            "TrainingJob": "/aws/sagemaker/TrainingJobs"}  # fmt: skip
"""https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html"""

MADE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
"""Not CREATE_FAILED: what could not be made may bear the name of somebody else's."""


def take(world: World, record: Record) -> list[str]:
    """Put into the record what was made so far.

    Returns:
        Names of stacks that were planned and are somebody else's.
    """
    foreign = []
    for name in record.stacks:
        stack = described(world, name)
        if stack is None:
            continue
        if {"Key": TAG, "Value": record.run} in stack.get("Tags", []):
            record.add([Made("stack", stack["StackId"], stack["StackId"])])
        else:
            foreign.append(name)
    for thing in [thing for thing in record.made if thing.kind == "stack"]:
        record.add(_of_a_stack(world, record, thing.name))
    return foreign


def described(world: World, stack: str) -> dict[str, Any] | None:
    """A stack by name or id; None if there is none."""
    try:
        found: dict[str, Any] = world.client("cloudformation").describe_stacks(StackName=stack)
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return dict(found["Stacks"][0])


def created(world: World, stack: str) -> list[tuple[str, str]]:
    """Type and physical id of all that a stack made and did not delete, the oldest first."""
    found: dict[tuple[str, str], None] = {}
    for event in stack_events(world, stack):
        thing = event["ResourceType"], event.get("PhysicalResourceId", "")
        if event["ResourceStatus"] in MADE and thing[1]:
            found[thing] = None
        elif event["ResourceStatus"] == "DELETE_COMPLETE":
            found.pop(thing, None)
    return list(found)


def stack_events(world: World, stack: str) -> list[dict[str, Any]]:
    """All events of a stack, the oldest first."""
    pages = world.client("cloudformation").get_paginator("describe_stack_events")
    return [e for page in pages.paginate(StackName=stack) for e in page["StackEvents"]][::-1]


def _of_a_stack(world: World, record: Record, stack: str) -> Iterator[Made]:
    for kind, identifier in created(world, stack):
        if kind in KINDS:
            yield Made(KINDS[kind], last_part(identifier), stack)
        for made in _came_with(world, kind, identifier):
            if made.name not in record.before:
                yield Made(made.kind, made.name, stack)


def _came_with(world: World, kind: str, identifier: str) -> Iterator[Made]:
    """What is made, and by nobody else, because there is a thing of ours."""
    if kind == "AWS::SNS::Topic":
        yield Made("queue", queue_of(identifier))
    elif kind == "Custom::ModelSlot":
        folder = identifier.rpartition("/")[0]
        pages = world.client("ssm").get_paginator("get_parameters_by_path")
        for page in pages.paginate(Path=folder, Recursive=True):
            yield from (Made("parameter", found["Name"]) for found in page["Parameters"])
    elif kind == "AWS::SageMaker::Endpoint":
        yield Made("log group", endpoint_logs(last_part(identifier)))
    elif kind == "AWS::SageMaker::Pipeline":
        yield from _logs(world, _jobs_of_runs(world, last_part(identifier)))
    elif kind == "AWS::SageMaker::MonitoringSchedule":
        yield from _logs(world, _jobs_of_a_schedule(world, last_part(identifier)))


def endpoint_logs(endpoint: str) -> str:
    """The log group that SageMaker makes for an endpoint."""
    return f"/aws/sagemaker/Endpoints/{endpoint}"


def _jobs_of_runs(world: World, pipeline: str) -> Iterator[str]:
    """ARNs of the jobs of all runs; none if the pipeline is deleted."""
    sagemaker = world.client("sagemaker")
    try:
        pages = sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline)
        runs = [r["PipelineExecutionArn"] for p in pages for r in p["PipelineExecutionSummaries"]]
    except sagemaker.exceptions.ResourceNotFound:
        return
    for run in runs:
        steps = sagemaker.get_paginator("list_pipeline_execution_steps")
        for page in steps.paginate(PipelineExecutionArn=run):
            for step in page["PipelineExecutionSteps"]:
                for job in JOB_LOGS:
                    if job in step.get("Metadata", {}):
                        yield step["Metadata"][job]["Arn"]


def _jobs_of_a_schedule(world: World, schedule: str) -> Iterator[str]:
    """ARNs of the jobs that a monitoring schedule started."""
    pages = world.client("sagemaker").get_paginator("list_monitoring_executions")
    for page in pages.paginate(MonitoringScheduleName=schedule):
        for execution in page["MonitoringExecutionSummaries"]:
            if arn := execution.get("ProcessingJobArn"):
                yield arn


def _logs(world: World, jobs: Iterator[str]) -> Iterator[Made]:
    for arn in jobs:
        kind = "TrainingJob" if ":training-job/" in arn else "ProcessingJob"
        yield Made("job log", f"{JOB_LOGS[kind]}:{last_part(arn)}")


def last_part(identifier: str) -> str:
    """The name in an ARN; other identifiers are names."""
    return identifier.rpartition("/")[2] if identifier.startswith("arn:") else identifier
