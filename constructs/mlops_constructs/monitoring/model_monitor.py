"""A monitor of the engine Model Monitor."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.monitoring.batch_fit import batch_monitor_problems
from mlops_constructs.monitoring.batch_transforms import BatchTransforms, transform_problems
from mlops_constructs.monitoring.engine import ModelMonitorEngine
from mlops_constructs.monitoring.explained_model import ExplainedModel
from mlops_constructs.monitoring.job_definition import MonitoringJob
from mlops_constructs.monitoring.job_kinds import images_of, job_kind
from mlops_constructs.monitoring.metrics import MonitorMetric
from mlops_constructs.monitoring.model_monitor_role import ModelMonitorRole
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint, monitor_name
from mlops_constructs.monitoring.monitoring_schedule import MonitoringSchedule
from mlops_constructs.monitoring.report_states import MEASURED
from mlops_constructs.monitoring.schedule import model_monitor_expression
from mlops_constructs.monitoring.settings import Attribution, MonitorSettings
from mlops_constructs.monitoring.violation_report import ViolationReport
from mlops_constructs.problems import refuse
from mlops_constructs.training.definition import filled
from mlops_constructs.training.image_registries import ImageRegistries


class ModelMonitor(Construct):
    """A job definition and a schedule of AWS's, and a machine that measures what they report.

    Model Monitor writes its reports below `monitoring/<endpoint>/<kind>/` in the artifact bucket,
    in folders that it names. No metric of its own says how many constraints are violated.

    Args:
        settings: The monitor's kind and settings.
        instance_type: Of its jobs; without local storage, which takes no key.
        endpoint: What is monitored.
        image_accounts: Region to placeholder (`ModelMonitorAccount`, `ClarifyAccount`) to account
            of AWS's registries.
        topic: Hears of runs that failed, and of reports that can't be read.
        transforms: Batch transform jobs that are monitored in the endpoint's stead; `endpoint` then
            says how the monitor is called, and where its files are. By default those of the
            endpoint's `batches`, if it has any.
    """

    measures: ClassVar[frozenset[MonitorMetric]] = frozenset(MEASURED)

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
        transforms: BatchTransforms | None = None,
    ) -> None:
        kind = job_kind(settings)
        refuse([*transform_problems(settings, transforms), *_batch_problems(settings, endpoint)])
        super().__init__(scope, construct_id)
        transforms = transforms or endpoint.transforms
        registries = ImageRegistries(
            self, "Images", definition=images_of(settings), accounts=image_accounts
        )
        self.job_role = ModelMonitorRole(
            self,
            "JobRole",
            settings=settings,
            endpoint=endpoint,
            transforms=transforms,
            repositories=registries.repository_arns,
        )
        job = MonitoringJob(
            self,
            "Job",
            settings=settings,
            endpoint=endpoint,
            transforms=transforms,
            instance_type=instance_type,
            image=filled(kind.image, registries.accounts),
            config_uri=self._config_uri(settings, endpoint, transforms, topic),
            role_arn=self.job_role.role_arn,
        )
        job.node.add_dependency(self.job_role)
        self.schedule = self._schedule(settings, endpoint, job)
        ViolationReport(
            self,
            "Report",
            endpoint=endpoint,
            settings=settings,
            job_role=self.job_role,
            topic=topic,
        )

    def _schedule(
        self, settings: MonitorSettings, endpoint: MonitoredEndpoint, job: MonitoringJob
    ) -> MonitoringSchedule:
        schedule = MonitoringSchedule(
            self,
            "Schedule",
            schedule_name=monitor_name(endpoint.name, settings.kind),
            schedule_expression=model_monitor_expression(
                settings.every_hours, first=endpoint.first_run(settings.every_hours)
            ),
            monitoring_type=job_kind(settings).monitoring_type,
            job_definition_name=job.job_definition_name,
            condition=endpoint.condition,
        )
        schedule.resource.add_resource_dependency(job.resource)
        return schedule

    def _config_uri(
        self,
        settings: MonitorSettings,
        endpoint: MonitoredEndpoint,
        transforms: BatchTransforms | None,
        topic: sns.ITopic,
    ) -> str | None:
        """Where Clarify's configuration lies, for the kinds that take one."""
        file = job_kind(settings).analysis_config
        if file is None:
            return None
        if transforms is not None and transforms.analysis_config_uri is not None:
            return transforms.analysis_config_uri
        of_version = f"{endpoint.baseline_uri}/{file}"
        if not isinstance(settings, Attribution):
            return of_version
        explained = ExplainedModel(
            self,
            "Explained",
            settings=settings,
            endpoint=endpoint,
            version_config_uri=of_version,
            topic=topic,
        )
        self.job_role.let_read(explained.config_arn)
        return explained.config_uri


def _batch_problems(settings: MonitorSettings, endpoint: MonitoredEndpoint) -> Iterator[str]:
    if endpoint.batches is not None:
        hosting = endpoint.batches.hosting
        yield from batch_monitor_problems(endpoint.name, hosting, [settings], ModelMonitorEngine)
