"""Data arrives, Retraining starts a run, and the registry holds a version to approve."""

import json
from typing import Any

from rehearsal.arrows import StoryBroke
from rehearsal.executions import HOUR
from rehearsal.names import Names
from rehearsal.referee import check_metrics
from rehearsal.timeline import Timeline
from rehearsal.world import World

RUNNING = ("Executing", "Stopping")
STEP_RUNNING = ("Starting", "Executing", "Stopping")


def upload(world: World, timeline: Timeline, *, prefix: str, months: range) -> None:
    """Put what the airline knows at the end of `months` under the model's input prefix."""
    bucket, _, folder = prefix.removeprefix("s3://").rstrip("/").partition("/")
    s3, size, files = world.client("s3"), 0, 0
    for key, body in world.airline.delivery(months):
        s3.put_object(Bucket=bucket, Key=f"{folder}/{key}", Body=body)
        size, files = size + len(body), files + 1
    timeline.record("data scientist", "data uploaded", to=prefix, files=files, bytes=size)


def ask_for_a_run(world: World, timeline: Timeline, names: Names, *, reason: str) -> None:
    """Do what a person does who wants a new version."""
    request = names.retraining_input | {"trigger": "person", "reason": reason}
    world.client("stepfunctions").start_execution(
        stateMachineArn=names.retraining, input=json.dumps(request)
    )
    timeline.record("data scientist", "retraining asked for", reason=reason)


def await_run(
    world: World, timeline: Timeline, names: Names, *, before: set[str], **expected: str
) -> str:
    """Wait until the pipeline has one run more than `before`, and return it.

    Raises:
        StoryBroke: a parameter of the run does not hold what is expected in it.
    """

    def new() -> list[str]:
        return [run for run in runs(world, names.pipeline) if run not in before]

    [run] = world.await_arrow(
        "Retraining -> pipeline", new, expected=f"a run of {names.pipeline}", within=HOUR
    )
    described = world.client("sagemaker").list_pipeline_parameters_for_execution(
        PipelineExecutionArn=run
    )
    given = {p["Name"]: p["Value"] for p in described["PipelineParameters"]}
    for name, text in expected.items():
        if text not in given[name]:
            raise StoryBroke(f"{run} was started with {name} {given[name]!r}, not with {text!r}")
    told = ("Reason", "DataVersion", "ChampionPackageArn")
    timeline.record(
        "platform", "pipeline started", execution=run, **{name: given[name] for name in told}
    )
    return run


def runs(world: World, pipeline: str) -> list[str]:
    """All executions of a pipeline, the newest first."""
    pages = world.client("sagemaker").get_paginator("list_pipeline_executions")
    return [
        summary["PipelineExecutionArn"]
        for page in pages.paginate(PipelineName=pipeline)
        for summary in page["PipelineExecutionSummaries"]
    ]


def follow(world: World, timeline: Timeline, *, run: str, group: str) -> str:
    """Record each step of a run as it ends, and return the version that it registers."""
    _follow(world, timeline, run)
    return _registered(world, timeline, execution=run, group=group)


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

    end = world.await_arrow(
        "pipeline -> its steps", look, expected="the execution to end", within=4 * HOUR,
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
