"""An endpoint that serves whatever version its slot names."""

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.names import name_problems
from mlops_constructs.network import Network
from mlops_constructs.problems import refuse
from mlops_constructs.serving.autoscaling import EndpointScaling
from mlops_constructs.serving.deployment import deployment_config
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.execution_role import ServingRole
from mlops_constructs.serving.hosting import Hosting
from mlops_constructs.serving.release import AllAtOnce, ReleasePolicy
from mlops_constructs.serving.release_fit import release_problems
from mlops_constructs.serving.rollback_alarms import ReleaseAlarms
from mlops_constructs.serving.served_version import ServedVersion
from mlops_constructs.slot_content import SlotContent
from mlops_constructs.storage import Storage
from mlops_constructs.version_files import VersionFiles


class ModelEndpoint(Construct):
    """A named endpoint, the version it serves, its capture, its scaling and what guards a release.

    The slot is read afresh by every stack operation (an SSM-typed parameter). While it names no
    version there is no endpoint, and nothing of it.

    Args:
        endpoint_name: 1 to 63 letters, digits and inner hyphens.
        slot_name: The SSM StringList whose first item is the model package ARN to serve, or NONE.
        hosting: Instances, bounds, capture.
        storage: Buckets and key.
        versions: The archives of the model's versions.
        image_repositories: ARNs of the repositories that the serving image comes from.
        release: How the next version takes over.
        network: Where the model's containers run; by default in SageMaker's own. Another network
            is a release, since the model is made anew.

    Attributes:
        has_model: The condition under which there is an endpoint.
        endpoint_config_name: The config the stack means to serve with, under that condition.
        rollback_alarm_names: Of the alarms on that config, under that condition.
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
        release: ReleasePolicy = AllAtOnce(),  # noqa: B008 (frozen)
        network: Network | None = None,
    ) -> None:
        refuse(
            [
                *name_problems("the name of an endpoint", endpoint_name),
                *release_problems(endpoint_name, hosting, release),
            ]
        )
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
            network=network,
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
            network=network,
        )
        self.endpoint_config_name = version.config_name
        self.rollback_alarm_names = self._guard(release)
        EndpointScaling(self, "Scaling", endpoint=self._endpoint(release), hosting=hosting)

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

    def _guard(self, release: ReleasePolicy) -> tuple[str, ...]:
        if release.alarms is None:
            return ()
        alarms = ReleaseAlarms(
            self,
            "RollbackAlarms",
            alarms=release.alarms,
            endpoint_name=self.endpoint_name,
            config_name=self.endpoint_config_name,
            condition=self.has_model,
        )
        return alarms.names

    def _endpoint(self, release: ReleasePolicy) -> sagemaker.CfnEndpoint:
        endpoint = sagemaker.CfnEndpoint(
            self,
            "Resource",
            endpoint_name=self.endpoint_name,
            endpoint_config_name=self.endpoint_config_name,
            deployment_config=deployment_config(release, alarm_names=self.rollback_alarm_names),
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
