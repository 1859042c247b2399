"""What an endpoint of any kind gives to those who use it."""

from collections.abc import Sequence
from typing import ClassVar

from aws_cdk import CfnCondition, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.release import ReleasePolicy
from mlops_constructs.serving.rollback_alarms import ReleaseAlarms


class NamedEndpoint(Construct):
    """The name of an endpoint, and what is done by it: grants, metrics, alarms on releases.

    Args:
        endpoint_name: 1 to 63 letters, digits and inner hyphens; who makes one has looked.

    Attributes:
        rollback_alarm_names: Of the alarms on its config that guard releases.
    """

    invoke_action: ClassVar[str] = "sagemaker:InvokeEndpoint"

    def __init__(self, scope: Construct, construct_id: str, *, endpoint_name: str) -> None:
        super().__init__(scope, construct_id)
        self.endpoint_name = endpoint_name
        self.rollback_alarm_names: tuple[str, ...] = ()

    @property
    def endpoint_arn(self) -> str:
        """The endpoint's ARN, whether or not it exists yet."""
        return Stack.of(self).format_arn(
            service="sagemaker", resource="endpoint", resource_name=self.endpoint_name
        )

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` ask the endpoint for predictions."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=[self.invoke_action], resource_arns=[self.endpoint_arn]
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

    def _guarded(
        self, release: ReleasePolicy, *, config_name: str, condition: CfnCondition | None
    ) -> tuple[str, ...]:
        """The names of the alarms that guard releases; none if there shall be none."""
        if release.alarms is None:
            return ()
        alarms = ReleaseAlarms(
            self,
            "RollbackAlarms",
            alarms=release.alarms,
            endpoint_name=self.endpoint_name,
            config_name=config_name,
            condition=condition,
        )
        return alarms.names

    def _made(
        self,
        *,
        config_name: str,
        condition: CfnCondition | None,
        deployment: sagemaker.CfnEndpoint.DeploymentConfigProperty | None = None,
        renewed: Sequence[str] | None = None,
    ) -> sagemaker.CfnEndpoint:
        """The endpoint itself.

        Args:
            config_name: What it serves with.
            condition: It exists only while this holds.
            deployment: How updates take over.
            renewed: Of its variants' properties, those that an update takes from the config; all
                others stay as autoscaling left them. None: the update takes all.
        """
        endpoint = sagemaker.CfnEndpoint(
            self,
            "Resource",
            endpoint_name=self.endpoint_name,
            endpoint_config_name=config_name,
            deployment_config=deployment,
            retain_all_variant_properties=None if renewed is None else True,
            exclude_retained_variant_properties=[
                sagemaker.CfnEndpoint.VariantPropertyProperty(variant_property_type=name)
                for name in renewed or ()
            ]
            or None,
        )
        endpoint.cfn_options.condition = condition
        return endpoint
