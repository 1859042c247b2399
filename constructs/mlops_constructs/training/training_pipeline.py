"""A SageMaker pipeline from a reviewed definition and folders of scripts."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.monitor_steps import MONITOR_STEPS
from mlops_constructs.names import name_problems
from mlops_constructs.network import Network
from mlops_constructs.problems import refuse
from mlops_constructs.storage import TrainingStorage
from mlops_constructs.training.archive_asset import ArchiveAsset
from mlops_constructs.training.definition import PipelineValues, filled, placeholder_problems
from mlops_constructs.training.image_registries import ImageRegistries
from mlops_constructs.training.model_package_group import ModelPackageGroup
from mlops_constructs.training.placement import placed
from mlops_constructs.training.roles import JobRole, PipelineRole
from mlops_constructs.wildcards import acknowledge_wildcards

NO_CHAMPION = Path(__file__).parent / "no_champion"


class PipelineMetric(StrEnum):
    """What SageMaker measures of a pipeline, in namespace AWS/Sagemaker/ModelBuildingPipeline.

    https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-pipelines
    """

    STARTED = "ExecutionStarted"
    SUCCEEDED = "ExecutionSucceeded"
    FAILED = "ExecutionFailed"
    DURATION = "ExecutionDuration"
    """In milliseconds."""

    def of(self, pipeline_name: str) -> cloudwatch.Metric:
        """The metric of one pipeline by the hour: durations averaged, the others counted."""
        return cloudwatch.Metric(
            namespace="AWS/Sagemaker/ModelBuildingPipeline",
            metric_name=self.value,
            dimensions_map={"PipelineName": pipeline_name},
            statistic="Average" if self is PipelineMetric.DURATION else "Sum",
            period=Duration.hours(1),
        )


class TrainingPipeline(Construct):
    """Trains, judges and registers one model.

    The definition may hold as `${Placeholders}` what `PipelineValues` names, AWS's pseudo
    parameters, and the registry accounts of its images. Jobs read data below ``data_prefix`` and
    write artifacts below the pipeline's name.

    Args:
        pipeline_name: 1 to 63 letters, digits and inner hyphens; also the prefix of its artifacts.
        definition: The pipeline definition as JSON text.
        code: The folders of scripts, packed into one archive.
        data_prefix: Where in the data bucket this model's data lies, without a slash at its end.
        image_accounts: Region to placeholder (`XgboostAccount`) to account of AWS's registries.
        model_package_group: Where versions are registered.
        storage: Buckets and key.
        network: Where the jobs' containers run; by default in SageMaker's own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        pipeline_name: str,
        definition: str,
        code: Sequence[Path],
        data_prefix: str,
        image_accounts: Mapping[str, Mapping[str, str]],
        model_package_group: ModelPackageGroup,
        storage: TrainingStorage,
        network: Network | None = None,
    ) -> None:
        refuse(name_problems("the name of a pipeline", pipeline_name))
        super().__init__(scope, construct_id)
        self.pipeline_name = pipeline_name
        self.input_data_uri = storage.data.s3_url_for_object(f"{data_prefix}/")
        scripts = ArchiveAsset(self, "Code", folders=code)
        monitors = ArchiveAsset(self, "Monitors", folders=[MONITOR_STEPS])
        no_champion = ArchiveAsset(self, "NoChampion", folders=[NO_CHAMPION])
        registries = ImageRegistries(self, "Images", definition=definition, accounts=image_accounts)
        subject = f"the definition of pipeline {pipeline_name!r}"
        refuse(placeholder_problems(subject, definition, registries.accounts))
        self.job_role = JobRole(
            self,
            "JobRole",
            storage=storage,
            data_prefix=data_prefix,
            artifact_prefix=pipeline_name,
            code=[scripts, monitors, no_champion],
            repositories=registries.repository_arns,
            network=network,
        )
        self.role = PipelineRole(
            self, "Role", storage=storage, artifact_prefix=pipeline_name, job_role=self.job_role
        )
        self._may_register(model_package_group)
        values = PipelineValues(
            PipelineName=pipeline_name,
            ModelPackageGroupName=model_package_group.group_name,
            DataBucketName=storage.data.bucket_name,
            ArtifactBucketName=storage.artifacts.bucket_name,
            KmsKeyArn=storage.key.key_arn,
            JobRoleName=self.job_role.role_name,
            CodeUri=scripts.s3_object_url,
            CodeDigest=scripts.digest,
            MonitorCodeUri=monitors.s3_object_url,
            NoChampionUri=no_champion.s3_object_url,
        )
        self._define(placed(pipeline_name, definition, network), values, registries.accounts)

    @property
    def pipeline_arn(self) -> str:
        """The pipeline's ARN, from its name."""
        return Stack.of(self).format_arn(
            service="sagemaker", resource="pipeline", resource_name=self.pipeline_name
        )

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` start executions."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:StartPipelineExecution"],
            resource_arns=[self.pipeline_arn],
        )

    def metric(self, measured: PipelineMetric) -> cloudwatch.Metric:
        """One of the pipeline's metrics by the hour: durations averaged, the others counted."""
        return measured.of(self.pipeline_name)

    def _may_register(self, group: ModelPackageGroup) -> None:
        group.grant_register(self.role)
        acknowledge_wildcards(
            self.role, {group.versions_arn: "The registry numbers a group's versions by itself."}
        )

    def _define(self, definition: str, values: PipelineValues, accounts: Mapping[str, str]) -> None:
        by_name = {name: str(value) for name, value in values.items()}
        sagemaker.CfnPipeline(
            self,
            "Resource",
            pipeline_name=self.pipeline_name,
            role_arn=self.role.role_arn,
            pipeline_definition={
                "PipelineDefinitionBody": filled(definition, {**by_name, **accounts})
            },
        )
