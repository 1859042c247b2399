"""Who may do what in a batch run: the pipeline, the step that gathers, and the model."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_constructs.network import Network, network_statements, network_wildcards
from mlops_constructs.permissions import (
    image_statements,
    job_statements,
    jobs_of_pipelines,
    key_statements,
    list_statement,
    log_statement,
    log_streams,
    metric_statement,
    pass_role_statement,
)
from mlops_constructs.serving.batch_files import BatchFiles
from mlops_constructs.serving.batch_metric import NAMESPACE
from mlops_constructs.training.archive_asset import ArchiveAsset
from mlops_constructs.version_files import VersionFiles
from mlops_constructs.wildcards import acknowledge_wildcards

_SAGEMAKER = "sagemaker.amazonaws.com"
_TOKENS = "ecr:GetAuthorizationToken knows no resources."
_BY_HOUR = "Requests, answers and what is captured lie by hour, named by whoever sends them."
_BY_RUN = "What a run gathered lies in a folder named by its execution."
_STREAMS = "SageMaker names the log stream of each job."


class ScoringRole(iam.Role):
    """Of the model: reads its archive and the requests, writes answers, capture and logs.

    A transform job has no role of its own and takes the model's. All of it is inline: a Model is
    created as soon as its role exists, and would not wait for a policy of its own.

    Args:
        files: Requests, answers, capture, and what runs gathered.
        versions: The archives of the model's versions.
        repositories: ARNs of the repositories that the serving image comes from.
        network: Where its containers run; by default in SageMaker's own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        files: BatchFiles,
        versions: VersionFiles,
        repositories: Sequence[str],
        network: Network | None,
    ) -> None:
        stack = Stack.of(scope)
        logs = log_streams(stack, "/aws/sagemaker/TransformJobs")
        read = [versions.objects_arn, files.requests_arn, files.windows_arn]
        written = [files.answers_arn, files.capture_arn]
        statements = [
            iam.PolicyStatement(actions=["s3:GetObject"], resources=read),
            iam.PolicyStatement(actions=["s3:PutObject"], resources=written),
            list_statement(files.storage.data.bucket_arn, f"{files.requests_prefix}/*"),
            list_statement(files.storage.artifacts.bucket_arn, f"{files.windows_prefix}/*"),
            log_statement([logs]),
            *key_statements(files.storage.key.key_arn),
            *versions.key_statements(stack),
            *image_statements(repositories),
            *network_statements(stack, network),
        ]
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(_SAGEMAKER),
            inline_policies={"Score": iam.PolicyDocument(statements=statements)},
        )
        acknowledge_wildcards(
            self,
            {
                versions.objects_arn: "Each version's archive lies in a folder SageMaker names.",
                **dict.fromkeys([files.requests_arn, *written], _BY_HOUR),
                files.windows_arn: _BY_RUN,
                logs: _STREAMS,
                **versions.wildcards(stack),
                "*": _TOKENS,
                **network_wildcards(stack, network),
            },
        )


class GatheringRole(iam.Role):
    """Of the step that gathers: lists requests and answers, says what there is to score.

    Args:
        files: Requests, answers, and what runs gathered.
        code: The step's script.
        repositories: ARNs of the repositories that its image comes from.
        network: Where it runs; by default in SageMaker's own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        files: BatchFiles,
        code: ArchiveAsset,
        repositories: Sequence[str],
        network: Network | None,
    ) -> None:
        super().__init__(scope, construct_id, assumed_by=iam.ServicePrincipal(_SAGEMAKER))
        stack = Stack.of(scope)
        logs = log_streams(stack, "/aws/sagemaker/ProcessingJobs")
        places = (f"{files.requests_prefix}/*", f"{files.answers_prefix}/*")
        for statement in (
            iam.PolicyStatement(actions=["s3:GetObject"], resources=[code.object_arn]),
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[files.windows_arn]),
            list_statement(files.storage.data.bucket_arn, *places),
            # A processing job lists what it downloads, be it a single file.
            list_statement(code.bucket.bucket_arn, code.s3_object_key),
            *key_statements(files.storage.key.key_arn),
            *image_statements(repositories),
            log_statement([logs]),
            metric_statement([NAMESPACE]),
            *network_statements(stack, network),
        ):
            self.add_to_policy(statement)
        acknowledge_wildcards(
            self,
            {
                files.windows_arn: _BY_RUN,
                logs: _STREAMS,
                "*": "ecr:GetAuthorizationToken and cloudwatch:PutMetricData know no resources; a "
                "condition holds the latter to one namespace.",
                **network_wildcards(stack, network),
            },
        )


class BatchPipelineRole(iam.Role):
    """Of the pipeline: starts, watches and stops its two jobs, and reads how much there is.

    Args:
        files: Where a run says what it gathered.
        job_role: Handed to the step that gathers.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, files: BatchFiles, job_role: iam.IRole
    ) -> None:
        super().__init__(scope, construct_id, assumed_by=iam.ServicePrincipal(_SAGEMAKER))
        processing, transform = (
            jobs_of_pipelines(Stack.of(scope), kind) for kind in ("processing-job", "transform-job")
        )
        for statement in (
            *job_statements({"ProcessingJob": processing, "TransformJob": transform}),
            iam.PolicyStatement(actions=["s3:GetObject"], resources=[files.windows_arn]),
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=[files.storage.key.key_arn]),
            pass_role_statement(job_role.role_arn),
        ):
            self.add_to_policy(statement)
        jobs = "SageMaker names the jobs of pipelines, all beginning with pipelines-."
        acknowledge_wildcards(self, {processing: jobs, transform: jobs, files.windows_arn: _BY_RUN})
