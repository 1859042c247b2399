"""The pipeline of a comparison: one processing step.

Written as it is, like that of a monitor (monitoring/open_definition.py); the step's arguments are
those of CreateProcessingJob.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
"""

import json
from typing import Any, Final

from mlops_constructs.arguments import JOINED, options
from mlops_constructs.monitoring.open_definition import SCIKIT_LEARN
from mlops_constructs.serving.served_version import VARIANT
from mlops_constructs.serving.trial import CHALLENGER_VARIANT, Shadow, Trial

SINCE, UNTIL, CHALLENGER, CHAMPION = "Since", "Until", "Challenger", "Champion"
PARAMETERS: Final = (SINCE, UNTIL, CHALLENGER, CHAMPION)
"""Of the pipeline: two moments in ISO 8601, UTC, and the ARNs of two package versions."""

_INPUT = "/opt/ml/processing/input/code"
_REPORT = "/opt/ml/processing/output/report"
_UNPACK_AND_RUN = f'cd {_INPUT} && tar -xzf *.gz && exec python3 "$0" "$@"'
_MAX_RUNTIME_SECONDS = 3600
_VOLUME_GB = 30


def comparison_definition(
    *, endpoint_name: str, release: Trial, instance_type: str, report_prefix: str
) -> str:
    """The definition as JSON text.

    It holds the placeholders `${CodeUri}`, `${CaptureBucketName}`, `${ArtifactBucketName}`,
    `${KmsKeyArn}`, `${JobRoleArn}` and `${SklearnAccount}`.
    """
    definition = {
        "Version": "2020-12-01",
        "Parameters": [{"Name": name, "Type": "String"} for name in PARAMETERS],
        "Steps": [
            {
                "Name": "Compare",
                "Type": "Processing",
                "Arguments": _job(endpoint_name, release, instance_type, report_prefix),
            }
        ],
    }
    return json.dumps(definition)


def _job(
    endpoint_name: str, release: Trial, instance_type: str, report_prefix: str
) -> dict[str, Any]:
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
            "ImageUri": SCIKIT_LEARN,
            "ContainerEntrypoint": ["sh", "-c", _UNPACK_AND_RUN, JOINED, "compare.py"],
            "ContainerArguments": options(_told(endpoint_name, release)),
        },
        "RoleArn": "${JobRoleArn}",
        "ProcessingInputs": [
            {
                "InputName": "code",
                "S3Input": {
                    "S3Uri": "${CodeUri}",
                    "LocalPath": _INPUT,
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                    "S3DataDistributionType": "FullyReplicated",
                    "S3CompressionType": "None",
                },
            }
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "report",
                    "S3Output": {
                        "S3Uri": f"s3://${{ArtifactBucketName}}/{report_prefix}",
                        "LocalPath": _REPORT,
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ],
            "KmsKeyId": "${KmsKeyArn}",
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": _MAX_RUNTIME_SECONDS},
    }


def _told(endpoint_name: str, release: Trial) -> dict[str, Any]:
    return {
        "endpoint": endpoint_name,
        # Read by the script itself: as an input, a prefix would bring all hours that are kept.
        "capture": f"s3://${{CaptureBucketName}}/{endpoint_name}",
        "champion-variant": VARIANT,
        "challenger-variant": CHALLENGER_VARIANT,
        "champion": {"Get": f"Parameters.{CHAMPION}"},
        "challenger": {"Get": f"Parameters.{CHALLENGER}"},
        "since": {"Get": f"Parameters.{SINCE}"},
        "until": {"Get": f"Parameters.{UNTIL}"},
        "release": "shadow" if isinstance(release, Shadow) else "split",
        "settings": release.model_dump_json(),
        "report": _REPORT,
        "message": "/opt/ml/output/message",
    }
