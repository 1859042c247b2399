"""Data arrives, Retraining starts a run, and the registry holds a version to approve."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rehearsal.arrows import ArrowDidNotFire, StoryBroke
from rehearsal.executions import HOUR
from rehearsal.names import Names
from rehearsal.prepared import check_prepared
from rehearsal.referee import check_metrics
from rehearsal.timeline import Timeline
from rehearsal.world import World

RUN_WITHIN = 4 * HOUR
RUNNING = ("Executing", "Stopping")
TOLD = ("Reason", "DataVersion", "ChampionPackageArn")
"""Parameters that a run is started with and its version carries."""
STEP_RUNNING = ("Starting", "Executing", "Stopping")


def upload(world: World, timeline: Timeline, *, prefix: str, months: range) -> None:
    """Put what the airline knows at the end of `months` under the model's input prefix."""
    deliver(world, timeline, prefix=prefix, delivery=world.airline.delivery(months))


def deliver(
    world: World, timeline: Timeline, *, prefix: str, delivery: Iterable[tuple[str, bytes]]
) -> None:
    """Put files, each with its key, under a model's input prefix."""
    bucket, _, folder = prefix.removeprefix("s3://").rstrip("/").partition("/")
    s3, size, files = world.client("s3"), 0, 0
    for key, body in delivery:
        s3.put_object(Bucket=bucket, Key=f"{folder}/{key}", Body=body)
        size, files = size + len(body), files + 1
    timeline.record("data scientist", "data uploaded", to=prefix, files=files, bytes=size)


def ask_for_a_run(world: World, timeline: Timeline, names: Names, *, reason: str) -> str:
    """Do what a person does who wants a new version; the execution that this starts."""
    request = names.retraining_input | {"trigger": "person", "reason": reason}
    started = world.client("stepfunctions").start_execution(
        stateMachineArn=names.retraining, input=json.dumps(request)
    )
    timeline.record("data scientist", "retraining asked for", reason=reason)
    return str(started["executionArn"])


def await_run(
    world: World, timeline: Timeline, names: Names, *, before: set[str], **expected: str
) -> str:
    """Wait until the pipeline has one run more than `before`, and return it.

    Raises:
        ArrowDidNotFire: also if a parameter of the run does not hold what is expected in it.
    """

    def new() -> list[str]:
        return [run for run in runs(world, names.pipeline) if run not in before]

    [run] = world.await_arrow(
        "Retraining -> pipeline", new, expected=f"a run of {names.pipeline}", within=HOUR
    )
    given = parameters(world, run)
    for name, text in expected.items():
        if text not in given[name]:
            wanted = f"a run with {text!r} in its {name}"
            raise ArrowDidNotFire("Retraining -> pipeline", wanted, HOUR, given[name])
    timeline.record(
        "platform", "pipeline started", execution=run, **{name: given[name] for name in TOLD}
    )
    return run


def parameters(world: World, run: str) -> dict[str, str]:
    """What a run was started with, by name."""
    described = world.client("sagemaker").list_pipeline_parameters_for_execution(
        PipelineExecutionArn=run
    )
    return {p["Name"]: p["Value"] for p in described["PipelineParameters"]}


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
    """Record each step as it ends, until the execution does.

    Raises:
        ArrowDidNotFire: naming the step that failed.
    """
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
        "pipeline -> its steps", look, expected="the execution to end", within=RUN_WITHIN,
        until=lambda found: found["PipelineExecutionStatus"] not in RUNNING,
    )  # fmt: skip
    if end["PipelineExecutionStatus"] != "Succeeded":
        failed = [s for s in _steps(world, execution) if s["StepStatus"] == "Failed"]
        name = failed[0]["StepName"] if failed else "its steps"
        seen = failed[0].get("FailureReason") if failed else end["PipelineExecutionStatus"]
        raise ArrowDidNotFire(f"pipeline -> {name}", "the step to succeed", RUN_WITHIN, seen)
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
    """The version that the run registered, with its metrics checked by a second computation.

    Raises:
        ArrowDidNotFire: it does not say why it was made, or names files that are not there.
    """
    steps = _steps(world, execution)
    made = [
        step["Metadata"]["RegisterModel"]["Arn"]
        for step in steps
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
    given = parameters(world, execution)
    _says_where_it_comes_from(world, package, given)
    check_prepared(world, steps, package, data_version=given["DataVersion"])
    check_metrics(world, timeline, package)
    return str(made[0])


def _says_where_it_comes_from(world: World, package: dict[str, Any], given: dict[str, str]) -> None:
    """The version carries the parameters of its run, and each file that it names is there."""
    told = package["CustomerMetadataProperties"]
    for name in TOLD:
        if told.get(name) != given[name]:
            wanted = f"a version with the run's {name} {given[name]!r}"
            raise ArrowDidNotFire("pipeline -> registry", wanted, RUN_WITHIN, told.get(name))
    missing = [uri for uri in _files(package) if not world.exists(uri)]
    if missing:
        wanted = "a version whose files are there"
        raise ArrowDidNotFire("pipeline -> registry", wanted, RUN_WITHIN, f"no {missing}")
    champion = _judged_against(world, package)
    if champion != given["ChampionPackageArn"]:
        wanted = f"a version that was judged against {given['ChampionPackageArn']}"
        raise ArrowDidNotFire("pipeline -> registry", wanted, RUN_WITHIN, champion)


def _judged_against(world: World, package: dict[str, Any]) -> str:
    report = world.read_json(package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"])
    return str(report["champion"]["package"])


def _files(described: Any) -> Iterator[str]:
    """Each S3 URI in what SageMaker says of a version."""
    if isinstance(described, str) and described.startswith("s3://"):
        yield described
    elif isinstance(described, (dict, list)):
        for value in described.values() if isinstance(described, dict) else described:
            yield from _files(value)
