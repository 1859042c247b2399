"""A monitor of the open engine."""

from collections.abc import Mapping
from typing import ClassVar

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.monitor_steps import MONITOR_STEPS
from mlops_constructs.monitoring.job_role import MonitorJobRole
from mlops_constructs.monitoring.metrics import NAMESPACE, MonitorMetric
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint, monitor_name
from mlops_constructs.monitoring.open_definition import monitor_definition
from mlops_constructs.monitoring.schedule import eventbridge_expression
from mlops_constructs.monitoring.settings import LabelledSettings, MonitorSettings
from mlops_constructs.processing_job import conducting_role
from mlops_constructs.training.archive_asset import ArchiveAsset
from mlops_constructs.training.definition import filled
from mlops_constructs.training.image_registries import ImageRegistries
from mlops_constructs.training.placement import placed
from mlops_constructs.window_schedule import WindowSchedule


class OpenMonitor(Construct):
    """A pipeline that judges one window, and a schedule that starts it.

    Its job reads the hours of the window out of the capture, writes its report files below
    `monitoring/<endpoint>/<kind>/` in the artifact bucket, and puts the metrics of `MonitorMetric`.

    Args:
        settings: The monitor's kind and settings.
        instance_type: Of its jobs; without local storage, which takes no key.
        endpoint: What is monitored.
        image_accounts: Region to placeholder (`SklearnAccount`, for attributions
            `XgboostAccount`) to account of AWS's registries.
        topic: Hears of a window that no run could be started for.
    """

    measures: ClassVar[frozenset[MonitorMetric]] = frozenset(MonitorMetric)

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: MonitorSettings,
        instance_type: str,
        endpoint: MonitoredEndpoint,
        image_accounts: Mapping[str, Mapping[str, str]],
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        self.pipeline_name = monitor_name(endpoint.name, settings.kind)
        definition = placed(
            self.pipeline_name,
            monitor_definition(settings=settings, endpoint=endpoint, instance_type=instance_type),
            endpoint.network,
        )
        scripts = ArchiveAsset(self, "Code", folders=[MONITOR_STEPS])
        registries = ImageRegistries(self, "Images", definition=definition, accounts=image_accounts)
        self.job_role = MonitorJobRole(
            self,
            "JobRole",
            endpoint=endpoint,
            kind=settings.kind,
            repositories=registries.repository_arns,
            code=[scripts],
            namespaces=[NAMESPACE],
            ground_truth_prefix=_ground_truth_prefix(settings),
        )
        self.role = conducting_role(self, self.job_role)
        values = {
            "MonitorCodeUri": scripts.s3_object_url,
            "BaselineUri": endpoint.baseline_uri,
            "CaptureBucketName": endpoint.storage.capture.bucket_name,
            "ArtifactBucketName": endpoint.storage.artifacts.bucket_name,
            "KmsKeyArn": endpoint.storage.key.key_arn,
            "JobRoleArn": self.job_role.role_arn,
        }
        if isinstance(settings, LabelledSettings):
            values["LabelBucketName"] = endpoint.ground_truth(settings).bucket_name
        pipeline = sagemaker.CfnPipeline(
            self,
            "Resource",
            pipeline_name=self.pipeline_name,
            role_arn=self.role.role_arn,
            pipeline_definition={
                "PipelineDefinitionBody": filled(definition, values | registries.accounts)
            },
        )
        pipeline.cfn_options.condition = endpoint.condition
        self.schedule = WindowSchedule(
            self,
            "Schedule",
            pipeline_name=self.pipeline_name,
            expression=eventbridge_expression(
                settings.every_hours, first=endpoint.first_run(settings.every_hours)
            ),
            condition=endpoint.condition,
            topic=topic,
        )

    @property
    def pipeline_arn(self) -> str:
        """The pipeline's ARN, whether or not it exists yet."""
        return Stack.of(self).format_arn(
            service="sagemaker", resource="pipeline", resource_name=self.pipeline_name
        )

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` judge a window out of turn."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:StartPipelineExecution"],
            resource_arns=[self.pipeline_arn],
        )


def _ground_truth_prefix(settings: MonitorSettings) -> str | None:
    return settings.ground_truth_prefix if isinstance(settings, LabelledSettings) else None
