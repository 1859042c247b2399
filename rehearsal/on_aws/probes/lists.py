"""In which order SageMaker lists pipelines, runs and steps when nobody says."""

from typing import Any

from rehearsal.on_aws.seen import NOT_SO_FAR, Seen, unseen
from rehearsal.on_aws.telling import Told
from rehearsal.world import World


def newest_first(world: World, told: Told) -> Seen:
    """The three lists, each of things that began at different times."""
    if told.names is None or not told.second:
        return NOT_SO_FAR
    sagemaker, name = world.client("sagemaker"), told.names.pipeline
    found = sagemaker.list_pipelines(PipelineNamePrefix=name)["PipelineSummaries"]
    runs = sagemaker.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"]
    steps = sagemaker.list_pipeline_execution_steps(
        PipelineExecutionArn=runs[0]["PipelineExecutionArn"]
    )["PipelineExecutionSteps"]
    orders = {
        "pipelines": _order(found, "CreationTime"), "runs": _order(runs, "StartTime"),
        "steps": _order(steps, "StartTime"),
    }  # fmt: skip
    what = ", ".join(f"{things} {order}" for things, order in orders.items())
    seen = [order for order in orders.values() if order != "all at once"]
    if not seen:
        return unseen(what)
    newest = all(order == "the newest first" for order in seen)
    return Seen(newest, what, in_part=len(seen) < len(orders))


def _order(things: list[dict[str, Any]], when: str) -> str:
    moments = [thing[when] for thing in things if when in thing]
    if len(set(moments)) < 2:
        return "all at once"
    if moments == sorted(moments, reverse=True):
        return "the newest first"
    return "the oldest first" if moments == sorted(moments) else "in no order of time"
