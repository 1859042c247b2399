"""What a state machine may do: the actions it calls, on the resources of one stage and no others.

Actions and resources: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Mapping, Sequence

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.serving.kept import ENDPOINT_TAG
from mlops_constructs.wildcards import acknowledge_wildcards

SCOPED = "One machine serves all models of the stage, whose names begin alike."


class MachineRole(iam.Role):
    """A state machine's role, which may also publish to the stage's encrypted topic.

    Args:
        statements: What its calls need.
        topic: Where it may publish.
        key: Encrypts the topic.
        unscoped: Why the wildcards are there that do not name one stage's resources.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        statements: Sequence[iam.PolicyStatement],
        topic: sns.ITopic,
        key: kms.IKey,
        unscoped: Mapping[str, str],
    ) -> None:
        super().__init__(
            scope, construct_id, assumed_by=iam.ServicePrincipal("states.amazonaws.com")
        )
        for statement in statements:
            self.add_to_policy(statement)
        self.add_to_policy(allow(["sns:Publish"], [topic.topic_arn]))
        self.add_to_policy(allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn]))
        scoped = (arn for statement in statements for arn in statement.resources)
        acknowledge_wildcards(self, dict.fromkeys(scoped, SCOPED) | dict(unscoped))


def allow(
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Mapping[str, str]] | None = None,
) -> iam.PolicyStatement:
    """A statement that allows."""
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)


def arn(scope: Construct, service: str, resource: str, name: str) -> str:
    """`arn:…:<service>:<region>:<account>:<resource>/<name>` in the stack's own place."""
    return Stack.of(scope).format_arn(service=service, resource=resource, resource_name=name)


def configs_and_models(scope: Construct) -> list[str]:
    """ARNs of all endpoint configs and of all models: CloudFormation makes up their names."""
    return [arn(scope, "sagemaker", kind, "*") for kind in ("endpoint-config", "model")]


def of_the_stage(name_prefix: str) -> dict[str, dict[str, str]]:
    """The condition that holds them to those of endpoints whose names begin so."""
    return {"StringLike": {f"aws:ResourceTag/{ENDPOINT_TAG}": f"{name_prefix}*"}}


def parameters(scope: Construct, prefix: str, *names: str) -> list[str]:
    """ARNs of the parameters of these ``names`` of all models below ``prefix``."""
    return [arn(scope, "ssm", "parameter", f"{prefix.strip('/')}/*/{name}") for name in names]


def read_freezes(scope: Construct, prefix: str) -> iam.PolicyStatement:
    """What looking for a freeze of a model or of its stage takes."""
    stage = arn(scope, "ssm", "parameter", f"{prefix.strip('/')}/frozen")
    return allow(["ssm:GetParameters"], [stage, *parameters(scope, prefix, "frozen")])


def look_at_executions(scope: Construct, state_machine_name: str) -> iam.PolicyStatement:
    """What asking after the holder of a lock takes."""
    executions = Stack.of(scope).format_arn(
        service="states",
        resource="execution",
        resource_name=f"{state_machine_name}:*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return allow(["states:DescribeExecution"], [executions])
