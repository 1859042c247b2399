"""The pipeline of a monitor of the open engine: one processing step.

It is small and has no choices, so it is written here as it is and needs no SageMaker SDK.
"""

import json
from typing import Any, Final

from mlops_constructs.arguments import JOINED
from mlops_constructs.monitoring.metrics import NAMESPACE
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint
from mlops_constructs.monitoring.settings import (
    Attribution,
    DataQuality,
    LabelledSettings,
    MonitorSettings,
)
from mlops_constructs.processing_job import INPUT, SCIKIT_LEARN, processing_job
from mlops_constructs.window_schedule import WINDOW_END

XGBOOST: Final = (
    "${XgboostAccount}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/sagemaker-xgboost:3.2-0"
)
"""The image that models are trained and served in; attributions are a model's own."""

_REPORT = "/opt/ml/processing/output/report"


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
    return processing_job(
        image=XGBOOST if isinstance(settings, Attribution) else SCIKIT_LEARN,
        scripts=_scripts(settings),
        told=_told(settings, endpoint),
        inputs={"code": "${MonitorCodeUri}", "baseline": _baseline(settings)},
        output=("report", report_uri, _REPORT),
        instance_type=instance_type,
    )


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
        "baseline": f"{INPUT}/baseline",
        "report": _REPORT,
        **({"captured-by": "transforms"} if endpoint.batches else {}),
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
