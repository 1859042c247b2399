"""An endpoint that serves whatever version its slot names."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import (
    CfnCondition,
    CfnDeletionPolicy,
    CfnParameter,
    CfnResource,
    CfnTag,
    Duration,
    Fn,
    Stack,
)
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.names import name_problems
from mlops_constructs.problems import refuse
from mlops_constructs.serving.autoscaling import EndpointScaling
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.execution_role import ServingRole
from mlops_constructs.serving.hosting import Hosting
from mlops_constructs.storage import Storage

VARIANT: Final = "AllTraffic"
"""The one production variant; a blue/green update must keep its name."""

ENDPOINT_TAG: Final = "perennial:endpoint"
"""Names, on every model and endpoint config, the endpoint it was made for."""

NO_MODEL: Final = "NONE"
"""What a slot names before its first promotion."""

MAXIMUM_UPDATE: Final = Duration.minutes(30)
"""How long one blue/green update may take before AWS gives it up."""


class ModelEndpoint(Construct):
    """A named endpoint, its config and model, data capture and autoscaling: all or nothing.

    The slot is read afresh by every stack operation (an SSM-typed parameter). While it names no
    version there is no endpoint. Model and config are unnamed, so that a change replaces them
    without a clash, and outlive their replacement, because a config in use must not vanish while an
    update rolls back.

    Args:
        endpoint_name: 1 to 63 letters, digits and inner hyphens.
        slot_name: The SSM StringList whose first item is the model package ARN to serve, or NONE.
        hosting: Instances, bounds, capture.
        storage: Buckets and key.
        artifact_prefix: Below it, in the artifact bucket, lie the archives of the model's versions.
        image_repositories: ARNs of the repositories that the serving image comes from.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        slot_name: str,
        hosting: Hosting,
        storage: Storage,
        artifact_prefix: str,
        image_repositories: Sequence[str],
    ) -> None:
        refuse(name_problems("the name of an endpoint", endpoint_name))
        super().__init__(scope, construct_id)
        self.endpoint_name = endpoint_name
        self.role = ServingRole(
            self,
            "Role",
            storage=storage,
            endpoint_name=endpoint_name,
            artifact_prefix=artifact_prefix,
            repositories=image_repositories,
        )
        slot = CfnParameter(
            self,
            "Slot",
            type="AWS::SSM::Parameter::Value<CommaDelimitedList>",
            default=slot_name,
            description="The version to serve and its baselines, written by promotions",
        )
        package = Fn.select(0, slot.value_as_list)
        self.has_model = CfnCondition(
            self, "HasModel", expression=Fn.condition_not(Fn.condition_equals(package, NO_MODEL))
        )
        model = self._model(package)
        self._config = self._endpoint_config(model, hosting, storage)
        endpoint = self._endpoint(self._config)
        for resource in (model, self._config, endpoint):
            resource.cfn_options.condition = self.has_model
        EndpointScaling(
            self,
            "Scaling",
            endpoint=endpoint,
            endpoint_name=endpoint_name,
            variant_name=VARIANT,
            hosting=hosting,
        )

    @property
    def endpoint_config_name(self) -> str:
        """The config the stack means to serve with; exists only under ``has_model``."""
        return self._config.attr_endpoint_config_name

    @property
    def endpoint_arn(self) -> str:
        """The endpoint's ARN, whether or not it exists yet."""
        return Stack.of(self).format_arn(
            service="sagemaker", resource="endpoint", resource_name=self.endpoint_name
        )

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` ask the endpoint for predictions."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["sagemaker:InvokeEndpoint"], resource_arns=[self.endpoint_arn]
        )

    def metric(
        self,
        measured: EndpointMetric,
        *,
        statistic: str | None = None,
        period: Duration | None = None,
    ) -> cloudwatch.Metric:
        """One of the endpoint's metrics, by default by the minute and with its own statistic."""
        return cloudwatch.Metric(
            namespace="AWS/SageMaker",
            metric_name=measured.metric_name,
            dimensions_map={"EndpointName": self.endpoint_name, "VariantName": VARIANT},
            statistic=statistic or measured.statistic,
            period=period or Duration.minutes(1),
        )

    def _model(self, package: str) -> sagemaker.CfnModel:
        model = sagemaker.CfnModel(
            self,
            "Model",
            execution_role_arn=self.role.role_arn,
            containers=[sagemaker.CfnModel.ContainerDefinitionProperty(model_package_name=package)],
            tags=self._tags(),
        )
        _outlives_its_replacement(model)
        return model

    def _endpoint_config(
        self, model: sagemaker.CfnModel, hosting: Hosting, storage: Storage
    ) -> sagemaker.CfnEndpointConfig:
        variant = sagemaker.CfnEndpointConfig.ProductionVariantProperty(
            variant_name=VARIANT,
            model_name=model.attr_model_name,
            instance_type=hosting.instance_type,
            initial_instance_count=hosting.min_instances,
            initial_variant_weight=1,
        )
        config = sagemaker.CfnEndpointConfig(
            self,
            "Config",
            production_variants=[variant],
            data_capture_config=_capture(hosting, storage),
            kms_key_id=storage.key.key_arn,
            tags=self._tags(),
        )
        _outlives_its_replacement(config)
        return config

    def _endpoint(self, config: sagemaker.CfnEndpointConfig) -> sagemaker.CfnEndpoint:
        shift = sagemaker.CfnEndpoint.TrafficRoutingConfigProperty(
            type="ALL_AT_ONCE", wait_interval_in_seconds=0
        )
        return sagemaker.CfnEndpoint(
            self,
            "Resource",
            endpoint_name=self.endpoint_name,
            endpoint_config_name=config.attr_endpoint_config_name,
            deployment_config=sagemaker.CfnEndpoint.DeploymentConfigProperty(
                blue_green_update_policy=sagemaker.CfnEndpoint.BlueGreenUpdatePolicyProperty(
                    traffic_routing_configuration=shift,
                    termination_wait_in_seconds=0,
                    maximum_execution_timeout_in_seconds=MAXIMUM_UPDATE.to_seconds(),
                )
            ),
            # Autoscaling's instance count survives an update; what is captured must not.
            retain_all_variant_properties=True,
            exclude_retained_variant_properties=[
                sagemaker.CfnEndpoint.VariantPropertyProperty(
                    variant_property_type="DataCaptureConfig"
                )
            ],
        )

    def _tags(self) -> list[CfnTag]:
        return [CfnTag(key=ENDPOINT_TAG, value=self.endpoint_name)]


def _outlives_its_replacement(resource: CfnResource) -> None:
    resource.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
    resource.cfn_options.deletion_policy = CfnDeletionPolicy.DELETE


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
