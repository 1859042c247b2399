"""The loop, played once for all tests of this folder, on a local AWS that stays up meanwhile."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from local_aws.launch import LocalAws
from rehearsal.passing import LocalTime
from rehearsal.story import Served, play
from rehearsal.timeline import Timeline
from rehearsal.world import REPOSITORY, World

FEW = 400
"""Requests during a release; `make rehearse` sends thousands."""


@dataclass(frozen=True)
class Played:
    """A world in which version 2 serves, and what was told of how it came to be."""

    world: World
    served: Served
    screen: str


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    out = tmp_path_factory.mktemp("rehearsal")
    screen = io.StringIO()
    with LocalAws.start(out / "aws", node_modules=REPOSITORY / "node_modules") as aws:
        world = World(environment=aws.environment(), out=out, time=LocalTime(aws))
        timeline = Timeline(out / "timeline.jsonl", screen, seconds=world.time.now)
        served = play(world, timeline, requests=FEW)
        yield Played(world, served, screen.getvalue())
