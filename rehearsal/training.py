"""Data arrives, a person starts a run, and the registry holds a version to approve."""

from typing import Any

from rehearsal.arrows import StoryBroke, await_arrow
from rehearsal.flights import delivery
from rehearsal.referee import check_metrics
from rehearsal.timeline import Timeline
from rehearsal.world import World

RUNNING = ("Executing", "Stopping")
STEP_RUNNING = ("Starting", "Executing", "Stopping")


def upload(world: World, timeline: Timeline, *, prefix: str, months: range) -> None:
    """Put what the airline knows at the end of `months` under the model's input prefix."""
    bucket, _, folder = prefix.removeprefix("s3://").rstrip("/").partition("/")
    s3, size, files = world.client("s3"), 0, 0
    for key, body in delivery(months):
        s3.put_object(Bucket=bucket, Key=f"{folder}/{key}", Body=body)
        size, files = size + len(body), files + 1
    timeline.record("data scientist", "data uploaded", to=prefix, files=files, bytes=size)


def run_pipeline(
    world: World, timeline: Timeline, *, pipeline: str, group: str, parameters: dict[str, str]
) -> str:
    """Start the pipeline, follow its steps, and return the ARN of the version it registers."""
    sagemaker = world.client("sagemaker")
    started = sagemaker.start_pipeline_execution(
        PipelineName=pipeline,
        PipelineParameters=[{"Name": n, "Value": v} for n, v in parameters.items()],
    )
    execution = started["PipelineExecutionArn"]
    timeline.record("data scientist", "pipeline started", execution=execution, **parameters)
    _follow(world, timeline, execution)
    return _registered(world, timeline, execution=execution, group=group)


def _follow(world: World, timeline: Timeline, execution: str) -> None:
    """Record each step as it ends, until the execution does."""
    sagemaker = world.client("sagemaker")
    recorded: set[str] = set()

    def look() -> dict[str, Any]:
        found: dict[str, Any] = sagemaker.describe_pipeline_execution(
            PipelineExecutionArn=execution
        )
        for step in _steps(world, execution):
            if step["StepName"] not in recorded and step["StepStatus"] not in STEP_RUNNING:
                recorded.add(step["StepName"])
                _record_step(timeline, step)
        return found

    end = await_arrow(
        "pipeline -> its steps", look, expected="the execution to end", within=300.0,
        until=lambda found: found["PipelineExecutionStatus"] not in RUNNING,
    )  # fmt: skip
    if end["PipelineExecutionStatus"] != "Succeeded":
        reasons = [s.get("FailureReason") for s in _steps(world, execution)]
        raise StoryBroke(f"the run ended {end['PipelineExecutionStatus']}: {reasons}")
    timeline.record("platform", "pipeline succeeded", execution=execution)


def _steps(world: World, execution: str) -> list[dict[str, Any]]:
    pages = world.client("sagemaker").get_paginator("list_pipeline_execution_steps")
    found = pages.paginate(PipelineExecutionArn=execution, SortOrder="Ascending")
    return [step for page in found for step in page["PipelineExecutionSteps"]]


def _record_step(timeline: Timeline, step: dict[str, Any]) -> None:
    took = (step["EndTime"] - step["StartTime"]).total_seconds() if "EndTime" in step else None
    timeline.record(
        "platform", f"step {step['StepName']} {step['StepStatus'].lower()}",
        seconds=took, **({"reason": step["FailureReason"]} if "FailureReason" in step else {}),
    )  # fmt: skip


def _registered(world: World, timeline: Timeline, *, execution: str, group: str) -> str:
    """The version that the run registered, with its metrics checked by a second computation."""
    made = [
        step["Metadata"]["RegisterModel"]["Arn"]
        for step in _steps(world, execution)
        if "RegisterModel" in step.get("Metadata", {})
    ]
    if len(made) != 1:
        raise StoryBroke(f"expected one version in {group} from the run, got {made}")
    package = world.client("sagemaker").describe_model_package(ModelPackageName=made[0])
    if package["ModelApprovalStatus"] != "PendingManualApproval":
        raise StoryBroke(f"{made[0]} is {package['ModelApprovalStatus']} before anyone saw it")
    timeline.record(
        "platform", "version registered", package=made[0],
        approval=package["ModelApprovalStatus"], **package["CustomerMetadataProperties"],
    )  # fmt: skip
    check_metrics(world, timeline, package)
    return str(made[0])
