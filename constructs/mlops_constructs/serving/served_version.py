"""The version an endpoint serves: a model, and the config that puts it on instances."""

from typing import Final

from aws_cdk import CfnCondition, CfnDeletionPolicy, CfnTag
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.network import Network
from mlops_constructs.serving.hosting import Hosting
from mlops_constructs.storage import Storage

VARIANT: Final = "AllTraffic"
"""The one production variant; a blue/green update must keep its name."""

ENDPOINT_TAG: Final = "perennial:endpoint"
"""Names, on every model and endpoint config, the endpoint it was made for."""


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
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        package: str,
        endpoint_name: str,
        hosting: Hosting,
        storage: Storage,
        role: iam.Role,
        condition: CfnCondition,
        network: Network | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        tags = [CfnTag(key=ENDPOINT_TAG, value=endpoint_name)]
        version = sagemaker.CfnModel.ContainerDefinitionProperty(model_package_name=package)
        model = sagemaker.CfnModel(
            self,
            "Resource",
            execution_role_arn=role.role_arn,
            containers=[version],
            vpc_config=_vpc(network),
            tags=tags,
        )
        config = sagemaker.CfnEndpointConfig(
            self,
            "Config",
            production_variants=[_variant(model.attr_model_name, hosting)],
            data_capture_config=_capture(hosting, storage),
            kms_key_id=storage.key.key_arn,
            tags=tags,
        )
        for resource in (model, config):
            resource.cfn_options.condition = condition
            resource.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
            resource.cfn_options.deletion_policy = CfnDeletionPolicy.DELETE
        self.config_name = config.attr_endpoint_config_name


def _vpc(network: Network | None) -> sagemaker.CfnModel.VpcConfigProperty | None:
    if network is None:
        return None
    return sagemaker.CfnModel.VpcConfigProperty(
        security_group_ids=list(network.security_groups), subnets=list(network.subnets)
    )


def _variant(
    model_name: str, hosting: Hosting
) -> sagemaker.CfnEndpointConfig.ProductionVariantProperty:
    return sagemaker.CfnEndpointConfig.ProductionVariantProperty(
        variant_name=VARIANT,
        model_name=model_name,
        instance_type=hosting.instance_type,
        initial_instance_count=hosting.min_instances,
        initial_variant_weight=1,
    )


def _capture(
    hosting: Hosting, storage: Storage
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
