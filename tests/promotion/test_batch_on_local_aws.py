"""A model that scores batches on the local AWS: by its own schedule, its rule and its machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_aws.launch import LocalAws
from tests.promotion.batch_stage import BatchStage
from tests.promotion.stage import eventually

pytestmark = pytest.mark.local_aws
RECORDS = {f"part-{n}.csv": [f"{n}-{row}" for row in range(500)] for n in range(10)}
MORE = {"more.csv": [f"more-{row}" for row in range(100)]}


def answered(said: str, sent: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: [f"{said}-{row}" for row in rows] for name, rows in sent.items()}


@dataclass(frozen=True)
class Story:
    """What was seen of two versions, the second of which can't score."""

    quiet: list[str]
    first: dict[str, list[str]]
    statuses: list[str]
    stamps: tuple[str, str]
    second: dict[str, list[str]]
    told: str
    models: int


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("batch")
    with LocalAws.start(folder / "aws") as aws:
        yield play(BatchStage(aws), folder)


def play(stage: BatchStage, folder: Path) -> Story:
    stage.set_up(folder / "cdk.out")
    good = stage.release("one")
    [quiet] = stage.after_runs(1)
    steps = stage.client("sagemaker").list_pipeline_execution_steps(
        PipelineExecutionArn=quiet["PipelineExecutionArn"]
    )["PipelineExecutionSteps"]
    hour = stage.send(RECORDS)
    stage.after_runs(2)
    first = stage.answers(hour)
    bad = stage.release("bad")
    later = stage.send(MORE)
    stage.after_runs(3)
    told = stage.told("failed to score")
    second = eventually(
        lambda: stage.answers(later) or None, "the answers again", wait=stage.let_time_pass
    )
    runs = stage.after_runs(4)
    return Story(
        quiet=[quiet["PipelineExecutionStatus"], *sorted(step["StepName"] for step in steps)],
        first=first,
        statuses=[run["PipelineExecutionStatus"] for run in runs[:4]],
        stamps=(stage.stamp(good), stage.stamp(bad)),
        second=second,
        told=told,
        models=len(stage.client("sagemaker").list_models()["Models"]),
    )


def test_a_window_with_nothing_to_score_is_no_failure(story: Story):
    assert story.quiet == ["Succeeded", "Gather", "IsThereAnything"]


def test_of_five_thousand_records_none_is_lost(story: Story):
    assert sum(map(len, story.first.values())) == 5000
    assert story.first == answered("one", RECORDS)


def test_a_version_that_can_not_score_is_taken_back_without_a_person(story: Story):
    good, bad = story.stamps
    assert bad.startswith("rolled back ")
    assert good.startswith("released ")
    assert "which is taken back" in story.told


def test_its_window_is_scored_by_the_version_before(story: Story):
    assert story.statuses == ["Succeeded", "Succeeded", "Failed", "Succeeded"]
    assert story.second == answered("one", MORE)


def test_models_that_are_not_needed_any_more_are_gone(story: Story):
    assert story.models <= 2
