"""Operations on executions of pipelines."""

import uuid
from typing import Any

from local_aws.core.background import run as in_background
from local_aws.core.errors import ConflictException, ResourceNotFound
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table
from local_aws.pipelines import events, interpreter, metrics
from local_aws.pipelines.execution import EXECUTIONS, Execution, StepRun
from local_aws.pipelines.parameters import typed
from local_aws.pipelines.pipelines import Pipeline, created_between, descending, pipeline

# AWS's jobs have machines of their own; here they share one, so two at a time unless asked.
PARALLEL = 2
_TOKENS: Table[str] = Table()


def execution(arn: str) -> Execution:
    """The execution of this ARN.

    Raises:
        ResourceNotFound: There is none.
    """
    found = EXECUTIONS.get(arn)
    if found is None:
        raise ResourceNotFound(f"Pipeline execution '{arn}' does not exist.")
    return found


@operation("sagemaker", "StartPipelineExecution")
def start_pipeline_execution(request: Request) -> dict[str, Any]:
    """Start an execution; a call repeated under its token answers with the first one's ARN."""
    found, token = pipeline(request["PipelineName"]), request["ClientRequestToken"]
    key = f"{found.arn} {token}"
    with _TOKENS.lock:
        if arn := _TOKENS.get(key):
            return {"PipelineExecutionArn": arn}
        started = _execution(found, request)
        _TOKENS.put(key, started.arn)
        EXECUTIONS.put(started.arn, started)
    found.last_run = started.created
    events.execution_changed(started, None)
    metrics.execution_changed(started)
    interpreter.start(started)
    return {"PipelineExecutionArn": started.arn}


@operation("sagemaker", "DescribePipelineExecution")
def describe_pipeline_execution(request: Request) -> dict[str, Any]:
    """The execution as it is now."""
    found = execution(request["PipelineExecutionArn"])
    return {
        **found.described,
        "PipelineArn": found.pipeline_arn,
        "PipelineExecutionArn": found.arn,
        "PipelineExecutionStatus": found.status,
        "FailureReason": found.failure_reason,
        "CreationTime": found.created,
        "LastModifiedTime": found.modified,
        "CreatedBy": {},
        "LastModifiedBy": {},
        "PipelineVersionId": found.version,
    }


@operation("sagemaker", "ListPipelineExecutions")
def list_pipeline_executions(request: Request) -> dict[str, Any]:
    """The executions of a pipeline, by time and in order."""
    found = pipeline(request["PipelineName"])
    summaries = [
        {
            "PipelineExecutionArn": each.arn,
            "StartTime": each.created,
            "PipelineExecutionStatus": each.status,
            "PipelineExecutionDescription": each.described.get("PipelineExecutionDescription"),
            "PipelineExecutionDisplayName": each.described["PipelineExecutionDisplayName"],
            "PipelineExecutionFailureReason": each.failure_reason,
        }
        for each in EXECUTIONS.values()
        if each.pipeline_arn == found.arn and created_between(request, each.created)
    ]
    by_arn = request.get("SortBy", "CreationTime") == "PipelineExecutionArn"
    member = "PipelineExecutionArn" if by_arn else "StartTime"
    summaries.sort(key=lambda each: each[member], reverse=descending(request))
    return page(summaries, request, "PipelineExecutionSummaries")


@operation("sagemaker", "ListPipelineExecutionSteps")
def list_pipeline_execution_steps(request: Request) -> dict[str, Any]:
    """The steps that an execution has started."""
    found = execution(request.get("PipelineExecutionArn", ""))
    with found.changed:
        steps = [_step(run) for run in found.runs.values()]
    steps.sort(key=lambda step: step["StartTime"], reverse=descending(request))
    return page(steps, request, "PipelineExecutionSteps")


@operation("sagemaker", "ListPipelineParametersForExecution")
def list_pipeline_parameters_for_execution(request: Request) -> dict[str, Any]:
    """All parameters with the values that the execution runs with."""
    values = execution(request["PipelineExecutionArn"]).values
    shown = [
        {"Name": name, "Value": str(value).lower() if isinstance(value, bool) else str(value)}
        for name, value in values.items()
    ]
    return page(shown, request, "PipelineParameters")


@operation("sagemaker", "DescribePipelineDefinitionForExecution")
def describe_pipeline_definition_for_execution(request: Request) -> dict[str, Any]:
    """The definition that the execution runs, whatever the pipeline has become."""
    found = execution(request["PipelineExecutionArn"])
    return {"PipelineDefinition": found.definition.text, "CreationTime": found.created}


@operation("sagemaker", "StopPipelineExecution")
def stop_pipeline_execution(request: Request) -> dict[str, Any]:
    """Begin to stop an execution: its jobs are stopped and no step starts.

    Raises:
        ConflictException: It has ended.
    """
    found = execution(request["PipelineExecutionArn"])
    if found.change("Executing", "Stopping"):
        in_background(_stop, found)
    elif found.status != "Stopping":
        raise ConflictException(
            f"Pipeline execution with ARN {found.arn} is in status {found.status}; only one in"
            " status Executing can be stopped."
        )
    return {"PipelineExecutionArn": found.arn}


def _stop(stopping: Execution) -> None:
    with stopping.changed:
        running = stopping.running
    for run in running:
        stopping.change_step(run, "Stopping")
        run.stop()


def _execution(found: Pipeline, request: Request) -> Execution:
    number, definition = found.version(request.get("PipelineVersionId"))
    given = {item["Name"]: item["Value"] for item in request.get("PipelineParameters", ())}
    values = typed(definition, given)
    parallelism = found.parallelism
    if "ParallelismConfiguration" in request:
        steps = request["ParallelismConfiguration"]["MaxParallelExecutionSteps"]
        parallelism = {"MaxParallelExecutionSteps": steps}
    name = uuid.uuid4().hex[:12]
    display_name = request.get("PipelineExecutionDisplayName", f"execution-{name}")
    return Execution(
        arn=f"{found.arn}/execution/{name}",
        pipeline_name=found.name,
        pipeline_arn=found.arn,
        version=number,
        definition=definition,
        values=values,
        parallel=(parallelism or {}).get("MaxParallelExecutionSteps", PARALLEL),
        described={
            "PipelineExecutionDisplayName": display_name,
            "PipelineExecutionDescription": request.get("PipelineExecutionDescription"),
            "ParallelismConfiguration": parallelism,
        },
    )


def _step(run: StepRun) -> dict[str, Any]:
    return {
        "StepName": run.step.name,
        "StepDisplayName": run.step.display_name,
        "StepDescription": run.step.description,
        "StartTime": run.started,
        "EndTime": run.ended,
        "StepStatus": run.status,
        "FailureReason": run.failure_reason,
        "Metadata": run.metadata,
        "AttemptCount": 1,
    }
