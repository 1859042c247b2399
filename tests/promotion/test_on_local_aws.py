"""The deployed machine with a real CloudFormation stack and endpoints that answer."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from local_aws.launch import ACCOUNT, REGION, LocalAws
from tests.promotion.names import ENDPOINT, LOCK, SLOT
from tests.promotion.stage import DOES_NOT_START, Run, Stage, operations_template

pytestmark = pytest.mark.local_aws

DEAD = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:dev-promotion:no-such-execution"
CHANGES = {"putParameter", "updateStack", "setStackPolicy", "updateModelPackage", "publish"}


@dataclass(frozen=True)
class Seen:
    """What an execution did, and what was to be seen after it."""

    run: Run
    answer: str
    slot: str
    stack: str
    configs: int
    models: int


def seen(stage: Stage, run: Run) -> Seen:
    sagemaker = stage.client("sagemaker")
    return Seen(
        run=run,
        answer=stage.answer(),
        slot=stage.slot(),
        stack=stage.stack()["StackStatus"],
        configs=len(sagemaker.list_endpoint_configs()["EndpointConfigs"]),
        models=len(sagemaker.list_models()["Models"]),
    )


@dataclass(frozen=True)
class Story:
    """A stage's releases, one after the other."""

    stage: Stage
    first: Seen
    repeated: Seen
    second: Seen
    beside_the_second: Run
    broken: Seen
    rejected: Seen
    without_a_slot: Run
    incomplete: Run


@dataclass(frozen=True)
class Silent:
    """A rollback on an AWS where CloudFormation takes it for success."""

    stage: Stage
    first_slot: str
    run: Run


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with LocalAws.start(tmp_path_factory.mktemp("reported")) as aws:
        yield play(Stage(aws), operations_template())


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Silent]:
    assumed = {"alarm-rollback-fails-the-stack": False}
    with LocalAws.start(tmp_path_factory.mktemp("silent"), assume=assumed) as aws:
        yield play_silent(Stage(aws), operations_template())


def play_silent(stage: Stage, operations: str) -> Silent:
    stage.deploy(operations)
    stage.word("one")
    stage.promote()
    slot = stage.slot()
    stage.register(DOES_NOT_START)
    return Silent(stage, slot, stage.promote())


def play(stage: Stage, operations: str) -> Story:
    stage.deploy(operations)
    stage.word("one")
    first = seen(stage, stage.promote())
    repeated = seen(stage, stage.promote())
    stage.word("two")
    stage.client("ssm").put_parameter(Name=LOCK, Type="String", Value=DEAD)
    both = [stage.end(execution) for execution in [stage.start(), stage.start()]]
    both.sort(key=lambda run: run.output["outcome"] != "released")
    second = seen(stage, both[0])
    stage.register(DOES_NOT_START)
    broken = seen(stage, stage.promote())
    stage.client("sagemaker").update_model_package(
        ModelPackageArn=stage.packages[1], ModelApprovalStatus="Rejected"
    )
    rejected = seen(stage, stage.promote())
    stage.client("ssm").delete_parameter(Name=SLOT)
    without_a_slot = stage.promote()
    incomplete = stage.end(stage.start({"model": "flight-delay"}))
    return Story(
        stage, first, repeated, second, both[1], broken, rejected, without_a_slot, incomplete
    )


def test_the_first_approved_version_answers(story: Story):
    assert story.first.run.output["outcome"] == "released"
    assert story.first.answer == "one"
    assert story.first.slot == f"{story.stage.packages[0]},s3://promotion-models/baseline/0"


def test_a_repeated_event_ends_without_putparameter_or_updatestack(story: Story):
    assert story.repeated.run.output["outcome"] == "already serving"
    assert not CHANGES & set(story.repeated.run.calls)


def test_two_at_once_end_as_one_release(story: Story):
    assert story.second.run.output["outcome"] == "released"
    assert story.beside_the_second.output["outcome"] in (
        "left to the holder of the lock",
        "already serving",
    )
    calls = story.second.run.calls + story.beside_the_second.calls
    assert calls.count("updateStack") == 1
    assert story.second.answer == "two"


def test_the_lock_of_an_execution_that_is_gone_is_taken_over(story: Story):
    calls = story.second.run.calls + story.beside_the_second.calls
    assert "describeExecution" in calls
    assert "deleteParameters" in story.second.run.calls


def test_a_model_that_does_not_start_is_rolled_back_and_the_old_one_answers(story: Story):
    assert story.broken.run.output["outcome"] == "rolled back"
    assert story.broken.stack == "UPDATE_ROLLBACK_COMPLETE"
    assert story.broken.answer == "two"
    assert story.broken.slot == story.second.slot
    assert story.stage.stamp(story.stage.packages[2]).startswith("rolled back 20")
    assert "UPDATE_ROLLBACK_COMPLETE" in story.stage.told("was not released")


def test_a_release_is_stamped_and_told(story: Story):
    assert story.stage.stamp(story.stage.packages[1]).startswith("released 20")
    assert story.stage.packages[1] in story.stage.told(f"serves {story.stage.packages[1]}")


def test_rejecting_the_version_that_serves_brings_back_the_one_before(story: Story):
    assert story.rejected.answer == "one"
    assert story.rejected.slot == story.first.slot


def test_configs_and_models_before_the_previous_ones_are_gone(story: Story):
    assert (story.second.configs, story.second.models) == (2, 2)
    assert (story.rejected.configs, story.rejected.models) == (2, 2)


def test_a_failure_that_the_machine_has_told_is_not_told_by_the_rule(story: Story):
    told = story.without_a_slot.output
    assert (story.without_a_slot.status, told["outcome"]) == ("SUCCEEDED", "failed")
    assert told["cause"].startswith(f"There is no slot {SLOT}")
    assert f"There is no slot {SLOT}" in story.stage.told("Promotion.NoSlot")
    assert sum("Promotion.NoSlot" in text for text in story.stage.read()) == 1


def test_a_failure_that_the_machine_could_not_tell_is_told_by_the_rule_and_is_the_only_one(
    story: Story,
):
    assert story.incomplete.status == "FAILED"
    assert story.incomplete.cause.startswith("The input has to say model")
    assert "see docs/runbook.md" in story.stage.told("ended as FAILED")
    assert sum("ended as" in text for text in story.stage.read()) == 1


def test_the_endpoint_is_protected_by_a_stack_policy(story: Story):
    policy = story.stage.client("cloudformation").get_stack_policy(
        StackName=story.stage.stack()["StackName"]
    )
    assert '"LogicalResourceId/Endpoint"' in policy["StackPolicyBody"]


@pytest.mark.nightly
def test_a_rollback_that_cloudformation_calls_a_success_is_noticed_and_undone(silent: Silent):
    assert silent.run.output["outcome"] == "rolled back"
    assert silent.run.calls.count("updateStack") == 2
    assert (silent.stage.answer(), silent.stage.slot()) == ("one", silent.first_slot)
    assert silent.stage.stamp(silent.stage.packages[1]).startswith("rolled back 20")


@pytest.mark.nightly
def test_after_such_a_rollback_stack_and_endpoint_agree_again(silent: Silent):
    endpoint = silent.stage.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)
    outputs = {o["OutputKey"]: o["OutputValue"] for o in silent.stage.stack()["Outputs"]}
    assert outputs["EndpointConfigName"] == endpoint["EndpointConfigName"]
