"""The step that puts a trained model into the registry, for a person to approve."""

from collections.abc import Mapping
from typing import Any

from sagemaker.core.drift_check_baselines import DriftCheckBaselines
from sagemaker.core.model_metrics import FileSource, MetricsSource, ModelMetrics
from sagemaker.core.workflow.functions import Join
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.serve.model_builder import ModelBuilder

from mlops_constructs.monitoring import Attribution, Bias, DataQuality, ModelQuality
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
    baselines: Mapping[str, Value],
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
        baselines: By kind of monitor the S3 prefix of what it compares with
            (`pipeline_definitions.sdk.baseline.baselines`).
        metadata: At most 50 texts of 1 to 256 letters, digits, spaces and `_.:/=+-@`
            (API reference, CreateModelPackage: CustomerMetadataProperties).
    """
    builder = ModelBuilder(
        image_uri=image.uri, s3_model_data_url=model, role_arn=ROLE_ARN,
        sagemaker_session=session(), env_vars=dict(_SERVE_OWN_CODE), instance_type="ml.m5.large",
    )  # fmt: skip
    arguments = builder.register(
        model_package_group_name="${ModelPackageGroupName}",
        content_types=[content_type],
        response_types=[content_type],
        approval_status="PendingManualApproval",
        model_metrics=_metrics(evaluation, baselines),
        drift_check_baselines=_drift_check_baselines(baselines),
        customer_metadata_properties=dict(metadata),
    )
    return ModelStep(name, step_args=arguments)


def _metrics(evaluation: Value, baselines: Mapping[str, Value]) -> Any:
    """What an approver reads; the quality is the evaluation's, which also judged the champion."""

    def file(kind: str, name: str) -> Any:
        return _json(baselines[kind], name) if kind in baselines else None

    return ModelMetrics(
        model_statistics=_json(evaluation, "evaluation.json"),
        model_constraints=file(ModelQuality.kind, "constraints.json"),
        model_data_statistics=file(DataQuality.kind, "statistics.json"),
        model_data_constraints=file(DataQuality.kind, "constraints.json"),
        bias=file(Bias.kind, "analysis.json"),
        explainability=file(Attribution.kind, "analysis.json"),
    )


def _drift_check_baselines(baselines: Mapping[str, Value]) -> Any:
    """What monitors compare with; promotions find the folder of it all by these files.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DriftCheckBias.html
    """

    def file(kind: str, name: str, source: type = MetricsSource) -> Any:
        return _json(baselines[kind], name, source) if kind in baselines else None

    return DriftCheckBaselines(
        model_statistics=file(ModelQuality.kind, "statistics.json"),
        model_constraints=file(ModelQuality.kind, "constraints.json"),
        model_data_statistics=file(DataQuality.kind, "statistics.json"),
        model_data_constraints=file(DataQuality.kind, "constraints.json"),
        bias_config_file=file(Bias.kind, "analysis_config.json", FileSource),
        # One file holds both: what the labels say, and what the answers do.
        bias_pre_training_constraints=file(Bias.kind, "constraints.json"),
        bias_post_training_constraints=file(Bias.kind, "constraints.json"),
        explainability_constraints=file(Attribution.kind, "analysis.json"),
    )


def _json(prefix: Value, file: str, source: type = MetricsSource) -> Any:
    return source(content_type="application/json", s3_uri=Join(on="/", values=[prefix, file]))
