"""Keeps an asynchronous endpoint as wide as its queue is long, down to no instance at all."""

from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.serving.async_metric import AsyncMetric
from mlops_constructs.serving.asynchronous import Async
from mlops_constructs.serving.autoscaling import scalable_target, set_condition

_Policy = autoscaling.CfnScalingPolicy


class AsyncScaling(Construct):
    """Target tracking on requests that wait for each instance, and a step from none to one.

    Without instances there is no backlog per instance to track, so requests would wait until more
    of them than the target had come. Where the fewest is 0, an alarm on a backlog without capacity
    starts the first instance instead.
    https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html

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
        hosting: Async,
    ) -> None:
        super().__init__(scope, construct_id)
        target = scalable_target(self, endpoint=endpoint, hosting=hosting)
        name = endpoint.endpoint_name
        assert name  # every endpoint of ours has a name
        self._track(target, endpoint, name, hosting.backlog_per_instance)
        if hosting.min_instances == 0:
            self._wake(target, endpoint, name)

    def _track(
        self,
        target: autoscaling.CfnScalableTarget,
        endpoint: sagemaker.CfnEndpoint,
        name: str,
        backlog: float,
    ) -> None:
        metric = AsyncMetric.BACKLOG_PER_INSTANCE
        policy = _Policy(
            self,
            "Policy",
            policy_name="BacklogPerInstance",
            policy_type="TargetTrackingScaling",
            scaling_target_id=target.ref,
            target_tracking_scaling_policy_configuration=_Policy.TargetTrackingScalingPolicyConfigurationProperty(
                target_value=backlog,
                customized_metric_specification=_Policy.CustomizedMetricSpecificationProperty(
                    namespace="AWS/SageMaker",
                    metric_name=metric.metric_name,
                    statistic=metric.statistic,
                    dimensions=[
                        _Policy.MetricDimensionProperty(name=dimension, value=value)
                        for dimension, value in metric.dimensions(name).items()
                    ],
                ),
            ),
        )
        set_condition(endpoint, policy)

    def _wake(
        self, target: autoscaling.CfnScalableTarget, endpoint: sagemaker.CfnEndpoint, name: str
    ) -> None:
        step = _Policy.StepAdjustmentProperty(metric_interval_lower_bound=0, scaling_adjustment=1)
        policy = _Policy(
            self,
            "Wake",
            policy_name="BacklogWithoutInstance",
            policy_type="StepScaling",
            scaling_target_id=target.ref,
            step_scaling_policy_configuration=_Policy.StepScalingPolicyConfigurationProperty(
                adjustment_type="ChangeInCapacity",
                metric_aggregation_type="Average",
                cooldown=300,
                step_adjustments=[step],
            ),
        )
        alarm = cloudwatch.Alarm(
            self,
            "Waiting",
            alarm_description=f"When it rings, {name} gets its first instance",
            metric=AsyncMetric.BACKLOG_WITHOUT_INSTANCE.of(name),
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            threshold=1,
            evaluation_periods=2,
            datapoints_to_alarm=2,
            treat_missing_data=cloudwatch.TreatMissingData.MISSING,
        )
        resource = alarm.node.default_child
        assert isinstance(resource, cloudwatch.CfnAlarm)
        resource.alarm_actions = [policy.ref]
        set_condition(endpoint, policy, resource)
