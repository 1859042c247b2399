"""From an endpoint to batches on the local AWS: never half done, and the slot outlives it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local_aws.launch import LocalAws
from tests.promotion.batch_stage import BatchStage, templates, word
from tests.promotion.batches import PIPELINE
from tests.promotion.names import REQUEST, STACK
from tests.promotion.stage import eventually, serving_template

pytestmark = [pytest.mark.local_aws, pytest.mark.nightly]


@dataclass(frozen=True)
class Story:
    """What was seen of a move that was tried in place, and of one that was done as documented.

    Attributes:
        tried: The stack's status after the update, and why it went back.
        after: What the endpoint answered then, and how many pipelines there were.
        slots: What the slot said before and after the stack was taken down.
        between: What was answered while there was no stack.
        scored: The answers to rows that were put for the pipeline.
    """

    tried: tuple[str, str]
    after: tuple[str, int]
    slots: tuple[str, str]
    between: str
    scored: dict[str, list[str]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("moving")
    with LocalAws.start(folder / "aws") as aws:
        return play(BatchStage(aws), folder / "cdk.out")


def play(stage: BatchStage, folder: Path) -> Story:
    batches = templates(folder)[STACK]
    stage.set_up(folder, serving_template())
    stage.register(word("one"))
    stage.end(stage.start(REQUEST))
    tried = stage.update(STACK, batches)
    events = stage.client("cloudformation").describe_events(StackName=STACK)["OperationEvents"]
    why = " ".join(event.get("ValidationStatusReason", "") for event in events)
    pipelines = stage.client("sagemaker").list_pipelines()["PipelineSummaries"]
    after, before = (answer_or_error(stage), len(pipelines)), stage.slot()
    take_down(stage)
    between = answer_or_error(stage)
    stage.create(STACK, batches)
    hour = stage.send({"part.csv": ["1", "2"]})
    eventually(
        lambda: stage.answers(hour) or None, "the answers", wait=lambda: stage.aws.wait(3600)
    )
    return Story(
        tried=(tried["StackStatus"], why),
        after=after,
        slots=(before, stage.slot()),
        between=between,
        scored=stage.answers(hour),
    )


def take_down(stage: BatchStage) -> None:
    client = stage.client("cloudformation")
    client.delete_stack(StackName=STACK)

    def gone() -> bool | None:
        try:
            client.describe_stacks(StackName=STACK)
        except ClientError:
            return True
        return None

    eventually(gone, "the end of the stack", wait=lambda: stage.aws.wait(60))


def answer_or_error(stage: BatchStage) -> str:
    try:
        return stage.answer()
    except ClientError as error:
        return str(error)


def test_in_place_it_goes_back_and_the_endpoint_serves_on(story: Story):
    status, reason = story.tried
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert "does not allow [Update:Delete] for resource [Endpoint]" in reason
    assert story.after == ("one-1\n", 0)


def test_in_between_nothing_answers(story: Story):
    assert "Could not find" in story.between or "not found" in story.between


def test_the_pipeline_scores_with_the_version_that_served(story: Story):
    before, after = story.slots
    assert before == after != "NONE,NONE"
    assert story.scored == {"part.csv": ["one-1", "one-2"]}
    assert PIPELINE.startswith("dev-")
