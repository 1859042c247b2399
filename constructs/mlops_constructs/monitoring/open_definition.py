"""The pipeline of a monitor of the open engine: one processing step.

It is small and has no choices, so it is written here as it is and needs no SageMaker SDK. The
step's arguments are those of CreateProcessingJob.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
"""

import json
from typing import Any, Final

from mlops_constructs.arguments import JOINED, options
from mlops_constructs.monitoring.metrics import NAMESPACE
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint
from mlops_constructs.monitoring.settings import (
    Attribution,
    DataQuality,
    LabelledSettings,
    MonitorSettings,
)
from mlops_constructs.window_schedule import WINDOW_END

SCIKIT_LEARN: Final = (
    "${SklearnAccount}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"
    "/sagemaker-scikit-learn:1.9-0-cpu-py3"
)
"""The image of the training pipeline's own baseline step, as the SageMaker SDK names it."""

XGBOOST: Final = (
    "${XgboostAccount}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/sagemaker-xgboost:3.2-0"
)
"""The image that models are trained and served in; attributions are a model's own."""

_INPUT = "/opt/ml/processing/input"
_REPORT = "/opt/ml/processing/output/report"
_UNPACK_AND_RUN = f'cd {_INPUT}/code && tar -xzf *.gz && exec python3 "$0" "$@"'
_MAX_RUNTIME_SECONDS = 3600
_VOLUME_GB = 30


def monitor_definition(
    *, settings: MonitorSettings, endpoint: MonitoredEndpoint, instance_type: str
) -> str:
    """The definition as JSON text.

    It holds the placeholders `${MonitorCodeUri}`, `${BaselineUri}`, `${CaptureBucketName}`,
    `${ArtifactBucketName}`, `${KmsKeyArn}`, `${JobRoleArn}`, `${SklearnAccount}` or
    `${XgboostAccount}`, and with labels `${LabelBucketName}`.
    """
    definition = {
        "Version": "2020-12-01",
        "Parameters": [{"Name": WINDOW_END, "Type": "String", "DefaultValue": "now"}],
        "Steps": [
            {
                "Name": "Monitor",
                "Type": "Processing",
                "Arguments": _job(settings, endpoint, instance_type),
            }
        ],
    }
    return json.dumps(definition)


def _job(
    settings: MonitorSettings, endpoint: MonitoredEndpoint, instance_type: str
) -> dict[str, Any]:
    report_uri = f"s3://${{ArtifactBucketName}}/{endpoint.report_prefix(settings.kind)}"
    return {
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceType": instance_type,
                "InstanceCount": 1,
                "VolumeSizeInGB": _VOLUME_GB,
                "VolumeKmsKeyId": "${KmsKeyArn}",
            }
        },
        "AppSpecification": {
            "ImageUri": XGBOOST if isinstance(settings, Attribution) else SCIKIT_LEARN,
            "ContainerEntrypoint": ["sh", "-c", _UNPACK_AND_RUN, *_scripts(settings)],
            "ContainerArguments": options(_told(settings, endpoint)),
        },
        "RoleArn": "${JobRoleArn}",
        "ProcessingInputs": [
            _input("code", "${MonitorCodeUri}"),
            _input("baseline", _baseline(settings)),
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "report",
                    "S3Output": {
                        "S3Uri": report_uri,
                        "LocalPath": _REPORT,
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ],
            "KmsKeyId": "${KmsKeyArn}",
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": _MAX_RUNTIME_SECONDS},
    }


def _scripts(settings: MonitorSettings) -> list[str]:
    """Of its kind, and before that what puts its settings together again."""
    script = f"{settings.kind.replace('-', '_')}.py"
    return [script] if isinstance(settings, DataQuality) else [JOINED, script]


def _baseline(settings: MonitorSettings) -> str:
    """Data quality's files lie at the top of a baseline, those of others in folders of theirs."""
    return "${BaselineUri}" + ("" if isinstance(settings, DataQuality) else f"/{settings.kind}")


def _told(settings: MonitorSettings, endpoint: MonitoredEndpoint) -> dict[str, Any]:
    told = {
        # Read by the script itself: as an input, a prefix would bring all hours that are kept.
        "capture": f"s3://${{CaptureBucketName}}/{endpoint.capture_prefix}",
        "baseline": f"{_INPUT}/baseline",
        "report": _REPORT,
        "endpoint": endpoint.name,
        "monitor": settings.kind,
        "window-end": {"Get": f"Parameters.{WINDOW_END}"},
        "window-hours": str(settings.window_hours),
        "minimum-records": str(settings.minimum_records),
        "namespace": NAMESPACE,
        "message": "/opt/ml/output/message",
    }
    if not isinstance(settings, DataQuality):
        told["settings"] = settings.model_dump_json()
    if isinstance(settings, LabelledSettings):
        told["ground-truth"] = f"s3://${{LabelBucketName}}/{settings.ground_truth_prefix}"
    return told


def _input(name: str, uri: str) -> dict[str, Any]:
    return {
        "InputName": name,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": f"{_INPUT}/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }
