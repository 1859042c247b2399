"""What a broken chapter leaves behind is put away, so that the next one begins as it did."""

import json

from rehearsal.arrows import StoryBroke
from rehearsal.executions import HOUR, executions
from rehearsal.mutations.stage import Stage
from rehearsal.passing import let_pass_until
from rehearsal.release import described, served
from rehearsal.traffic import whole
from rehearsal.training import RUNNING, runs
from rehearsal.watching import alarm_state
from rehearsal.world import World

COOLED_DOWN = 25 * HOUR
"""Longer than the cool-down of the policy, and than the day whose runs are counted."""


def let_pass(world: World, seconds: float) -> None:
    """Let time pass, whatever happens."""
    let_pass_until(world.time, world.time.now() + seconds)


def put_away(stage: Stage) -> None:
    """Stop what waits or runs, take away locks and requests, and throw away the post."""
    _stop_executions(stage)
    for pipeline in (stage.names.pipeline, f"{stage.names.pipeline}-data-quality"):
        _stop_runs(stage.world, pipeline)
    beside = stage.names.slot.removesuffix("/slot")
    left = ("lock", "retraining/lock", "retraining/request")
    stage.world.client("ssm").delete_parameters(Names=[f"{beside}/{name}" for name in left])
    stage.mailbox.empty()


def _stop_executions(stage: Stage) -> None:
    states = stage.world.client("stepfunctions")
    for machine in (stage.names.promotion, stage.names.retraining):
        listed = states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")
        for execution in listed["executions"]:
            states.stop_execution(executionArn=execution["executionArn"])


def _stop_runs(world: World, pipeline: str) -> None:
    sagemaker = world.client("sagemaker")
    known = [p["PipelineName"] for p in sagemaker.list_pipelines()["PipelineSummaries"]]
    for run in runs(world, pipeline)[:2] if pipeline in known else []:

        def status(run: str = run) -> str:
            described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=run)
            return str(described["PipelineExecutionStatus"])

        if status() in RUNNING:
            sagemaker.stop_pipeline_execution(PipelineExecutionArn=run)
            world.await_arrow(
                "StopPipelineExecution -> run", status, expected="its end", within=HOUR,
                until=lambda found: found not in RUNNING,
            )  # fmt: skip


def throw_halves_away(stage: Stage) -> None:
    """Delete records of questions without answers, or of answers without questions."""
    bucket, s3 = stage.names.capture_bucket, stage.world.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    for key in [entry["Key"] for page in pages for entry in page.get("Contents", [])]:
        body = stage.world.read_bytes(f"s3://{bucket}/{key}")
        if not all(whole(json.loads(line)) for line in body.splitlines()):
            s3.delete_object(Bucket=bucket, Key=key)


def cool_down(stage: Stage) -> None:
    """If a run was started within the last day, wait until the policy allows the next one."""
    sagemaker = stage.world.client("sagemaker")
    found = sagemaker.list_pipeline_executions(
        PipelineName=stage.names.pipeline, SortBy="CreationTime", SortOrder="Descending"
    )["PipelineExecutionSummaries"]
    if found:
        since = stage.world.time.now() - found[0]["StartTime"].timestamp()
        let_pass(stage.world, COOLED_DOWN - since)


def quieten(stage: Stage) -> None:
    """Three hours after a report its metrics are history; then the alarm is set to OK by hand."""
    let_pass(stage.world, 3 * HOUR)
    if alarm_state(stage.world, stage.names.drift_alarm) != "OK":
        stage.world.client("cloudwatch").set_alarm_state(
            AlarmName=stage.names.drift_alarm, StateValue="OK", StateReason="the next try begins"
        )
    let_pass(stage.world, HOUR)
    if (state := alarm_state(stage.world, stage.names.drift_alarm)) != "OK":
        raise StoryBroke(f"{stage.names.drift_alarm} was set to OK, and is in {state} again")


def reconcile(stage: Stage, package: str, *, before: set[str]) -> None:
    """Make the mended Promotion look once more, and wait until all is at rest.

    A version that did not come to serve is rejected, one that did is approved once more.
    """
    serves = served(stage.world, described(stage.world, stage.names.endpoint)) == package
    stage.world.client("sagemaker").update_model_package(
        ModelPackageArn=package, ModelApprovalStatus="Approved" if serves else "Rejected"
    )
    states = stage.world.client("stepfunctions")

    def ended() -> list[str]:
        new = [e for e in executions(stage.world, stage.names.promotion) if e not in before]
        return [states.describe_execution(executionArn=e)["status"] for e in new]

    stage.world.await_arrow(
        "approval rule -> Promotion", ended, expected="a promotion that succeeds", within=24 * HOUR,
        until=lambda found: "SUCCEEDED" in found and "RUNNING" not in found,
    )  # fmt: skip
