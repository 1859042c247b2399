"""The story, one screen: deploy with an empty registry, train, approve, and version 1 answers.

It plays the outside world only: a data scientist, an approver, travellers. All that happens in
between is the platform's doing; the story waits for it, and says which arrow did not fire.
"""

from dataclasses import dataclass

from rehearsal.arrows import StoryBroke
from rehearsal.deployment import STAGE, deploy, synthesize
from rehearsal.release import approve, await_release
from rehearsal.timeline import Timeline
from rehearsal.traffic import ask, await_capture, await_metrics
from rehearsal.training import run_pipeline, upload
from rehearsal.world import World

MODEL = "flight-delay"
WINTER = range(1, 4)


@dataclass(frozen=True)
class Served:
    """What the story leaves: the version that serves, and where."""

    package: str
    endpoint: str
    config: str


def play(world: World, timeline: Timeline) -> Served:
    """Play the whole story on an AWS where nothing of the stage is deployed yet."""
    synthesize(world, timeline)
    deploy(world, timeline)
    _nothing_is_served(world, timeline)
    package = _train(world, timeline)
    approve(world, timeline, package=package, because="beats the floor on March's last weeks")
    endpoint = await_release(
        world, timeline, package=package, stack=f"{STAGE}-Serving-{MODEL}",
        machine=world.outputs(f"{STAGE}-Operations")["PromotionStateMachineArn"],
    )  # fmt: skip
    _travellers_ask(world, timeline, package=package, endpoint=endpoint["EndpointName"])
    return Served(package, endpoint["EndpointName"], endpoint["EndpointConfigName"])


def _nothing_is_served(world: World, timeline: Timeline) -> None:
    serving = world.outputs(f"{STAGE}-Serving-{MODEL}")
    slot = world.client("ssm").get_parameter(Name=serving["SlotName"])["Parameter"]["Value"]
    endpoints = world.client("sagemaker").list_endpoints()["Endpoints"]
    if slot != "NONE,NONE" or endpoints:
        raise StoryBroke(f"the registry is empty, yet the slot says {slot}, endpoints {endpoints}")
    timeline.record("platform", "nothing is served yet", slot=slot, endpoints=0)


def _train(world: World, timeline: Timeline) -> str:
    training = world.outputs(f"{STAGE}-Training-{MODEL}")
    upload(world, timeline, prefix=training["InputDataUri"], months=WINTER)
    return run_pipeline(
        world, timeline, pipeline=training["PipelineName"],
        group=training["ModelPackageGroupName"],
        parameters={"DataVersion": "2013-03", "Reason": "first version on the flights of winter"},
    )  # fmt: skip


def _travellers_ask(world: World, timeline: Timeline, *, package: str, endpoint: str) -> None:
    asked = ask(world, timeline, endpoint=endpoint, package=package)
    await_capture(
        world, timeline, endpoint=endpoint, records=asked,
        bucket=world.outputs(f"{STAGE}-Foundation")["CaptureBucketName"],
    )  # fmt: skip
    await_metrics(world, timeline, endpoint=endpoint, invocations=asked)
