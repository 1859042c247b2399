"""Keeps an endpoint as wide as its traffic."""

from aws_cdk import CfnResource
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.serving.capacity import OnInstances
from mlops_constructs.serving.kept import VARIANT
from mlops_constructs.serving.multi_model import MultiModel
from mlops_constructs.serving.real_time import RealTime

SCALABLE_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
METRIC = "SageMakerVariantInvocationsPerInstance"


class EndpointScaling(Construct):
    """Target tracking on invocations per instance and minute.

    Args:
        endpoint: The named endpoint; its condition is the scaling's too.
        hosting: The bounds and the target.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: sagemaker.CfnEndpoint,
        hosting: RealTime | MultiModel,
    ) -> None:
        super().__init__(scope, construct_id)
        target = scalable_target(self, endpoint=endpoint, hosting=hosting)
        tracking = autoscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
            target_value=hosting.invocations_per_instance,
            predefined_metric_specification=autoscaling.CfnScalingPolicy.PredefinedMetricSpecificationProperty(
                predefined_metric_type=METRIC
            ),
        )
        policy = autoscaling.CfnScalingPolicy(
            self,
            "Policy",
            policy_name="InvocationsPerInstance",
            policy_type="TargetTrackingScaling",
            scaling_target_id=target.ref,
            target_tracking_scaling_policy_configuration=tracking,
        )
        set_condition(endpoint, policy)


def scalable_target(
    scope: Construct, *, endpoint: sagemaker.CfnEndpoint, hosting: OnInstances
) -> autoscaling.CfnScalableTarget:
    """The endpoint's variant between the fewest and the most instances.

    The target must go before its endpoint does, and come after it, so it depends on it
    (https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-cloudformation.html).
    """
    target = autoscaling.CfnScalableTarget(
        scope,
        "Resource",
        service_namespace="sagemaker",
        scalable_dimension=SCALABLE_DIMENSION,
        resource_id=f"endpoint/{endpoint.endpoint_name}/variant/{VARIANT}",
        min_capacity=hosting.min_instances,
        max_capacity=hosting.max_instances,
    )
    target.add_resource_dependency(endpoint)
    set_condition(endpoint, target)
    return target


def set_condition(endpoint: sagemaker.CfnEndpoint, *resources: CfnResource) -> None:
    """Lets ``resources`` exist only while the endpoint does."""
    for resource in resources:
        resource.cfn_options.condition = endpoint.cfn_options.condition
