"""The step that puts a trained model into the registry, for a person to approve."""

from collections.abc import Mapping
from typing import Any

from sagemaker.core.drift_check_baselines import DriftCheckBaselines
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.workflow.functions import Join
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.serve.model_builder import ModelBuilder

from pipeline_definitions.sdk.images import Image
from pipeline_definitions.sdk.jobs import Value
from pipeline_definitions.sdk.session import ROLE_ARN, session

# Without these two the XGBoost image serves in algorithm mode and ignores the archive's code/.
_SERVE_OWN_CODE = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}


def register_step(
    name: str,
    *,
    image: Image,
    model: Value,
    content_type: str,
    evaluation: Value,
    baseline: Value,
    metadata: Mapping[str, Value],
) -> ModelStep:
    """Register a version that waits for approval, with its metrics and its drift baselines.

    It carries no tags: a version inherits its group's, and CreateModelPackage refuses others.

    Args:
        name: The step's name, unique in the pipeline.
        image: What serves the model.
        model: S3 URI of model.tar.gz, whose `code/inference.py` answers requests.
        content_type: Of requests and of answers.
        evaluation: S3 prefix that holds evaluation.json.
        baseline: S3 prefix that holds statistics.json and constraints.json.
        metadata: At most 50 texts of 1 to 256 letters, digits, spaces and `_.:/=+-@`
            (API reference, CreateModelPackage: CustomerMetadataProperties).
    """
    builder = ModelBuilder(
        image_uri=image.uri, s3_model_data_url=model, role_arn=ROLE_ARN,
        sagemaker_session=session(), env_vars=dict(_SERVE_OWN_CODE), instance_type="ml.m5.large",
    )  # fmt: skip
    statistics, constraints = (_json(baseline, n) for n in ("statistics.json", "constraints.json"))
    arguments = builder.register(
        model_package_group_name="${ModelPackageGroupName}",
        content_types=[content_type],
        response_types=[content_type],
        approval_status="PendingManualApproval",
        model_metrics=ModelMetrics(
            model_statistics=_json(evaluation, "evaluation.json"),
            model_data_statistics=statistics,
            model_data_constraints=constraints,
        ),
        drift_check_baselines=DriftCheckBaselines(
            model_data_statistics=statistics, model_data_constraints=constraints
        ),
        customer_metadata_properties=dict(metadata),
    )
    return ModelStep(name, step_args=arguments)


def _json(prefix: Value, file: str) -> Any:
    return MetricsSource(
        content_type="application/json", s3_uri=Join(on="/", values=[prefix, file])
    )
