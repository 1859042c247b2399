"""The two roles of a training pipeline: one conducts, the other does the jobs."""

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
from mlops_constructs.storage import Storage, TrainingStorage
from mlops_constructs.training.archive_asset import ArchiveAsset
from mlops_constructs.wildcards import acknowledge_wildcards

SAGEMAKER = "sagemaker.amazonaws.com"
JOB_LOGS = ("/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs")
"""Log groups of SageMaker's jobs, and at the same time the namespaces of their metrics."""

OWN_ARTIFACTS = (
    "Objects below this pipeline's own prefix get their names from SageMaker and the steps."
)


class JobRole(iam.Role):
    """What the containers of a pipeline may do: read its data, write its artifacts, log.

    Args:
        storage: Buckets and key.
        data_prefix: Below it lies the data that the jobs read.
        artifact_prefix: Below it the jobs read and write what the pipeline makes.
        code: The archives the jobs read.
        repositories: ARNs of the repositories their images come from.
        network: Where the containers run; by default in SageMaker's own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        storage: TrainingStorage,
        data_prefix: str,
        artifact_prefix: str,
        code: Sequence[ArchiveAsset],
        repositories: Sequence[str],
        network: Network | None = None,
    ) -> None:
        super().__init__(scope, construct_id, assumed_by=iam.ServicePrincipal(SAGEMAKER))
        raw = storage.data.arn_for_objects(f"{data_prefix}/*")
        made = storage.artifacts.arn_for_objects(f"{artifact_prefix}/*")
        scripts = [asset.object_arn for asset in code]
        logs = [log_streams(Stack.of(self), group) for group in JOB_LOGS]
        for statement in (
            iam.PolicyStatement(actions=["s3:GetObject"], resources=[raw, made, *scripts]),
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[made]),
            list_statement(storage.data.bucket_arn, data_prefix, f"{data_prefix}/*"),
            list_statement(storage.artifacts.bucket_arn, artifact_prefix, f"{artifact_prefix}/*"),
            # A processing job lists what it downloads, be it a single file.
            *(list_statement(asset.bucket.bucket_arn, asset.s3_object_key) for asset in code),
            *key_statements(storage.key.key_arn),
            *image_statements(repositories),
            log_statement(logs),
            metric_statement(JOB_LOGS),
            *network_statements(Stack.of(self), network),
        ):
            self.add_to_policy(statement)
        acknowledge_wildcards(
            self,
            {
                raw: "Data files below this model's own prefix are named by whoever uploads them.",
                made: OWN_ARTIFACTS,
                **dict.fromkeys(logs, "SageMaker names the log stream of each job."),
                "*": "ecr:GetAuthorizationToken and cloudwatch:PutMetricData know no resources; a "
                "condition holds the latter to SageMaker's namespaces.",
                **network_wildcards(Stack.of(self), network),
            },
        )


class PipelineRole(iam.Role):
    """What a pipeline may do between its jobs: start, watch and stop them, and read their verdicts.

    Args:
        storage: Buckets and key.
        artifact_prefix: Below it lie the property files that conditions read.
        job_role: Handed to the jobs, and by nothing else than SageMaker.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        storage: Storage,
        artifact_prefix: str,
        job_role: iam.IRole,
    ) -> None:
        super().__init__(scope, construct_id, assumed_by=iam.ServicePrincipal(SAGEMAKER))
        made = storage.artifacts.arn_for_objects(f"{artifact_prefix}/*")
        processing, training = (
            jobs_of_pipelines(Stack.of(self), kind) for kind in ("processing-job", "training-job")
        )
        for statement in (
            *job_statements({"ProcessingJob": processing, "TrainingJob": training}),
            iam.PolicyStatement(actions=["s3:GetObject"], resources=[made]),
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=[storage.key.key_arn]),
            pass_role_statement(job_role.role_arn),
        ):
            self.add_to_policy(statement)
        jobs = "SageMaker names the jobs of pipelines, all beginning with pipelines-."
        acknowledge_wildcards(self, {processing: jobs, training: jobs, made: OWN_ARTIFACTS})
