"""The loop, played once for all tests of this folder, on a local AWS that stays up meanwhile.

It is the story of `make rehearse` in Dev up to a second version, with a sixth of its flights: what
it leaves out, Prod and the version that is rolled back, is played each night.
"""

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_aws.launch import LocalAws
from rehearsal.deployment import ALONE, deploy, tell_templates
from rehearsal.flights import Airline
from rehearsal.mailbox import Mailbox
from rehearsal.names import Names
from rehearsal.passing import LocalTime
from rehearsal.release import nothing_is_served
from rehearsal.story import SPRING, after, spring, summer, winter
from rehearsal.timeline import Timeline
from rehearsal.training import upload
from rehearsal.world import REPOSITORY, World

BOOTSTRAP = REPOSITORY / "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"
FEW = 60
"""Requests during a release; `make rehearse` sends thousands."""

SMALL = Airline(every=6)


@dataclass(frozen=True)
class Served:
    """What serves in Dev, the version that served before, and all names."""

    first: str
    package: str
    endpoint: str
    config: str
    names: Names


@dataclass(frozen=True)
class Played:
    """A world in which version 2 serves, and what was told of how it came to be."""

    world: World
    served: Served


@pytest.fixture(scope="session")
def played(
    tmp_path_factory: pytest.TempPathFactory, assemblies: dict[str, Path]
) -> Iterator[Played]:
    out = tmp_path_factory.mktemp("rehearsal")
    with LocalAws.start(out / "aws", node_modules=REPOSITORY / "node_modules") as aws:
        world = World(environment=aws.environment(), out=out, time=LocalTime(aws), airline=SMALL)
        shutil.copytree(assemblies["home"], world.assembly)
        timeline = Timeline(out / "timeline.jsonl", io.StringIO(), seconds=world.time.now)
        yield Played(world, play(world, timeline))


def play(world: World, timeline: Timeline) -> Served:
    """As `rehearsal.story.play`, with what was synthesized already."""
    tell_templates(world, timeline, stages=ALONE)
    bootstrap(world)
    deploy(world, timeline, stages=ALONE)
    names = Names.of(world)
    mailbox = Mailbox(world, names.topic)
    nothing_is_served(world, timeline, names)
    first = winter(world, timeline, names, mailbox)
    traffic = spring(world, timeline, names, first)
    upload(world, timeline, prefix=names.input_data, months=SPRING)
    second = summer(world, timeline, names, mailbox, traffic, requests=FEW)
    after(world, timeline, names, second)
    endpoint = world.client("sagemaker").describe_endpoint(EndpointName=names.endpoint)
    return Served(first, second, names.endpoint, endpoint["EndpointConfigName"], names)


def bootstrap(world: World) -> None:
    """What `cdk bootstrap` deploys, without its Node.js; test_second_app.py types the command."""
    cloudformation = world.client("cloudformation")
    cloudformation.create_stack(
        StackName="CDKToolkit",
        TemplateBody=BOOTSTRAP.read_text(encoding="utf-8"),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    world.await_arrow(
        "CreateStack",
        lambda: cloudformation.describe_stacks(StackName="CDKToolkit")["Stacks"][0]["StackStatus"],
        expected="what CDK deploys with",
        until=lambda status: status == "CREATE_COMPLETE",
    )
