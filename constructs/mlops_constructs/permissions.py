"""Policy statements that jobs and endpoints have in common."""

from collections.abc import Sequence

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam


def key_statements(key_arn: str) -> list[iam.PolicyStatement]:
    """What a job or an endpoint does with the key of its buckets and volumes."""
    return [
        iam.PolicyStatement(
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], resources=[key_arn]
        ),
        iam.PolicyStatement(
            actions=["kms:CreateGrant"],
            resources=[key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]


def image_statements(repositories: Sequence[str]) -> list[iam.PolicyStatement]:
    """What pulling container images takes; nothing if there are none."""
    if not repositories:
        return []
    layers = ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"]
    return [
        iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]),
        iam.PolicyStatement(
            actions=[f"ecr:{name}" for name in layers], resources=list(repositories)
        ),
    ]


def log_statement(log_streams: Sequence[str]) -> iam.PolicyStatement:
    """What a container's log takes."""
    actions = ["CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents"]
    return iam.PolicyStatement(
        actions=[f"logs:{name}" for name in actions], resources=list(log_streams)
    )


def metric_statement(namespaces: Sequence[str]) -> iam.PolicyStatement:
    """What a container's metrics take, in these namespaces only."""
    return iam.PolicyStatement(
        actions=["cloudwatch:PutMetricData"],
        resources=["*"],
        conditions={"StringEquals": {"cloudwatch:namespace": list(namespaces)}},
    )


def log_streams(stack: Stack, log_group: str) -> str:
    """The ARN of all streams of a log group."""
    return stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name=f"{log_group}:*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
