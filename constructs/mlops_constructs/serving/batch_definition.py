"""The pipeline of a batch run: gather what arrived, and score it if there is anything.

It is small, so it is written here as it is and needs no SageMaker SDK. What scores has the
arguments of CreateTransformJob.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
"""

import json
from typing import Any, Final

from mlops_constructs.processing_job import SCIKIT_LEARN, processing_job
from mlops_constructs.serving.batch import Batch
from mlops_constructs.serving.batch_metric import NAMESPACE
from mlops_constructs.window_schedule import WINDOW_END

GATHER: Final = "Gather"
CHOICE: Final = "IsThereAnything"
SCORE: Final = "Score"
"""The steps; promotions find the model that serves in the arguments of the last one."""

_CSV = "text/csv"
_WINDOW = "/opt/ml/processing/output/window"
_MAX_RUNTIME_SECONDS = 1800


def batch_definition(name: str, hosting: Batch, *, gathers_on: str) -> str:
    """The definition as JSON text.

    It holds the placeholders `${GatherCodeUri}`, `${DataBucketName}`, `${ArtifactBucketName}`,
    `${CaptureBucketName}`, `${KmsKeyArn}`, `${JobRoleArn}`, `${ModelName}`, `${SklearnAccount}`.

    Args:
        name: Of the model.
        hosting: Where requests and answers lie, and on what they are scored.
        gathers_on: Instance type of the step that lists objects.
    """
    window = _joined(f"s3://${{ArtifactBucketName}}/{window_prefix(name)}", _execution_id())
    definition = {
        "Version": "2020-12-01",
        "Parameters": [{"Name": WINDOW_END, "Type": "String", "DefaultValue": "now"}],
        "Steps": [
            _gather(name, hosting, window, gathers_on),
            {
                "Name": CHOICE,
                "Type": "Condition",
                "Arguments": {
                    "Conditions": [
                        {"Type": "GreaterThan", "LeftValue": _gathered(), "RightValue": 0}
                    ],
                    "IfSteps": [_score(name, hosting, window)],
                    "ElseSteps": [],
                },
            },
        ],
    }
    return json.dumps(definition)


def window_prefix(name: str) -> str:
    """Below it, in the artifact bucket, lies what each run gathered."""
    return f"batch/{name}"


def _gather(name: str, hosting: Batch, window: Any, gathers_on: str) -> dict[str, Any]:
    told = {
        "requests": f"s3://${{DataBucketName}}/{hosting.requests_of(name)}",
        "answers": f"s3://${{DataBucketName}}/{hosting.answers_of(name)}",
        "window-end": {"Get": f"Parameters.{WINDOW_END}"},
        "hours": str(hosting.every_hours),
        "output": _WINDOW,
        "namespace": NAMESPACE,
        "model": name,
    }
    # Python and boto3 are all that it needs.
    arguments = processing_job(
        image=SCIKIT_LEARN,
        scripts=["gather.py"],
        told=told,
        inputs={"code": "${GatherCodeUri}"},
        output=("window", window, _WINDOW),
        instance_type=gathers_on,
        max_runtime_seconds=_MAX_RUNTIME_SECONDS,
    )
    gathered = {
        "PropertyFileName": "Gathered", "OutputName": "window", "FilePath": "gathered.json"
    }  # fmt: skip
    return {
        "Name": GATHER, "Type": "Processing", "Arguments": arguments, "PropertyFiles": [gathered]
    }  # fmt: skip


def _score(name: str, hosting: Batch, window: Any) -> dict[str, Any]:
    manifest = {"S3DataType": "ManifestFile", "S3Uri": _joined(window, "manifest.json")}
    arguments: dict[str, Any] = {
        "ModelName": "${ModelName}",
        "BatchStrategy": "MultiRecord",
        "TransformInput": {
            "DataSource": {"S3DataSource": manifest},
            "ContentType": _CSV,
            "SplitType": "Line",
            "CompressionType": "None",
        },
        "TransformOutput": {
            "S3OutputPath": f"s3://${{DataBucketName}}/{hosting.answers_of(name)}",
            "Accept": _CSV,
            "AssembleWith": "Line",
            "KmsKeyId": "${KmsKeyArn}",
        },
        "TransformResources": {
            "InstanceType": hosting.instance_type,
            "InstanceCount": hosting.instances,
            "VolumeKmsKeyId": "${KmsKeyArn}",
        },
    }
    if hosting.capture_percent:
        arguments["DataCaptureConfig"] = {
            "DestinationS3Uri": f"s3://${{CaptureBucketName}}/{name}",
            "KmsKeyId": "${KmsKeyArn}",
            "GenerateInferenceId": True,
        }
    return {"Name": SCORE, "Type": "Transform", "Arguments": arguments}


def _gathered() -> dict[str, Any]:
    """How many objects there are to score."""
    file = {"Get": f"Steps.{GATHER}.PropertyFiles.Gathered"}
    return {"Std:JsonGet": {"PropertyFile": file, "Path": "objects"}}


def _execution_id() -> dict[str, str]:
    return {"Get": "Execution.PipelineExecutionId"}


def _joined(*parts: Any) -> dict[str, Any]:
    return {"Std:Join": {"On": "/", "Values": list(parts)}}
