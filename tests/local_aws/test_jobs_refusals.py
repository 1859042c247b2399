"""What jobs cannot do here is refused before they start."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.core import services
from local_aws.core.errors import ApiError
from local_aws.core.operations import dispatch
from local_aws.ministack.scope import scope
from tests.local_aws.definitions import XGBOOST, processing_job
from tests.local_aws.workshop import training_job

services.load()
MODE = {"sagemaker_program": "train.py", "sagemaker_submit_directory": "s3://b/code.tar.gz"}
TRAINING = training_job("s3://b/models", MODE, {"train": "s3://b/train"})
INPUT = {
    "InputName": "data",
    "S3Input": {
        "S3Uri": "s3://b/in",
        "LocalPath": "/opt/ml/processing/in",
        "S3DataType": "S3Prefix",
    },
}
OUTPUT = {
    "OutputName": "out",
    "S3Output": {
        "S3Uri": "s3://b/out",
        "LocalPath": "/opt/ml/processing/out",
        "S3UploadMode": "EndOfJob",
    },
}


@pytest.fixture(autouse=True)
def account() -> Iterator[None]:
    with scope("123456789012", "us-east-1"):
        yield


def refusal(action: str, request: dict[str, Any]) -> str:
    name = f"{action.removeprefix('Create')}Name"
    with pytest.raises(ApiError) as refused:
        dispatch("sagemaker", action, {name: "job", **request})
    return refused.value.message


def with_input(**members: Any) -> dict[str, Any]:
    source = {**INPUT["S3Input"], **members}  # type: ignore[dict-item]
    return {"ProcessingInputs": [{**INPUT, "S3Input": source}]}


def with_output(**members: Any) -> dict[str, Any]:
    target = {**OUTPUT["S3Output"], **members}  # type: ignore[dict-item]
    return {"ProcessingOutputConfig": {"Outputs": [{**OUTPUT, "S3Output": target}]}}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (
            with_input(S3DataType="ManifestFile"),
            "S3DataType must be 'S3Prefix' on the local AWS, got 'ManifestFile'.",
        ),
        (
            with_input(S3InputMode="Pipe"),
            "S3InputMode must be 'File' on the local AWS, got 'Pipe'.",
        ),
        (
            with_output(S3UploadMode="Continuous"),
            "S3UploadMode must be 'EndOfJob' on the local AWS, got 'Continuous'.",
        ),
        (
            with_input(S3Uri="https://s3.amazonaws.com/b/in"),
            "S3Uri must start with s3:// on the local AWS, got 'https://s3.amazonaws.com/b/in'.",
        ),
        (
            with_output(LocalPath="/opt/ml/model"),
            "LocalPath must be a folder below /opt/ml/processing/, got '/opt/ml/model'.",
        ),
        (
            with_output(LocalPath="/opt/ml/processing/../x"),
            "LocalPath must be a folder below /opt/ml/processing/, got '/opt/ml/processing/../x'.",
        ),
        ({"ProcessingInputs": [INPUT, INPUT]}, "InputName must be unique, got data twice."),
        (
            {"ProcessingInputs": [{**INPUT, "AppManaged": True}]},
            "AppManaged must be False on the local AWS, got True.",
        ),
        (
            {"AppSpecification": {"ImageUri": XGBOOST}},
            "The local AWS runs a processing job's ContainerEntrypoint and knows no image's own;"
            " give AppSpecification.ContainerEntrypoint.",
        ),
    ],
)
def test_a_processing_job_that_would_not_run_as_on_aws_is_refused(
    members: dict[str, Any], said: str
) -> None:
    assert refusal("CreateProcessingJob", {**processing_job("true"), **members}) == said


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (
            {"HyperParameters": {"eta": "0.1"}},
            "Without a hyperparameter sagemaker_program the XGBoost image trains in algorithm mode,"
            " which is not implemented by the local AWS; name the script in it, and its .tar.gz in"
            " sagemaker_submit_directory.",
        ),
        (
            {"ResourceConfig": {**TRAINING["ResourceConfig"], "InstanceCount": 2}},
            "InstanceCount must be 1 on the local AWS, got 2.",
        ),
        (
            {"AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "FastFile"}},
            "TrainingInputMode must be 'File' on the local AWS, got 'FastFile'.",
        ),
        (
            {
                "AlgorithmSpecification": {
                    "TrainingImage": "1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1",
                    "TrainingInputMode": "File",
                }
            },
            "The local AWS does not train in the image sagemaker-scikit-learn; it does in"
            " sagemaker-xgboost.",
        ),
        (
            {"OutputDataConfig": {"S3OutputPath": "s3://b/m", "CompressionType": "NONE"}},
            "CompressionType must be 'GZIP' on the local AWS, got 'NONE'.",
        ),
        (
            {"CheckpointConfig": {"S3Uri": "s3://b/checkpoints"}},
            "sagemaker:CreateTrainingJob: the local AWS does not implement CheckpointConfig.S3Uri;"
            " leave it out of the input",
        ),
    ],
)
def test_a_training_job_that_would_not_run_as_on_aws_is_refused(
    members: dict[str, Any], said: str
) -> None:
    assert refusal("CreateTrainingJob", {**TRAINING, **members}) == said
