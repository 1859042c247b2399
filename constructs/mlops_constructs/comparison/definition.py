"""The pipeline of a comparison: one processing step, written as it is, like that of a monitor."""

import json
from typing import Any, Final

from mlops_constructs.arguments import JOINED
from mlops_constructs.processing_job import SCIKIT_LEARN, processing_job
from mlops_constructs.serving.kept import VARIANT
from mlops_constructs.serving.trial import CHALLENGER_VARIANT, Shadow, Trial

SINCE, UNTIL, CHALLENGER, CHAMPION = "Since", "Until", "Challenger", "Champion"
PARAMETERS: Final = (SINCE, UNTIL, CHALLENGER, CHAMPION)
"""Of the pipeline: two moments in ISO 8601, UTC, and the ARNs of two package versions."""

_REPORT = "/opt/ml/processing/output/report"


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
    return processing_job(
        image=SCIKIT_LEARN,
        scripts=[JOINED, "compare.py"],
        told=_told(endpoint_name, release),
        inputs={"code": "${CodeUri}"},
        output=("report", f"s3://${{ArtifactBucketName}}/{report_prefix}", _REPORT),
        instance_type=instance_type,
    )


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
