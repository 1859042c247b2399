"""An endpoint that serves whatever version its slot names."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Stack
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
from mlops_constructs.serving.served_version import ServedVersion
from mlops_constructs.slot_content import SlotContent
from mlops_constructs.storage import Storage
from mlops_constructs.version_files import VersionFiles

MAXIMUM_UPDATE: Final = Duration.minutes(30)
"""How long one blue/green update may take before AWS gives it up."""


class ModelEndpoint(Construct):
    """A named endpoint with the version it serves, data capture and autoscaling: all or nothing.

    The slot is read afresh by every stack operation (an SSM-typed parameter). While it names no
    version there is no endpoint.

    Args:
        endpoint_name: 1 to 63 letters, digits and inner hyphens.
        slot_name: The SSM StringList whose first item is the model package ARN to serve, or NONE.
        hosting: Instances, bounds, capture.
        storage: Buckets and key.
        versions: The archives of the model's versions.
        image_repositories: ARNs of the repositories that the serving image comes from.

    Attributes:
        has_model: The condition under which there is an endpoint.
        endpoint_config_name: The config the stack means to serve with, under that condition.
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
        versions: VersionFiles,
        image_repositories: Sequence[str],
    ) -> None:
        refuse(name_problems("the name of an endpoint", endpoint_name))
        super().__init__(scope, construct_id)
        self.endpoint_name = endpoint_name
        slot = SlotContent(self, slot_name=slot_name)
        self.has_model = slot.has_model
        self.role = ServingRole(
            self,
            "Role",
            storage=storage,
            endpoint_name=endpoint_name,
            versions=versions,
            repositories=image_repositories,
        )
        version = ServedVersion(
            self,
            "Version",
            package=slot.package,
            endpoint_name=endpoint_name,
            hosting=hosting,
            storage=storage,
            role=self.role,
            condition=self.has_model,
        )
        self.endpoint_config_name = version.config_name
        EndpointScaling(self, "Scaling", endpoint=self._endpoint(), hosting=hosting)

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
        return measured.of(self.endpoint_name, statistic=statistic, period=period)

    def _endpoint(self) -> sagemaker.CfnEndpoint:
        shift = sagemaker.CfnEndpoint.TrafficRoutingConfigProperty(
            type="ALL_AT_ONCE", wait_interval_in_seconds=0
        )
        endpoint = sagemaker.CfnEndpoint(
            self,
            "Resource",
            endpoint_name=self.endpoint_name,
            endpoint_config_name=self.endpoint_config_name,
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
        endpoint.cfn_options.condition = self.has_model
        return endpoint
