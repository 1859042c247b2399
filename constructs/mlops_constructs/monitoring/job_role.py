"""What the jobs of a monitor may do."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint
from mlops_constructs.network import network_statements, network_wildcards
from mlops_constructs.permissions import (
    image_statements,
    key_statements,
    list_statement,
    log_statement,
    log_streams,
    metric_statement,
)
from mlops_constructs.wildcards import acknowledge_wildcards

JOB_LOGS = "/aws/sagemaker/ProcessingJobs"


class MonitorJobRole(iam.Role):
    """Reads an endpoint's capture, labels, baselines, writes a monitor's reports, logs, measures.

    Of batches it reads the rows and answers as well, since their capture only names them.

    Args:
        endpoint: What is monitored.
        kind: Of the monitor.
        repositories: ARNs of the repositories that the job's image comes from.
        code: The archives that the job reads.
        namespaces: Where it may put metrics; by default nowhere.
        ground_truth_prefix: Below it, in the endpoint's label bucket, it reads labels; by default
            it reads none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: MonitoredEndpoint,
        kind: str,
        repositories: Sequence[str],
        code: Sequence[s3_assets.Asset] = (),
        namespaces: Sequence[str] = (),
        ground_truth_prefix: str | None = None,
    ) -> None:
        super().__init__(
            scope, construct_id, assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com")
        )
        storage, versions, stack = endpoint.storage, endpoint.versions, Stack.of(scope)
        captured = storage.capture.arn_for_objects(f"{endpoint.capture_prefix}/*")
        baselines = versions.objects_arn
        reports = storage.artifacts.arn_for_objects(f"{endpoint.report_prefix(kind)}/*")
        labels = _labels(endpoint, ground_truth_prefix)
        scored = _scored(endpoint)
        logs = log_streams(stack, JOB_LOGS)
        scripts = [asset.bucket.arn_for_objects(asset.s3_object_key) for asset in code]
        for statement in (
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                resources=[captured, baselines, *labels, *scored, *scripts],
            ),
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[reports]),
            list_statement(storage.capture.bucket_arn, f"{endpoint.capture_prefix}/*"),
            # A processing job lists what it downloads, be it a single file.
            list_statement(versions.bucket.bucket_arn, f"{versions.prefix}/*"),
            *(list_statement(asset.bucket.bucket_arn, asset.s3_object_key) for asset in code),
            *(list_statement(bucket, *prefixes) for bucket, prefixes in labels.values()),
            # Without it S3 says "access denied" of a file that is not there.
            *(list_statement(bucket, prefix) for bucket, prefix in scored.values()),
            *key_statements(storage.key.key_arn),
            *versions.key_statements(stack),
            *image_statements(repositories),
            log_statement([logs]),
            *([metric_statement(namespaces)] if namespaces else []),
            *network_statements(Stack.of(self), endpoint.network),
        ):
            self.add_to_policy(statement)
        acknowledge_wildcards(
            self,
            {
                captured: "SageMaker names capture files by hour.",
                **dict.fromkeys(labels, "Label files lie by hour, named by whoever knows them."),
                **dict.fromkeys(scored, "Rows lie by hour, named by whoever sends them."),
                baselines: "Each version's baseline lies in a folder that SageMaker names.",
                reports: "Reports are named by the hour of their window.",
                logs: "SageMaker names the log stream of each job.",
                **versions.wildcards(stack),
                "*": "ecr:GetAuthorizationToken and cloudwatch:PutMetricData know no resources; a "
                "condition holds the latter to the namespace of monitors.",
                **network_wildcards(Stack.of(self), endpoint.network),
            },
        )


def _labels(
    endpoint: MonitoredEndpoint, prefix: str | None
) -> dict[str, tuple[str, tuple[str, str]]]:
    """The ARN of the label files, if any are read, to their bucket's and what of it is listed."""
    bucket = endpoint.label_bucket
    if prefix is None or bucket is None:
        return {}
    return {bucket.arn_for_objects(f"{prefix}/*"): (bucket.bucket_arn, (prefix, f"{prefix}/*"))}


def _scored(endpoint: MonitoredEndpoint) -> dict[str, tuple[str, str]]:
    """The ARNs of what the manifests of batches name, to their bucket's and what of it is listed.

    None of an endpoint, whose capture holds requests and answers themselves.
    """
    files = endpoint.batches
    if files is None:
        return {}
    bucket = files.storage.data.bucket_arn
    return {
        files.requests_arn: (bucket, f"{files.requests_prefix}/*"),
        files.answers_arn: (bucket, f"{files.answers_prefix}/*"),
    }
