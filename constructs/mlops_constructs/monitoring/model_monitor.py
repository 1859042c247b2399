"""A monitor of the engine Model Monitor."""

from collections.abc import Mapping
from typing import ClassVar

from aws_cdk import Fn
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.monitoring.job_definition import ANALYZER_IMAGE, DataQualityJob
from mlops_constructs.monitoring.job_role import MonitorJobRole
from mlops_constructs.monitoring.metrics import MonitorMetric
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint, monitor_name
from mlops_constructs.monitoring.monitoring_schedule import MonitoringSchedule
from mlops_constructs.monitoring.report_states import MEASURED
from mlops_constructs.monitoring.schedule import model_monitor_expression
from mlops_constructs.monitoring.settings import MonitorSettings
from mlops_constructs.monitoring.violation_report import ViolationReport
from mlops_constructs.training.image_registries import ImageRegistries


class ModelMonitor(Construct):
    """A job definition and a schedule of AWS's, and a machine that measures what they report.

    Model Monitor writes its reports below `monitoring/<endpoint>/<kind>/` in the artifact bucket,
    in folders that it names. No metric of its own says how many constraints are violated.

    Args:
        settings: The monitor's kind and settings.
        instance_type: Of its jobs; without local storage, which takes no key.
        endpoint: What is monitored.
        image_accounts: Region to placeholder (`ModelMonitorAccount`) to account of AWS's
            registries.
        topic: Hears of runs that failed, and of reports that can't be read.
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
    ) -> None:
        super().__init__(scope, construct_id)
        registries = ImageRegistries(
            self, "Images", definition=ANALYZER_IMAGE, accounts=image_accounts
        )
        self.job_role = MonitorJobRole(
            self,
            "JobRole",
            endpoint=endpoint,
            kind=settings.kind,
            repositories=registries.repository_arns,
        )
        job = DataQualityJob(
            self,
            "Job",
            endpoint=endpoint,
            instance_type=instance_type,
            image=Fn.sub(ANALYZER_IMAGE, registries.accounts),
            role_arn=self.job_role.role_arn,
        )
        job.node.add_dependency(self.job_role)
        self.schedule = MonitoringSchedule(
            self,
            "Schedule",
            schedule_name=monitor_name(endpoint.name, settings.kind),
            schedule_expression=model_monitor_expression(settings.every_hours),
            monitoring_type="DataQuality",
            job_definition_name=job.job_definition_name,
            condition=endpoint.condition,
        )
        self.schedule.resource.add_resource_dependency(job.resource)
        ViolationReport(
            self,
            "Report",
            endpoint=endpoint,
            kind=settings.kind,
            job_role=self.job_role,
            topic=topic,
        )
