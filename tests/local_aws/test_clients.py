"""The aws CLI, boto3 and the SageMaker SDK v3 as clients."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.launch import LocalAws
from tests.local_aws.model_archives import IMAGE, echo
from tests.local_aws.stacks import eventually
from tests.local_aws.stage import Stage
from tests.pipeline_definitions.maker import Maker

pytestmark = pytest.mark.local_aws
ROLE = "arn:aws:iam::123456789012:role/pipeline"


def run(aws: LocalAws, *command: str) -> str:
    environment = {**os.environ, **aws.environment()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def stage(client: Callable[[str], Any]) -> Iterator[Stage]:
    made = Stage(client)
    yield made
    made.close()


@pytest.fixture
def pipeline(stage: Stage) -> str:
    """A pipeline that registers a version if Score is high enough, and fails otherwise."""
    sagemaker, name = stage.sagemaker, stage.name
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    specification = {
        "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://bucket/model.tar.gz"}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    register = {"ModelPackageGroupName": name, "InferenceSpecification": specification}
    good = {
        "Type": "GreaterThanOrEqualTo",
        "LeftValue": {"Get": "Parameters.Score"},
        "RightValue": 0.5,
    }
    bad = {"Name": "Refuse", "Type": "Fail", "Arguments": {"ErrorMessage": "scores badly"}}
    judge = {
        "Conditions": [good],
        "IfSteps": [{"Name": "Register", "Type": "RegisterModel", "Arguments": register}],
        "ElseSteps": [bad],
    }
    definition = {
        "Version": "2020-12-01",
        "Parameters": [{"Name": "Score", "Type": "Float", "DefaultValue": 0.0}],
        "Steps": [{"Name": "Judge", "Type": "Condition", "Arguments": judge}],
    }
    sagemaker.create_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(definition), RoleArn=ROLE
    )
    return name


def test_the_aws_cli_creates_and_reads_aws_errors(aws: LocalAws, stage: Stage) -> None:
    name = ("--model-package-group-name", stage.name)
    made = run(aws, "aws", "sagemaker", "create-model-package-group", *name)
    assert json.loads(made)["ModelPackageGroupArn"].endswith(stage.name)
    with pytest.raises(AssertionError, match=r"\(ValidationException\).*already exists"):
        run(aws, "aws", "sagemaker", "create-model-package-group", *name)


def test_boto3_waits_for_an_endpoint_with_its_own_waiter(stage: Stage) -> None:
    config = stage.config(stage.model(echo("served")))
    endpoint = stage.endpoint(config)
    waiter = stage.sagemaker.get_waiter("endpoint_in_service")
    waiter.wait(EndpointName=endpoint, WaiterConfig={"Delay": 0.05, "MaxAttempts": 600})
    assert stage.ask(endpoint).startswith("served:1,2")


def test_boto3_starts_a_pipeline_that_fails_with_its_reason(stage: Stage, pipeline: str) -> None:
    sagemaker = stage.sagemaker
    arn = sagemaker.start_pipeline_execution(PipelineName=pipeline)["PipelineExecutionArn"]

    def look() -> Any:
        found = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        return found if found["PipelineExecutionStatus"] != "Executing" else None

    assert eventually(look)["PipelineExecutionStatus"] == "Failed"
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
    reasons = {s["StepName"]: s.get("FailureReason") for s in steps["PipelineExecutionSteps"]}
    assert "scores badly" in str(reasons["Refuse"])


@pytest.mark.nightly
def test_the_sagemaker_sdk_describes_lists_starts_waits_and_invokes(
    aws: LocalAws, stage: Stage, pipeline: str, maker: Maker
) -> None:
    model = stage.model(echo("served"))
    endpoint = stage.endpoint(stage.config(model))
    done = maker.run(
        Path(__file__).with_name("sdk_client.py"), stage.name, model, endpoint, pipeline,
        environment=aws.environment(),
    )  # fmt: skip
    assert done.code == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "group": "Completed",
        "models": [model],
        "endpoint": "InService",
        "answer": "served:1,2:",
        "execution": "Succeeded",
        "steps": {"Judge": "Succeeded", "Register": "Succeeded"},
    }
