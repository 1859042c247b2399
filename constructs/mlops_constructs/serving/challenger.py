"""The version on trial beside the one that serves: its model, its variant, and what ends it early.

A shadow variant gets copies in the ratio of its weight to that of the variant that serves: AWS's
example sets 0.5 beside 1 for half of the requests
(https://github.com/aws/amazon-sagemaker-examples, Shadow_variant.ipynb), and no page of its
documentation says it.
"""

from typing import Final, cast

from aws_cdk import (
    Aws,
    CfnCondition,
    CfnParameter,
    Duration,
    Fn,
    ICfnConditionExpression,
    IResolvable,
)
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_constructs.network import Network
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.kept import VARIANT, versioned_model
from mlops_constructs.serving.real_time import RealTime
from mlops_constructs.serving.trial import CHALLENGER_VARIANT, Shadow, Trial
from mlops_constructs.slot_content import NO_MODEL

ENDS_ABOVE_POINTS: Final = 5
"""Percentage points by which its share of 5XX may be above the other's in two minutes running."""

MINUTES_IN_A_ROW: Final = 2


class Challenger(Construct):
    """The second version of an endpoint, while its slot names one.

    Its model is kept when the trial ends, whatever comes of it, because the config of the trial
    names it and may be what an update rolls back to; a promotion sweeps both. It has as many
    instances as its share of the traffic needs when the endpoint is at its widest, and no scaling:
    a variant with a scalable target can't be taken out of a config by the same update
    (https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-cloudformation.html).

    Args:
        slot_name: The SSM StringList whose first item is the version on trial, or NONE.
        endpoint_name: The endpoint it is tried at.
        hosting: On what both versions run.
        trial: In the shadow or by weight, and how much of the traffic.
        role: What its model may do.
        has_model: The condition under which there is an endpoint.
        network: Where the model's containers run; by default in SageMaker's own.

    Attributes:
        exists: The condition under which a version is on trial.
        package: ARN of that version, or NONE.
        beside: What follows the serving variant in ProductionVariants.
        in_the_shadow: ShadowProductionVariants; None for a trial by weight.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        slot_name: str,
        endpoint_name: str,
        hosting: RealTime,
        trial: Trial,
        role: iam.Role,
        has_model: CfnCondition,
        network: Network | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._endpoint_name, self._trial = endpoint_name, trial
        self.package, self.exists = self._read(slot_name, has_model)
        model = versioned_model(
            self,
            "Resource",
            package=self.package,
            endpoint_name=endpoint_name,
            role=role,
            network=network,
            condition=self.exists,
        )
        # Not deleted with the trial: a config that CloudFormation keeps still names it.
        model.cfn_options.deletion_policy = model.cfn_options.update_replace_policy
        variant = _variant(model.attr_model_name, hosting, trial)
        shadow = isinstance(trial, Shadow)
        self.beside = () if shadow else (self._while_it_exists(variant),)
        self.in_the_shadow = self._while_it_exists([variant]) if shadow else None

    @property
    def weight_of_the_other(self) -> int:
        """The serving variant's weight: the same with and without a challenger, so that an update
        that keeps weights keeps the right one."""
        return 100 if isinstance(self._trial, Shadow) else 100 - self._trial.share_percent

    def watch(self, config_name: str) -> None:
        """Makes the alarm that ends the trial early, for the config that the trial runs by.

        It rings when the share of 5XX is `ENDS_ABOVE_POINTS` above that of the version that serves,
        which tells a bad version from requests that neither can answer.
        """
        percent = {
            name: EndpointMetric.SERVER_ERRORS.of(
                self._endpoint_name, config_name=config_name, variant=variant, statistic="Average"
            )
            for name, variant in (("challenger", CHALLENGER_VARIANT), ("champion", VARIANT))
        }
        alarm = cloudwatch.Alarm(
            self,
            "Alarm",
            alarm_name=f"{alarm_prefix(self._endpoint_name)}{config_name}",
            alarm_description=f"When it rings, the trial at {self._endpoint_name} ends",
            metric=cloudwatch.MathExpression(
                expression="100 * (FILL(challenger, 0) - FILL(champion, 0))",
                using_metrics=percent,
                label="Points of 5XX above the version that serves",
                period=Duration.minutes(1),
            ),
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold=ENDS_ABOVE_POINTS,
            evaluation_periods=MINUTES_IN_A_ROW,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        resource = alarm.node.default_child
        assert isinstance(resource, cloudwatch.CfnAlarm)
        resource.cfn_options.condition = self.exists

    def _read(self, slot_name: str, has_model: CfnCondition) -> tuple[str, CfnCondition]:
        slot = CfnParameter(
            self,
            "Slot",
            type="AWS::SSM::Parameter::Value<CommaDelimitedList>",
            default=slot_name,
            description="The version on trial, written by promotions",
        )
        package = Fn.select(0, slot.value_as_list)
        named = Fn.condition_not(Fn.condition_equals(package, NO_MODEL))
        # CDK's types for Python do not say that a condition may be a part of another.
        both = Fn.condition_and(cast(ICfnConditionExpression, has_model), named)
        return package, CfnCondition(self, "HasChallenger", expression=both)

    def _while_it_exists(self, there: object) -> IResolvable:
        return Fn.condition_if(self.exists.logical_id, there, Aws.NO_VALUE)


def alarm_prefix(endpoint_name: str) -> str:
    """With which the names of all alarms begin that end trials at an endpoint; a config's follows,
    so that no trial meets the state that another left."""
    return f"{endpoint_name}-challenger-5xx-"


def _variant(model_name: str, hosting: RealTime, trial: Trial) -> dict[str, object]:
    """As CloudFormation writes it, since CDK translates nothing inside of a condition."""
    return {
        "VariantName": CHALLENGER_VARIANT,
        "ModelName": model_name,
        "InstanceType": hosting.instance_type,
        "InitialInstanceCount": -(-hosting.max_instances * trial.share_percent // 100),
        "InitialVariantWeight": trial.share_percent,
    }
