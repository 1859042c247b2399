"""Three of the cases with a real CloudFormation stack and endpoints that answer.

On an AWS that reports a rollback as a failure, and on one that takes it for a success.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from local_aws.launch import LocalAws
from tests.promotion.names import LOCK
from tests.promotion.stage import (
    BUCKET,
    DOES_NOT_START,
    Run,
    Stage,
    eventually,
    operations_template,
    serving_template,
)

pytestmark = [pytest.mark.local_aws, pytest.mark.nightly]

FROZEN = "/perennial/dev/flight-delay/frozen"
ANSWERS = {"reported": True, "taken for success": False}


@dataclass(frozen=True)
class Seen:
    """What was to be seen after a case."""

    run: Run
    answer: str
    slot: str
    stack: str
    lock: bool


@dataclass(frozen=True)
class Story:
    """The cases, one after the other."""

    stage: Stage
    killed: Seen
    while_frozen: Seen
    frozen: Seen
    unfrozen: Seen
    deployed: Seen
    display_name: str


@pytest.fixture(scope="module", params=ANSWERS)
def story(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    assumed = {"alarm-rollback-fails-the-stack": ANSWERS[request.param]}
    with LocalAws.start(tmp_path_factory.mktemp("cases"), assume=assumed) as aws:
        yield play(Stage(aws), operations_template())


def seen(stage: Stage, run: Run) -> Seen:
    found = stage.client("ssm").get_parameters(Names=[LOCK])["Parameters"]
    return Seen(run, stage.answer(), stage.slot(), stage.stack()["StackStatus"], bool(found))


def when_updating(stage: Stage, act: Callable[[str], object]) -> str:
    """A promotion that ``act`` is done to while its stack is updated."""
    execution = stage.start()
    eventually(
        lambda: "UPDATE_IN_PROGRESS" in stage.stack()["StackStatus"] or None, "the stack's update"
    )
    act(execution)
    return execution


def play(stage: Stage, operations: str) -> Story:
    stage.deploy(operations)
    stage.word("one")
    stage.promote()
    ssm, states = stage.client("ssm"), stage.client("stepfunctions")

    stage.word("two")
    when_updating(stage, lambda execution: states.stop_execution(executionArn=execution))
    killed = seen(stage, stage.promote())

    stage.register(DOES_NOT_START)
    execution = when_updating(
        stage, lambda _: ssm.put_parameter(Name=FROZEN, Type="String", Value="sale, ann, today")
    )
    while_frozen = seen(stage, stage.end(execution))
    frozen = seen(stage, stage.promote())
    ssm.delete_parameter(Name=FROZEN)
    unfrozen = seen(stage, stage.promote())

    stage.word("four")
    deploy(stage)
    deployed = seen(stage, stage.promote())
    [topic] = [
        found["PhysicalResourceId"]
        for found in stage.client("cloudformation").describe_stack_resources(
            StackName=stage.stack()["StackName"]
        )["StackResources"]
        if found["LogicalResourceId"] == "Topic"
    ]
    attributes = stage.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    return Story(stage, killed, while_frozen, frozen, unfrozen, deployed, attributes["DisplayName"])


def deploy(stage: Stage) -> None:
    """A person changes something else in the stack, and does not wait for the end."""
    template = json.loads(serving_template())
    template["Resources"]["Topic"]["Properties"] = {"DisplayName": "changed"}
    stage.client("s3").put_object(Bucket=BUCKET, Key="changed", Body=json.dumps(template))
    stage.client("cloudformation").update_stack(
        StackName=stage.stack()["StackName"],
        TemplateURL=f"https://s3.us-east-1.amazonaws.com/{BUCKET}/changed",
        Parameters=[{"ParameterKey": "Slot", "UsePreviousValue": True}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )


def test_what_a_killed_execution_left_is_finished_by_the_next(story: Story):
    assert story.killed.answer == "two"
    assert story.killed.slot.startswith(story.stage.packages[1])
    assert story.stage.stamp(story.stage.packages[1]).startswith("released 20")
    assert not story.killed.lock
    assert story.stage.packages[1] in story.stage.told(f"serves {story.stage.packages[1]}")
    assert "see docs/runbook.md" in story.stage.told("ended as ABORTED")


def test_an_execution_that_is_frozen_tells_what_it_had_begun_lets_go_and_changes_nothing_more(
    story: Story,
):
    assert story.while_frozen.run.output["outcome"] == "frozen"
    assert story.while_frozen.answer == "two"
    assert not story.while_frozen.lock
    calls = story.while_frozen.run.calls
    assert [calls.count(call) for call in ("updateStack", "updateModelPackage", "publish")] == [
        1
    ] * 3
    assert story.stage.packages[2] in story.stage.told("was not released to")
    assert story.frozen.run.output["outcome"] == "frozen"
    assert not {"updateStack", "updateModelPackage", "publish"} & set(story.frozen.run.calls)
    assert story.frozen.slot == story.while_frozen.slot


def test_after_the_freeze_the_failed_version_is_not_tried_again_and_the_slot_is_true(story: Story):
    assert story.unfrozen.run.output["outcome"] == "already serving"
    assert "publish" not in story.unfrozen.run.calls
    assert (story.unfrozen.answer, story.unfrozen.slot) == ("two", story.killed.slot)
    assert story.stage.stamp(story.stage.packages[2]).startswith("rolled back 20")


def test_a_release_beside_a_deploy_of_another_change_ends_with_both(story: Story):
    assert story.deployed.answer == "four"
    assert story.deployed.stack == "UPDATE_COMPLETE"
    assert story.display_name == "changed"
    assert story.stage.stamp(story.stage.packages[3]).startswith("released 20")


def test_of_the_fault_and_of_each_version_s_end_the_topic_has_one_message(story: Story):
    one, two, three, four = story.stage.packages
    ends = [f" now serves {package} by " for package in (one, two, four)]
    ends += [f"{three} was not released to", " ended as ABORTED and could not tell"]
    heard = story.stage.read()
    assert [sum(end in text for text in heard) for end in ends] == [1] * len(ends)
    told = ("now serves", "was not released", "ended as", "needs a person")
    assert sum(any(word in text for word in told) for text in heard) == len(ends)
