"""Policy statements that jobs and endpoints have in common."""

from collections.abc import Mapping, Sequence

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


def list_statement(bucket_arn: str, *prefixes: str) -> iam.PolicyStatement:
    """What listing a bucket takes, below these prefixes only; `*` stands for any ending."""
    return iam.PolicyStatement(
        actions=["s3:ListBucket"],
        resources=[bucket_arn],
        conditions={"StringLike": {"s3:prefix": list(prefixes)}},
    )


def job_statements(jobs: Mapping[str, str]) -> list[iam.PolicyStatement]:
    """What a pipeline does with its jobs: start, watch and stop them.

    Args:
        jobs: Kind of job, such as ``ProcessingJob``, to the ARN pattern of those of pipelines.
    """
    run = [
        iam.PolicyStatement(
            actions=[f"sagemaker:{verb}{job}" for verb in ("Create", "Describe", "Stop")],
            resources=[arn],
        )
        for job, arn in jobs.items()
    ]
    # Pipelines tag every job they start with the execution it belongs to.
    return [
        *run,
        iam.PolicyStatement(actions=["sagemaker:AddTags"], resources=list(jobs.values())),
    ]


def jobs_of_pipelines(stack: Stack, kind: str) -> str:
    """The ARN of all jobs that pipelines start of a kind, such as ``processing-job``."""
    return stack.format_arn(service="sagemaker", resource=kind, resource_name="pipelines-*")


def pass_role_statement(role_arn: str) -> iam.PolicyStatement:
    """What handing a role to a job of SageMaker takes, and to nothing else."""
    return iam.PolicyStatement(
        actions=["iam:PassRole"],
        resources=[role_arn],
        conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    )


def log_streams(stack: Stack, log_group: str) -> str:
    """The ARN of all streams of a log group."""
    return stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name=f"{log_group}:*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
