"""Two things broken in the deployed templates: the story names the arrow (`make mutate`: all)."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rehearsal.arrows import ArrowDidNotFire
from rehearsal.deployment import by_stack
from rehearsal.mailbox import Mailbox
from rehearsal.mutations.derived import mutations
from rehearsal.mutations.rows import Noticed
from rehearsal.mutations.stage import Stage
from rehearsal.mutations.tables import expectation
from rehearsal.release import release
from rehearsal.timeline import Timeline
from rehearsal.training import follow
from tests.loop.conftest import Played

pytestmark = pytest.mark.local_aws


@pytest.fixture(scope="module")
def stage(played: Played) -> Stage:
    world, names = played.world, played.served.names
    timeline = Timeline(world.out / "broken.jsonl", io.StringIO(), seconds=world.time.now)
    templates = by_stack(world.assembly)
    return Stage(world, timeline, names, Mailbox(world, names.topic), templates)


@contextmanager
def broken(stage: Stage, name: str) -> Iterator[None]:
    """What is done meanwhile stops at the arrow that the table gives for what is broken."""
    [mutation] = [found for found in mutations(stage.templates) if found.name == name]
    row = expectation(mutation)
    assert isinstance(row, Noticed)
    stage.broken(mutation)
    try:
        with pytest.raises(ArrowDidNotFire) as stopped:
            yield
    finally:
        stage.mended(mutation)
    assert stopped.value.arrow == row.arrow


def test_a_rule_that_waits_for_another_event_is_named(played: Played, stage: Stage):
    with broken(stage, "Serving-flight-delay/ApprovalRule | pattern | detail-type"):
        release(
            stage.world, stage.timeline, stage.names, stage.mailbox,
            package=played.served.package, because="it serves",
        )  # fmt: skip


def test_a_step_that_reads_where_nothing_lies_is_named(stage: Stage):
    with broken(stage, "Training-flight-delay/Pipeline | reads | Preprocess.data"):
        run = stage.world.client("sagemaker").start_pipeline_execution(
            PipelineName=stage.names.pipeline
        )["PipelineExecutionArn"]
        follow(stage.world, stage.timeline, run=run, group=stage.names.group)
