"""What the machine may do: each action it calls, on the resources of one stage and no others."""

from collections.abc import Iterator

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.state_machines.permissions import (
    MachineRole,
    allow,
    arn,
    configs_and_models,
    look_at_executions,
    of_the_stage,
    parameters,
    read_freezes,
)

TAGGED = "CloudFormation makes up these names; a condition holds them to the stage's tag."
UNSCOPED = "ListEndpoints, ListPipelines, log deliveries and traces know no resources."


class RetrainingRole(MachineRole):
    """The machine's role.

    Args:
        state_machine_name: The machine, whose executions it may look at.
        slot_prefix: The parameters of all models of the stage lie below it: `/perennial/dev`.
        name_prefix: Pipelines, alarms, endpoints and model package groups begin with it: `dev-`.
        topic: Where it may publish.
        key: Encrypts the topic.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine_name: str,
        slot_prefix: str,
        name_prefix: str,
        topic: sns.ITopic,
        key: kms.IKey,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            statements=[
                *_on_pipelines(scope, name_prefix),
                *_on_what_serves(scope, name_prefix),
                _on_alarms(scope, name_prefix),
                *_on_parameters(scope, slot_prefix),
                look_at_executions(scope, state_machine_name),
            ],
            topic=topic,
            key=key,
            unscoped=dict.fromkeys(configs_and_models(scope), TAGGED) | {"*": UNSCOPED},
        )


def _on_pipelines(scope: Construct, name_prefix: str) -> Iterator[iam.PolicyStatement]:
    pipelines = arn(scope, "sagemaker", "pipeline", f"{name_prefix}*")
    runs = arn(scope, "sagemaker", "pipeline", f"{name_prefix}*/execution/*")
    yield allow(
        ["sagemaker:ListPipelineExecutions", "sagemaker:StartPipelineExecution"], [pipelines]
    )
    yield allow(["sagemaker:DescribePipelineExecution"], [runs])


def _on_what_serves(scope: Construct, name_prefix: str) -> Iterator[iam.PolicyStatement]:
    configs, models = configs_and_models(scope)
    endpoints, versions = (
        arn(scope, "sagemaker", kind, f"{name_prefix}*") for kind in ("endpoint", "model-package")
    )
    ours = of_the_stage(name_prefix)
    pipelines = arn(scope, "sagemaker", "pipeline", f"{name_prefix}*-batch")
    yield allow(["sagemaker:ListEndpoints", "sagemaker:ListPipelines"], ["*"])
    yield allow(["sagemaker:DescribePipeline"], [pipelines])
    yield allow(["sagemaker:DescribeEndpoint"], [endpoints])
    yield allow(["sagemaker:DescribeEndpointConfig"], [configs], ours)
    yield allow(["sagemaker:DescribeModel"], [models], ours)
    yield allow(["sagemaker:ListModelPackages", "sagemaker:DescribeModelPackage"], [versions])


def _on_alarms(scope: Construct, name_prefix: str) -> iam.PolicyStatement:
    alarms = Stack.of(scope).format_arn(
        service="cloudwatch",
        resource="alarm",
        resource_name=f"{name_prefix}*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return allow(["cloudwatch:DescribeAlarms"], [alarms])


def _on_parameters(scope: Construct, slot_prefix: str) -> Iterator[iam.PolicyStatement]:
    slot, lock, note, request = parameters(
        scope,
        slot_prefix,
        "slot",
        "retraining/lock",
        "retraining/look-again",
        "retraining/request",
    )
    yield allow(["ssm:GetParameters"], [slot])
    yield allow(["ssm:GetParameters", "ssm:PutParameter"], [lock, note, request])
    yield allow(["ssm:DeleteParameters"], [lock])
    yield read_freezes(scope, slot_prefix)
