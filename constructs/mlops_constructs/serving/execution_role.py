"""What a model may do while it serves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_constructs.network import Network, network_statements, network_wildcards
from mlops_constructs.permissions import (
    image_statements,
    key_statements,
    log_statement,
    log_streams,
)
from mlops_constructs.storage import Storage
from mlops_constructs.version_files import VersionFiles
from mlops_constructs.wildcards import acknowledge_wildcards


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a model may do because of how it is served.

    Attributes:
        statements: What it may do.
        wildcards: Resources among them that a wildcard names, each with its reason.
    """

    statements: Sequence[iam.PolicyStatement] = ()
    wildcards: Mapping[str, str] = field(default_factory=dict)


def capture_access(storage: Storage, endpoint_name: str) -> Access:
    """Recording requests and responses of the endpoint."""
    captured = storage.capture.arn_for_objects(f"{endpoint_name}/*")
    return Access(
        statements=[iam.PolicyStatement(actions=["s3:PutObject"], resources=[captured])],
        wildcards={captured: "SageMaker names capture files by variant and hour."},
    )


class ServingRole(iam.Role):
    """Reads the model's archives, writes logs, asks for its alarms, and what `access` says.

    All of it is inline: a Model is created as soon as its role exists, and would not wait for a
    policy of its own. SageMaker uses it to look at the alarms of a release, whose names begin with
    the endpoint's; naming them one by one would make a circle of role, config and alarm.

    Args:
        storage: Buckets and key.
        endpoint_name: The endpoint that the model serves.
        versions: The archives of the model's versions.
        repositories: ARNs of the repositories that the serving image comes from.
        access: What else it takes to be served so; by default nothing.
        network: Where its containers run; by default in SageMaker's own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        storage: Storage,
        endpoint_name: str,
        versions: VersionFiles,
        repositories: Sequence[str],
        access: Access = Access(),
        network: Network | None = None,
    ) -> None:
        archives, stack = versions.objects_arn, Stack.of(scope)
        logs = log_streams(stack, f"/aws/sagemaker/Endpoints/{endpoint_name}")
        alarms = stack.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name=f"{endpoint_name}-*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        statements = [
            iam.PolicyStatement(actions=["s3:GetObject"], resources=[archives]),
            *access.statements,
            log_statement([logs]),
            iam.PolicyStatement(actions=["cloudwatch:DescribeAlarms"], resources=[alarms]),
            *key_statements(storage.key.key_arn),
            *versions.key_statements(stack),
            *image_statements(repositories),
            *network_statements(Stack.of(scope), network),
        ]
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"),
            inline_policies={"Serve": iam.PolicyDocument(statements=statements)},
        )
        acknowledge_wildcards(
            self,
            {
                archives: "Archives are named after the versions that come.",
                **access.wildcards,
                logs: "SageMaker names the log stream of each instance.",
                alarms: "Rollback alarms end in the name of a config, which CloudFormation gives.",
                **versions.wildcards(stack),
                "*": "ecr:GetAuthorizationToken knows no resources.",
                **network_wildcards(Stack.of(scope), network),
            },
        )
