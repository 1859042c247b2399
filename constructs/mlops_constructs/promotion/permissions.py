"""What the machine may do: each action it calls, on the resources of one stage and no others."""

from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.serving.served_version import ENDPOINT_TAG
from mlops_constructs.wildcards import acknowledge_wildcards

SCOPED = "One machine serves all models of the stage, whose names begin alike."
TAGGED = (
    "CloudFormation makes up these names; a condition holds all but ListTags to the stage's tag."
)
UNSCOPED = "ListEndpoints, ListEndpointConfigs, log deliveries and traces know no resources."


class PromotionRole(iam.Role):
    """The machine's role.

    Actions and resources: https://docs.aws.amazon.com/service-authorization/latest/reference/

    Args:
        state_machine_name: The machine, whose executions it may look at.
        slot_prefix: The parameters of all models of the stage lie below it: `/perennial/dev`.
        stack_prefix: The stacks it may update begin with it: `Dev-Serving-`.
        name_prefix: Endpoints and model package groups begin with it: `dev-`.
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
        name_prefix: str,
        topic: sns.ITopic,
        key: kms.IKey,
    ) -> None:
        super().__init__(
            scope, construct_id, assumed_by=iam.ServicePrincipal("states.amazonaws.com")
        )
        statements = [
            *self._on_sagemaker(name_prefix),
            self._on_stacks(stack_prefix),
            *self._on_parameters(slot_prefix),
            self._on_executions(state_machine_name),
        ]
        for statement in statements:
            self.add_to_policy(statement)
        self.add_to_policy(_allow(["sns:Publish"], [topic.topic_arn]))
        self.add_to_policy(_allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn]))
        scoped = (arn for statement in statements for arn in statement.resources)
        unnamed = self._sagemaker("endpoint-config/*", "model/*")
        acknowledge_wildcards(
            self, dict.fromkeys(scoped, SCOPED) | dict.fromkeys(unnamed, TAGGED) | {"*": UNSCOPED}
        )

    def _on_sagemaker(self, name_prefix: str) -> Iterator[iam.PolicyStatement]:
        configs, models = self._sagemaker("endpoint-config/*", "model/*")
        endpoints, versions = self._sagemaker(
            f"endpoint/{name_prefix}*", f"model-package/{name_prefix}*"
        )
        ours = {"StringLike": {f"aws:ResourceTag/{ENDPOINT_TAG}": f"{name_prefix}*"}}
        never_approve = {"Null": {"sagemaker:ModelApprovalStatus": "true"}}
        for actions, resource, conditions in (
            (["ListEndpoints", "ListEndpointConfigs"], "*", None),
            (["DescribeEndpoint"], endpoints, None),
            (["ListTags"], configs, None),
            (["DescribeEndpointConfig", "DeleteEndpointConfig"], configs, ours),
            (["DescribeModel", "DeleteModel"], models, ours),
            (["ListModelPackages", "DescribeModelPackage"], versions, None),
            (["UpdateModelPackage"], versions, never_approve),
        ):
            yield _allow([f"sagemaker:{action}" for action in actions], [resource], conditions)

    def _on_stacks(self, stack_prefix: str) -> iam.PolicyStatement:
        # CloudFormation goes on with the role that the stack was deployed with, so none is passed.
        actions = ("DescribeStacks", "DescribeStackResources", "SetStackPolicy", "UpdateStack")
        return _allow(
            [f"cloudformation:{action}" for action in actions],
            [self._arn("cloudformation", "stack", f"{stack_prefix}*/*")],
        )

    def _on_parameters(self, slot_prefix: str) -> Iterator[iam.PolicyStatement]:
        below = f"{slot_prefix.strip('/')}/*"
        slot, lock, note = (
            self._arn("ssm", "parameter", f"{below}/{name}")
            for name in ("slot", "lock", "look-again")
        )
        # UpdateStack reads the slot with its caller's permission.
        yield _allow(["ssm:GetParameters", "ssm:PutParameter"], [slot, lock, note])
        yield _allow(["ssm:DeleteParameters"], [lock])

    def _on_executions(self, state_machine_name: str) -> iam.PolicyStatement:
        executions = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{state_machine_name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        return _allow(["states:DescribeExecution"], [executions])

    def _sagemaker(self, *resources: str) -> list[str]:
        return [self._arn("sagemaker", *resource.split("/", 1)) for resource in resources]

    def _arn(self, service: str, resource: str, name: str) -> str:
        return Stack.of(self).format_arn(service=service, resource=resource, resource_name=name)


def _allow(
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Mapping[str, str]] | None = None,
) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
