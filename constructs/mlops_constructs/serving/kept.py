"""Models and endpoint configs, which outlive their replacement, and the variant that serves."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from aws_cdk import CfnCondition, CfnDeletionPolicy, CfnResource, CfnTag, IResolvable
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.network import Network
from mlops_constructs.serving.capacity import OnInstances
from mlops_constructs.storage import Storage

VARIANT: Final = "AllTraffic"
"""The production variant that serves; a blue/green update must keep its name."""

ENDPOINT_TAG: Final = "perennial:endpoint"
"""Names, on every model and endpoint config, the endpoint it was made for."""

_Config = sagemaker.CfnEndpointConfig
Variant: TypeAlias = sagemaker.CfnEndpointConfig.ProductionVariantProperty | IResolvable


def versioned_model(
    scope: Construct,
    construct_id: str,
    *,
    package: str,
    endpoint_name: str,
    role: iam.Role,
    network: Network | None,
    condition: CfnCondition,
) -> sagemaker.CfnModel:
    """The model of a version, unnamed and tagged, which outlives its replacement."""
    version = sagemaker.CfnModel.ContainerDefinitionProperty(model_package_name=package)
    return kept_model(
        scope,
        construct_id,
        container=version,
        endpoint_name=endpoint_name,
        role=role,
        network=network,
        condition=condition,
    )


def kept_model(
    scope: Construct,
    construct_id: str,
    *,
    container: sagemaker.CfnModel.ContainerDefinitionProperty,
    endpoint_name: str,
    role: iam.Role,
    network: Network | None,
    condition: CfnCondition | None,
) -> sagemaker.CfnModel:
    """A model, unnamed and tagged, which outlives its replacement."""
    model = sagemaker.CfnModel(
        scope,
        construct_id,
        execution_role_arn=role.role_arn,
        containers=[container],
        vpc_config=_vpc(network),
        tags=[_tag(endpoint_name)],
    )
    _keep(model, condition)
    return model


def kept_config(
    scope: Construct,
    construct_id: str,
    *,
    endpoint_name: str,
    storage: Storage,
    condition: CfnCondition | None,
    production_variants: Sequence[Variant],
    shadow_production_variants: IResolvable | None = None,
    data_capture_config: _Config.DataCaptureConfigProperty | None = None,
    async_inference_config: _Config.AsyncInferenceConfigProperty | None = None,
) -> sagemaker.CfnEndpointConfig:
    """A config, unnamed, tagged and encrypted, which outlives its replacement.

    What is not named here is as CloudFormation calls it.
    """
    config = _Config(
        scope,
        construct_id,
        production_variants=list(production_variants),
        shadow_production_variants=shadow_production_variants,
        data_capture_config=data_capture_config,
        async_inference_config=async_inference_config,
        kms_key_id=storage.key.key_arn,
        tags=[_tag(endpoint_name)],
    )
    _keep(config, condition)
    return config


def _keep(resource: CfnResource, condition: CfnCondition | None) -> None:
    resource.cfn_options.condition = condition
    resource.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
    resource.cfn_options.deletion_policy = CfnDeletionPolicy.DELETE


def _tag(endpoint_name: str) -> CfnTag:
    return CfnTag(key=ENDPOINT_TAG, value=endpoint_name)


def _vpc(network: Network | None) -> sagemaker.CfnModel.VpcConfigProperty | None:
    if network is None:
        return None
    return sagemaker.CfnModel.VpcConfigProperty(
        security_group_ids=list(network.security_groups), subnets=list(network.subnets)
    )


def variant_on_instances(
    model_name: str, hosting: OnInstances, weight: int = 1
) -> sagemaker.CfnEndpointConfig.ProductionVariantProperty:
    """The variant that serves; it starts with the fewest instances, but with one at least."""
    return sagemaker.CfnEndpointConfig.ProductionVariantProperty(
        variant_name=VARIANT,
        model_name=model_name,
        instance_type=hosting.instance_type,
        initial_instance_count=max(1, hosting.min_instances),
        initial_variant_weight=weight,
    )
