"""What jobs of Model Monitor may do besides what all jobs of monitors may."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_constructs.monitoring.aws_metrics import PUBLISHED
from mlops_constructs.monitoring.batch_transforms import BatchTransforms
from mlops_constructs.monitoring.job_kinds import job_kind
from mlops_constructs.monitoring.job_role import MonitorJobRole
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint
from mlops_constructs.monitoring.settings import Attribution, LabelledSettings, MonitorSettings
from mlops_constructs.permissions import list_statement
from mlops_constructs.wildcards import acknowledge_wildcards

SHADOWS: Final = ("sm-clarify-*", "sagemaker-clarify-endpoint-*")
"""What Clarify calls the endpoints that it starts to explain a model, and their configs: as they
were seen in logs (UNVERIFIED), and as AWS's page has it.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-vpc.html
"""

_LIFE: Final = ("Create", "Delete", "Describe")


class ModelMonitorRole(MonitorJobRole):
    """A monitor's job role that also may what Model Monitor's job of its kind does.

    Jobs with labels read what a merge job before them wrote beside the reports, in `merge`; jobs
    that explain start, ask and delete an endpoint of their own; and those that put AWS's own
    metrics may do that.

    Args:
        settings: Of the monitor.
        endpoint: What is monitored.
        transforms: What is monitored in its stead.
        repositories: ARNs of the repositories that the jobs' images come from.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: MonitorSettings,
        endpoint: MonitoredEndpoint,
        transforms: BatchTransforms | None,
        repositories: Sequence[str],
    ) -> None:
        labels = settings.ground_truth_prefix if isinstance(settings, LabelledSettings) else None
        super().__init__(
            scope,
            construct_id,
            endpoint=endpoint,
            kind=settings.kind,
            repositories=repositories,
            namespaces=_namespaces(settings, transforms),
            ground_truth_prefix=labels,
        )
        if labels is not None:
            self._let_read_merged(endpoint, settings.kind)
        if transforms is not None:
            self._let_read_transforms(endpoint, transforms)
        if isinstance(settings, Attribution):
            self._let_explain()

    def let_read(self, object_arn: str) -> None:
        """Lets the job read one more object of the artifact bucket."""
        self.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[object_arn]))

    def _let_read_merged(self, endpoint: MonitoredEndpoint, kind: str) -> None:
        artifacts, prefix = endpoint.storage.artifacts, f"{endpoint.report_prefix(kind)}/merge/*"
        merged = artifacts.arn_for_objects(prefix)
        self._add(
            [
                iam.PolicyStatement(actions=["s3:GetObject"], resources=[merged]),
                list_statement(artifacts.bucket_arn, prefix),
            ],
            {merged: "Model Monitor names the files that it merges."},
        )

    def _let_read_transforms(
        self, endpoint: MonitoredEndpoint, transforms: BatchTransforms
    ) -> None:
        bucket, prefix = endpoint.storage.capture, f"{transforms.capture_prefix}/*"
        captured = bucket.arn_for_objects(prefix)
        self._add(
            [
                iam.PolicyStatement(actions=["s3:GetObject"], resources=[captured]),
                list_statement(bucket.bucket_arn, prefix),
            ],
            {captured: "SageMaker names capture files by hour."},
        )

    def _let_explain(self) -> None:
        stack = Stack.of(self)
        endpoints, configs = (_shadows(stack, kind) for kind in ("endpoint", "endpoint-config"))
        models = stack.format_arn(service="sagemaker", resource="model", resource_name="*")
        # CreateEndpoint is asked for on the config as well, AddTags when a tag is put.
        both = [f"sagemaker:{verb}Endpoint" for verb in _LIFE] + ["sagemaker:AddTags"]
        statements = {
            tuple(both): [*endpoints, *configs],
            ("sagemaker:InvokeEndpoint",): endpoints,
            tuple(f"sagemaker:{verb}EndpointConfig" for verb in _LIFE): configs,
            ("sagemaker:DescribeModel",): [models],
        }
        own = "Clarify names the endpoints that it starts, all beginning alike."
        self._add(
            [
                iam.PolicyStatement(actions=list(actions), resources=resources)
                for actions, resources in statements.items()
            ],
            {
                **dict.fromkeys([*endpoints, *configs], own),
                models: "CloudFormation names models; this one is described, no more.",
            },
        )

    def _add(self, statements: Sequence[iam.PolicyStatement], wildcards: Mapping[str, str]) -> None:
        for statement in statements:
            self.add_to_policy(statement)
        acknowledge_wildcards(self, wildcards)


def _namespaces(settings: MonitorSettings, transforms: BatchTransforms | None) -> list[str]:
    """Where jobs of a kind put AWS's own metrics, if they do."""
    published = PUBLISHED[settings.kind]
    namespace = published.of_transforms if transforms else published.of_endpoints
    return [namespace] if job_kind(settings).publishes else []


def _shadows(stack: Stack, resource: str) -> list[str]:
    return [
        stack.format_arn(service="sagemaker", resource=resource, resource_name=name)
        for name in SHADOWS
    ]
