"""What the operator's command says of a model that scores batches."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_aws.launch import ACCOUNT, LocalAws
from operate.preflight.assembly import read_assembly
from operate.preflight.demand import demands
from operate.preflight.template import World
from tests.local_aws.definitions import condition, definition, fail
from tests.operate.conftest import Said
from tests.operate.planned import write_assembly
from tests.operate.stage import MODEL, SmallStage
from tests.promotion.stage import eventually

Operate = Callable[..., Said]
FLIGHTS = ("--stage", "Dev", "--model", MODEL)
PIPELINE = f"dev-{MODEL}-batch"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallStage]:
    """A version is approved, and promotions are told that the model scores batches."""
    with LocalAws.start(tmp_path_factory.mktemp("batch")) as aws:
        stage = SmallStage(aws)
        stage.deploy(hosting="batch", monitoring="", monitors=[])
        stage.register("one")
        yield stage


def scoring(model: str) -> str:
    """The definition of a pipeline that could score, and whose runs fail instead."""
    transform = {
        "Name": "Score",
        "Type": "Transform",
        "Arguments": {
            "ModelName": model,
            "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 2},
        },
    }
    nothing = {"Type": "Equals", "LeftValue": 1, "RightValue": 2}
    otherwise = [fail("Lost", "not today")]
    return definition(condition("IsThereAnything", nothing, then=[transform], otherwise=otherwise))


def has_a_pipeline(stage: SmallStage, package: str) -> None:
    sagemaker = stage.client("sagemaker")
    sagemaker.create_model(
        ModelName="model-1",
        ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/model",
        Containers=[{"ModelPackageName": package}],
    )
    sagemaker.create_pipeline(
        PipelineName=PIPELINE,
        PipelineDefinition=scoring("model-1"),
        ClientRequestToken="t" * 32,
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/pipeline",
    )
    stage.client("ssm").put_parameter(
        Name=f"{stage.parameters}/slot",
        Type="StringList",
        Value=f"{package},s3://somewhere/baseline",
        Overwrite=True,
    )


def status(operate: Operate) -> str:
    said = operate("status", *FLIGHTS)
    assert (said.code, said.err) == (0, ""), said.out
    return " ".join(said.out.split())


@pytest.mark.local_aws
def test_status_says_what_scores_and_how_the_last_run_went(stage: SmallStage, operate: Operate):
    assert f"serves nothing yet: there is no pipeline {PIPELINE}" in status(operate)
    has_a_pipeline(stage, stage.packages[0])
    text = status(operate)
    assert "serves version 1, Approved" in text
    assert f"pipeline {PIPELINE} Active, model-1 last run: none yet" in text
    assert "instead" not in text
    assert "unread" not in text
    sagemaker = stage.client("sagemaker")
    run = sagemaker.start_pipeline_execution(PipelineName=PIPELINE, ClientRequestToken="r" * 32)[
        "PipelineExecutionArn"
    ]

    def ended() -> bool | None:
        found = sagemaker.describe_pipeline_execution(PipelineExecutionArn=run)
        return found["PipelineExecutionStatus"] == "Failed" or None

    eventually(ended, "the end of the run")
    assert "last run: Failed, started" in status(operate)


def test_instances_that_score_are_held_against_their_own_quota(tmp_path: Path):
    body = {"PipelineDefinitionBody": scoring("model-1")}
    pipeline = {
        "Type": "AWS::SageMaker::Pipeline",
        "Properties": {"PipelineName": PIPELINE, "PipelineDefinition": body},
    }
    stacks = read_assembly(write_assembly(tmp_path, Batch=pipeline))
    asked = demands(stacks, World("123456789012", "us-east-1"))
    assert asked["transform", "ml.m5.xlarge"].first == 2
