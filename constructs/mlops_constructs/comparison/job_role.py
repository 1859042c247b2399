"""What the job of a comparison may do."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_constructs.monitoring.job_role import JOB_LOGS
from mlops_constructs.network import Network, network_statements, network_wildcards
from mlops_constructs.permissions import (
    image_statements,
    key_statements,
    list_statement,
    log_statement,
    log_streams,
)
from mlops_constructs.storage import Storage
from mlops_constructs.training.archive_asset import ArchiveAsset
from mlops_constructs.wildcards import acknowledge_wildcards


class ComparisonJobRole(iam.Role):
    """Reads metrics and the capture of some variants, writes reports, logs.

    Args:
        storage: Buckets of capture and reports (artifacts), and their key.
        capture_prefixes: What it reads of the capture; of none, none.
        report_prefix: Below which it writes.
        repositories: ARNs of the repositories that its image comes from.
        code: The archive that it runs.
        network: Where it runs; by default in SageMaker's own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        storage: Storage,
        capture_prefixes: Sequence[str],
        report_prefix: str,
        repositories: Sequence[str],
        code: ArchiveAsset,
        network: Network | None = None,
    ) -> None:
        super().__init__(
            scope, construct_id, assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com")
        )
        stack = Stack.of(self)
        below = [f"{prefix}/*" for prefix in capture_prefixes]
        captured = [storage.capture.arn_for_objects(prefix) for prefix in below]
        reports = storage.artifacts.arn_for_objects(f"{report_prefix}/*")
        logs = log_streams(stack, JOB_LOGS)
        for statement in (
            iam.PolicyStatement(actions=["s3:GetObject"], resources=[*captured, code.object_arn]),
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[reports]),
            *([list_statement(storage.capture.bucket_arn, *below)] if below else []),
            # A processing job lists what it downloads, be it a single file.
            list_statement(code.bucket.bucket_arn, code.s3_object_key),
            *key_statements(storage.key.key_arn),
            *image_statements(repositories),
            log_statement([logs]),
            iam.PolicyStatement(actions=["cloudwatch:GetMetricData"], resources=["*"]),
            *network_statements(stack, network),
        ):
            self.add_to_policy(statement)
        acknowledge_wildcards(
            self,
            {
                **dict.fromkeys(captured, "SageMaker names capture files by hour."),
                reports: "Reports lie in folders named by the challenger's version.",
                logs: "SageMaker names the log stream of each job.",
                **network_wildcards(stack, network),
                "*": "ecr:GetAuthorizationToken, cloudwatch:GetMetricData and ec2:Describe* know "
                "no resources.",
            },
        )
