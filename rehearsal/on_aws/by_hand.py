"""What a person starts on AWS that on the local AWS time starts: days can't be waited for here."""

import datetime
from typing import Any

from rehearsal.arrows import StoryBroke
from rehearsal.executions import HOUR, await_success
from rehearsal.names import Names
from rehearsal.timeline import Timeline
from rehearsal.traffic import recorded
from rehearsal.training import await_run, follow, parameters, runs
from rehearsal.watching import await_report, reports
from rehearsal.world import World

NAMESPACE, MONITOR = "Perennial/Monitoring", "data-quality"
TOO_FEW = "too-few-records"


def look_again(world: World, timeline: Timeline, names: Names) -> None:
    """Start the promotion's daily re-check now, with what its schedule would tell it."""
    started = world.client("stepfunctions").start_execution(
        stateMachineArn=names.promotion, input=world.outputs(names.serving)["PromotionInput"]
    )
    timeline.record("rehearsal", "re-check started by hand", stage=names.stage)
    await_success(world, "re-check -> Promotion", started["executionArn"], within=2 * HOUR)


def judge(world: World, timeline: Timeline, names: Names, *, flights: int) -> None:
    """Start the monitor for the week that ends now.

    Args:
        world, timeline, names: where.
        flights: what was asked about; on one day, so that the monitor will not judge it.

    Raises:
        StoryBroke: it counted others, or judged.
    """
    before, requests = reports(world, names), recorded(world, names)
    # A minute from now, so that the newest record is surely before it.
    end = datetime.datetime.fromtimestamp(world.time.now() + 60, datetime.UTC)
    world.client("sagemaker").start_pipeline_execution(
        PipelineName=_monitor(world, names),
        PipelineParameters=[{"Name": "WindowEnd", "Value": f"{end:%FT%TZ}"}],
    )
    timeline.record("rehearsal", "monitor started by hand", window_end=f"{end:%FT%TZ}")
    report = await_report(world, timeline, names, before=before)
    if (report["records"], report["outcome"]) != (flights, TOO_FEW):
        raise StoryBroke(
            f"{flights} flights of one day in {requests} requests are {TOO_FEW}, yet the monitor"
            f" says {report['outcome']} of {report['records']}: {report['sentence']}"
        )
    world.await_arrow(
        "monitor -> CloudWatch", lambda: _heartbeats(world, names, since=end),
        expected="a Heartbeat", within=HOUR,
    )  # fmt: skip
    timeline.record("platform", "monitor's metrics came")


def _monitor(world: World, names: Names) -> str:
    """Name of the pipeline in the monitoring stack."""
    pages = world.client("cloudformation").get_paginator("list_stack_resources")
    [pipeline] = [
        found["PhysicalResourceId"]
        for page in pages.paginate(StackName=names.monitoring)
        for found in page["StackResourceSummaries"]
        if found["ResourceType"] == "AWS::SageMaker::Pipeline"
    ]
    return str(pipeline).rpartition("/")[2]


def _heartbeats(world: World, names: Names, *, since: datetime.datetime) -> float:
    minute = datetime.timedelta(minutes=1)
    dimensions = {"Endpoint": names.endpoint, "Monitor": MONITOR}
    points = world.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE, MetricName="Heartbeat", Statistics=["Sum"], Period=60,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=since.replace(second=0, microsecond=0) - 2 * minute,
        EndTime=datetime.datetime.fromtimestamp(world.time.now(), datetime.UTC) + minute,
    )["Datapoints"]  # fmt: skip
    return float(sum(point["Sum"] for point in points))


def train(world: World, timeline: Timeline, names: Names, *, champion: str, reason: str) -> str:
    """Start the pipeline as Retraining would, which a day's cool-down keeps from it.

    Args:
        world, timeline, names: where.
        champion: the version that serves.
        reason: why.

    Returns:
        The version that the run registers.
    """
    sagemaker = world.client("sagemaker")
    before = runs(world, names.pipeline)
    package: dict[str, Any] = sagemaker.describe_model_package(ModelPackageName=champion)
    [container] = package["InferenceSpecification"]["Containers"]
    now = datetime.datetime.fromtimestamp(world.time.now(), datetime.UTC)
    given = parameters(world, before[0]) | {
        "Reason": reason, "DataVersion": f"as of {now:%FT%TZ}", "ChampionPackageArn": champion,
        "ChampionModelUri": container["ModelDataUrl"],
    }  # fmt: skip
    sagemaker.start_pipeline_execution(
        PipelineName=names.pipeline,
        PipelineParameters=[{"Name": name, "Value": value} for name, value in given.items()],
    )
    timeline.record("data scientist", "pipeline started by hand", reason=reason)
    run = await_run(
        world, timeline, names, before=set(before), Reason=reason, ChampionPackageArn=champion
    )
    return follow(world, timeline, run=run, group=names.group)
