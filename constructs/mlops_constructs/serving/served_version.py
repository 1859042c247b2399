"""The version an endpoint serves: a model, and the config that puts it on instances."""

from aws_cdk import CfnCondition
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.network import Network
from mlops_constructs.serving.challenger import Challenger
from mlops_constructs.serving.kept import (
    Variant,
    kept_config,
    variant_on_instances,
    versioned_model,
)
from mlops_constructs.serving.real_time import RealTime
from mlops_constructs.storage import Storage


class ServedVersion(Construct):
    """Model and endpoint config of one model package version.

    Both are unnamed, so that a change replaces them without a clash, and both outlive their
    replacement, because a config in use must not vanish while an update rolls back. Their tag lets
    the promotion find and delete the ones that nothing needs any more.

    Args:
        package: ARN of the version.
        endpoint_name: The endpoint they are made for.
        hosting: On what, and how much of it is captured.
        storage: Bucket for the capture, and the key.
        role: What the model may do.
        condition: They exist only while it holds.
        network: Where the model's containers run; by default in SageMaker's own.
        challenger: The version that is tried beside it, if versions are.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        package: str,
        endpoint_name: str,
        hosting: RealTime,
        storage: Storage,
        role: iam.Role,
        condition: CfnCondition,
        network: Network | None = None,
        challenger: Challenger | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        model = versioned_model(
            self,
            "Resource",
            package=package,
            endpoint_name=endpoint_name,
            role=role,
            network=network,
            condition=condition,
        )
        weight = challenger.weight_of_the_other if challenger else 1
        variants: list[Variant] = [variant_on_instances(model.attr_model_name, hosting, weight)]
        config = kept_config(
            self,
            "Config",
            endpoint_name=endpoint_name,
            storage=storage,
            condition=condition,
            production_variants=[*variants, *(challenger.beside if challenger else ())],
            shadow_production_variants=challenger.in_the_shadow if challenger else None,
            data_capture_config=_capture(hosting, storage),
        )
        self.config_name = config.attr_endpoint_config_name


def _capture(
    hosting: RealTime, storage: Storage
) -> sagemaker.CfnEndpointConfig.DataCaptureConfigProperty:
    # Without content types the capture would be base64, and no monitor could read it.
    content_types = sagemaker.CfnEndpointConfig.CaptureContentTypeHeaderProperty(
        csv_content_types=["text/csv"], json_content_types=["application/json"]
    )
    return sagemaker.CfnEndpointConfig.DataCaptureConfigProperty(
        enable_capture=True,
        initial_sampling_percentage=hosting.capture_percent,
        destination_s3_uri=storage.capture.s3_url_for_object(),
        kms_key_id=storage.key.key_arn,
        capture_options=[
            sagemaker.CfnEndpointConfig.CaptureOptionProperty(capture_mode=mode)
            for mode in ("Input", "Output")
        ],
        capture_content_type_header=content_types,
    )
