"""Three rows of the rehearsal with few requests; `make rehearse-serving` plays all, with 5,000."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from local_aws.launch import ACCOUNT, REGION, LocalAws
from rehearsal.passing import LocalTime
from rehearsal.serving import rows
from rehearsal.timeline import Timeline
from rehearsal.world import REPOSITORY, World
from tests.rehearsal.serving.deployed import deploy
from tests.synths import Synths

pytestmark = pytest.mark.local_aws

ROWS = ("all_at_once", "multi_model", "serverless")
REQUESTS = 100
APP = f"""
import sys
sys.path.append({str(REPOSITORY)!r})
from rehearsal.serving.app import synthesize
synthesize({ROWS!r}, account={ACCOUNT!r}, region={REGION!r})
"""


@dataclass(frozen=True)
class Stage:
    """A stage that is deployed, and what is told of it."""

    world: World
    timeline: Timeline


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, synths: Synths) -> Iterator[Stage]:
    out = tmp_path_factory.mktemp("serving")
    project = tmp_path_factory.mktemp("app")
    (project / "app.py").write_text(APP)
    with LocalAws.start(out / "aws", node_modules=REPOSITORY / "node_modules") as aws:
        world = World(environment=aws.environment(), out=out, time=LocalTime(aws))
        ran = synths.run(project, world.assembly)
        assert not ran.code, ran.stderr
        deploy(world)
        screen = io.StringIO()
        yield Stage(world, Timeline(out / "timeline.jsonl", screen, seconds=world.time.now))


@pytest.mark.parametrize("row", ROWS)
def test_a_row_keeps_its_promises(stage: Stage, row: str) -> None:
    assert rows.play(stage.world, stage.timeline, [row], requests=REQUESTS) == {}
