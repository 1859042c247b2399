"""Which of two variants is better, on the traffic that both had."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.comparison.definition import comparison_definition
from mlops_constructs.comparison.job_role import ComparisonJobRole
from mlops_constructs.instances import key_problems
from mlops_constructs.monitor_steps import MONITOR_STEPS
from mlops_constructs.names import name_problems
from mlops_constructs.network import Network
from mlops_constructs.problems import refuse
from mlops_constructs.processing_job import conducting_role
from mlops_constructs.serving.kept import VARIANT
from mlops_constructs.serving.trial import CHALLENGER_VARIANT, Shadow, Trial
from mlops_constructs.storage import Storage
from mlops_constructs.training.archive_asset import ArchiveAsset
from mlops_constructs.training.definition import filled
from mlops_constructs.training.image_registries import ImageRegistries
from mlops_constructs.training.placement import placed

COMPARISON_STEPS: Final = Path(__file__).parent / "steps"
"""Plain scripts that run in AWS's scikit-learn image, beside those of monitors."""


def comparison_name(endpoint_name: str) -> str:
    """The pipeline's."""
    return f"{endpoint_name}-comparison"


def result_key(endpoint_name: str, version: str) -> str:
    """Where, in the artifact bucket, the JSON of a comparison lies.

    Args:
        endpoint_name: Whose variants are compared.
        version: The number of the challenger's package version.
    """
    return f"{_prefix(endpoint_name)}/{version}/comparison.json"


class Comparison(Construct):
    """A pipeline that compares the variant `Challenger` of an endpoint with `AllTraffic`.

    Started with the parameters `Since` and `Until` (ISO 8601, UTC) and `Challenger` and `Champion`
    (ARNs of package versions), it writes `comparison.json` and `comparison.html` below
    `<endpoint>/comparisons/<number of the challenger's version>/` in the artifact bucket, and then
    succeeds whatever the verdict is: `better`, `no worse`, `worse`, `undecided` or
    `not enough traffic`. A comparison made again writes over the one before.

    Args:
        endpoint_name: Whose variants are compared; 1 to 52 letters, digits and inner hyphens.
        release: How the challenger got its traffic, and where worse begins.
        storage: Buckets of capture and reports (artifacts), and their key.
        image_accounts: Region to placeholder (`SklearnAccount`) to account of AWS's registries.
        instance_type: Of its job; without local storage, which takes no key.
        network: Where the job runs; by default in SageMaker's own.

    Attributes:
        job_role: What its job may do.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        release: Trial,
        storage: Storage,
        image_accounts: Mapping[str, Mapping[str, str]],
        instance_type: str = "ml.m5.large",
        network: Network | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.pipeline_name = comparison_name(endpoint_name)
        refuse(_problems(self.pipeline_name, instance_type))
        self._endpoint_name, self._storage = endpoint_name, storage
        definition = placed(
            self.pipeline_name,
            comparison_definition(
                endpoint_name=endpoint_name,
                release=release,
                instance_type=instance_type,
                report_prefix=_prefix(endpoint_name),
            ),
            network,
        )
        scripts = ArchiveAsset(self, "Code", folders=[MONITOR_STEPS, COMPARISON_STEPS])
        registries = ImageRegistries(self, "Images", definition=definition, accounts=image_accounts)
        self.job_role = ComparisonJobRole(
            self,
            "JobRole",
            storage=storage,
            capture_prefixes=_captured(endpoint_name, release),
            report_prefix=_prefix(endpoint_name),
            repositories=registries.repository_arns,
            code=scripts,
            network=network,
        )
        values = {
            "CodeUri": scripts.s3_object_url,
            "CaptureBucketName": storage.capture.bucket_name,
            "ArtifactBucketName": storage.artifacts.bucket_name,
            "KmsKeyArn": storage.key.key_arn,
            "JobRoleArn": self.job_role.role_arn,
        }
        sagemaker.CfnPipeline(
            self,
            "Resource",
            pipeline_name=self.pipeline_name,
            role_arn=conducting_role(self, self.job_role).role_arn,
            pipeline_definition={
                "PipelineDefinitionBody": filled(definition, values | registries.accounts)
            },
        )

    @property
    def pipeline_arn(self) -> str:
        """The pipeline's ARN."""
        return Stack.of(self).format_arn(
            service="sagemaker", resource="pipeline", resource_name=self.pipeline_name
        )

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` start a comparison, and see how it ends."""
        executions = f"{self.pipeline_arn}/execution/*"
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:StartPipelineExecution"],
            resource_arns=[self.pipeline_arn],
        ).combine(
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["sagemaker:DescribePipelineExecution"],
                resource_arns=[executions],
            )
        )

    def grant_read_result(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` read what comparisons of this endpoint found."""
        results = self._storage.artifacts.arn_for_objects(result_key(self._endpoint_name, "*"))
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:GetObject"], resource_arns=[results]
        ).combine(
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["kms:Decrypt"],
                resource_arns=[self._storage.key.key_arn],
            )
        )


def _prefix(endpoint_name: str) -> str:
    return f"{endpoint_name}/comparisons"


def _captured(endpoint_name: str, release: Trial) -> list[str]:
    """Of the capture, what is read: a split's requests have one answer each, so nothing."""
    if not isinstance(release, Shadow):
        return []
    return [f"{endpoint_name}/{variant}" for variant in (VARIANT, CHALLENGER_VARIANT)]


def _problems(pipeline_name: str, instance_type: str) -> Iterator[str]:
    yield from name_problems("the name of the comparison", pipeline_name)
    yield from key_problems(instance_type)
