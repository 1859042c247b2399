"""What the machine may do: each action it calls, on the resources of one stage and no others."""

from collections.abc import Iterator

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.permissions import list_statement, metric_statement
from mlops_constructs.promotion.archives import Archives
from mlops_constructs.promotion.prove import PROPOSED
from mlops_constructs.promotion.watch import NAMESPACE
from mlops_constructs.serving.archive_probe import probe_name
from mlops_constructs.serving.challenger import alarm_prefix
from mlops_constructs.serving.multi_model_endpoint import ARCHIVES
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

TAGGED = (
    "CloudFormation makes up these names; a condition holds all but ListTags to the stage's tag."
)
VERDICTS = (
    "sagemaker:ModelApprovalStatus",
    "sagemaker:ModelLifeCycle:stage",
    "sagemaker:ModelLifeCycle:stageStatus",
)
"""Condition keys of UpdateModelPackage, each in a request that sets what it is named after."""

LISTS = "ListModels and ListPipelines know no resources."

UNSCOPED = (
    "ListEndpoints, ListEndpointConfigs, PutMetricData, GetMetricStatistics, log deliveries and"
    " traces know no resources; a condition holds what it puts to the monitors' namespace."
)


class PromotionRole(MachineRole):
    """The machine's role.

    Args:
        state_machine_name: The machine, whose executions it may look at.
        slot_prefix: The parameters of all models of the stage lie below it: `/perennial/dev`.
        stack_prefix: The stacks it may update begin with it: `Dev-Serving-`.
        monitoring_stack_prefix: So do those that watch what serves: `Dev-Monitoring-`.
        name_prefix: Endpoints begin with it: `prod-`.
        group_prefix: Model package groups begin with it: `dev-`.
        next_stage: For which it may propose versions, or nothing.
        comparisons: Where the comparisons of trials lie, encrypted with the same key; None where no
            version is tried.
        batches: Whether there are models that score batches.
        archives: Where the archives of multi-model endpoints come from and go; None where there are
            no such endpoints.
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
        stack_prefix: str,
        monitoring_stack_prefix: str,
        name_prefix: str,
        group_prefix: str,
        next_stage: str,
        comparisons: s3.IBucket | None,
        batches: bool,
        archives: Archives | None,
        topic: sns.ITopic,
        key: kms.IKey,
    ) -> None:
        tries = comparisons is not None
        super().__init__(
            scope,
            construct_id,
            statements=[
                *_on_sagemaker(scope, name_prefix),
                *(_on_batches(scope, name_prefix) if batches else ()),
                *(_on_archives(scope, name_prefix, archives) if archives else ()),
                *_on_versions(scope, group_prefix, next_stage),
                _on_stacks(scope, stack_prefix),
                *_on_monitoring(scope, monitoring_stack_prefix),
                *_on_parameters(scope, slot_prefix, tries=tries),
                look_at_executions(scope, state_machine_name),
                *_on_trials(scope, state_machine_name, name_prefix, comparisons),
            ],
            topic=topic,
            key=key,
            unscoped=dict.fromkeys(configs_and_models(scope), TAGGED)
            | {"*": f"{LISTS} {UNSCOPED}" if batches else UNSCOPED}
            | dict(archives.versions.wildcards(Stack.of(scope)) if archives else {}),
        )


def _on_sagemaker(scope: Construct, name_prefix: str) -> Iterator[iam.PolicyStatement]:
    configs, models = configs_and_models(scope)
    endpoints = arn(scope, "sagemaker", "endpoint", f"{name_prefix}*")
    ours = of_the_stage(name_prefix)
    for actions, resource, conditions in (
        (["ListEndpoints", "ListEndpointConfigs"], "*", None),
        (["DescribeEndpoint"], endpoints, None),
        (["ListTags"], configs, None),
        (["DescribeEndpointConfig", "DeleteEndpointConfig"], configs, ours),
        (["DescribeModel", "DeleteModel"], models, ours),
    ):
        yield allow([f"sagemaker:{action}" for action in actions], [resource], conditions)


def _on_batches(scope: Construct, name_prefix: str) -> Iterator[iam.PolicyStatement]:
    """What looking at the runs of batch pipelines takes, and scoring a window again."""
    _, models = configs_and_models(scope)
    pipelines = arn(scope, "sagemaker", "pipeline", f"{name_prefix}*-batch")
    for actions, resource in (
        (["ListModels", "ListPipelines"], "*"),
        (["ListTags"], models),
        (["DescribePipeline", "ListPipelineExecutions", "StartPipelineExecution"], pipelines),
        (
            ["ListPipelineExecutionSteps", "ListPipelineParametersForExecution"],
            f"{pipelines}/execution/*",
        ),
    ):
        yield allow([f"sagemaker:{action}" for action in actions], [resource])


def _on_archives(
    scope: Construct, name_prefix: str, archives: Archives
) -> Iterator[iam.PolicyStatement]:
    """What copying archives beside those of multi-model endpoints takes, and asking them."""
    below = f"{ARCHIVES}/{name_prefix}*"
    yield allow(["s3:GetObject"], [archives.versions.objects_arn])
    yield allow(["s3:PutObject"], [archives.bucket.arn_for_objects(below)])
    yield list_statement(archives.bucket.bucket_arn, below)
    yield from archives.versions.key_statements(Stack.of(scope))
    probes = _colon_arn(scope, "lambda", "function", probe_name(f"{name_prefix}*"))
    yield allow(["lambda:InvokeFunction"], [probes])


def _on_versions(
    scope: Construct, group_prefix: str, next_stage: str
) -> Iterator[iam.PolicyStatement]:
    """It may stamp any version and propose one for the next stage; it can't approve one.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-staging-construct-set-up.html
    """
    versions = [arn(scope, "sagemaker", "model-package", f"{group_prefix}*")]
    update = ["sagemaker:UpdateModelPackage"]
    approval, *life_cycle = VERDICTS
    yield allow(["sagemaker:ListModelPackages", "sagemaker:DescribeModelPackage"], versions)
    yield allow(update, versions, {"Null": dict.fromkeys(VERDICTS, "true")})
    if next_stage:
        proposal = dict(zip(life_cycle, (next_stage, PROPOSED), strict=True))
        yield allow(update, versions, {"Null": {approval: "true"}, "StringEquals": proposal})


def _on_stacks(scope: Construct, stack_prefix: str) -> iam.PolicyStatement:
    # CloudFormation goes on with the role that the stack was deployed with, so none is passed.
    actions = ("DescribeStacks", "DescribeStackResources", "SetStackPolicy", "UpdateStack")
    return allow(
        [f"cloudformation:{action}" for action in actions],
        [arn(scope, "cloudformation", "stack", f"{stack_prefix}*/*")],
    )


def _on_monitoring(scope: Construct, stack_prefix: str) -> Iterator[iam.PolicyStatement]:
    stacks = arn(scope, "cloudformation", "stack", f"{stack_prefix}*/*")
    yield allow(["cloudformation:DescribeStacks", "cloudformation:UpdateStack"], [stacks])
    yield metric_statement([NAMESPACE])
    yield allow(["cloudwatch:GetMetricStatistics"], ["*"])


def _on_parameters(
    scope: Construct, slot_prefix: str, *, tries: bool
) -> Iterator[iam.PolicyStatement]:
    slot, lock, note = parameters(scope, slot_prefix, "slot", "lock", "look-again")
    tried = parameters(scope, slot_prefix, "challenger") if tries else []
    # UpdateStack reads the slots with its caller's permission.
    yield allow(["ssm:GetParameters", "ssm:PutParameter"], [slot, lock, note, *tried])
    yield allow(["ssm:DeleteParameters"], [lock])
    yield read_freezes(scope, slot_prefix)
    if tries:
        yield allow(["ssm:GetParameters"], parameters(scope, slot_prefix, "decision"))


def _on_trials(
    scope: Construct, state_machine_name: str, name_prefix: str, comparisons: s3.IBucket | None
) -> Iterator[iam.PolicyStatement]:
    """What looking at a trial, comparing, and looking again takes."""
    if comparisons is None:
        return
    pipelines = arn(scope, "sagemaker", "pipeline", f"{name_prefix}*-comparison")
    yield allow(
        ["sagemaker:ListPipelineExecutions", "sagemaker:StartPipelineExecution"], [pipelines]
    )
    read = comparisons.arn_for_objects(f"{name_prefix}*/comparisons/*")
    yield allow(["s3:GetObject"], [read])
    alarms = _colon_arn(scope, "cloudwatch", "alarm", alarm_prefix(f"{name_prefix}*") + "*")
    yield allow(["cloudwatch:DescribeAlarms"], [alarms])
    itself = _colon_arn(scope, "states", "stateMachine", state_machine_name)
    yield allow(["states:StartExecution"], [itself])


def _colon_arn(scope: Construct, service: str, resource: str, name: str) -> str:
    return Stack.of(scope).format_arn(
        service=service,
        resource=resource,
        resource_name=name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
