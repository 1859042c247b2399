"""One monitor of one endpoint, on whichever engine."""

from collections.abc import Iterator, Mapping
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.monitoring.alarms import MonitorAlarms
from mlops_constructs.monitoring.aws_metrics import headline
from mlops_constructs.monitoring.batch_fit import batch_monitor_problems
from mlops_constructs.monitoring.engine import Engine, ModelMonitorEngine, OpenEngine
from mlops_constructs.monitoring.metrics import MonitorMetric, of_kind
from mlops_constructs.monitoring.model_monitor import ModelMonitor
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint, monitor_problems
from mlops_constructs.monitoring.open_monitor import OpenMonitor
from mlops_constructs.monitoring.settings import LabelledSettings, MonitorSettings
from mlops_constructs.problems import refuse

_MONITORS: Final[Mapping[type, type[OpenMonitor] | type[ModelMonitor]]] = {
    OpenEngine: OpenMonitor,
    ModelMonitorEngine: ModelMonitor,
}


class EndpointMonitor(Construct):
    """Looks at what an endpoint is asked, or batches hold, writes reports, puts metrics, and rings.

    Reports, metrics and alarms have the same places and names on every engine, so that nothing
    downstream knows which one runs; `measures` says which metrics it puts, and `headline` what the
    one is called that says most (empty if there is none).

    Args:
        settings: The monitor's kind and settings.
        engine: Who runs it, and on what.
        endpoint: What is monitored.
        image_accounts: Region to placeholder to account of AWS's image registries.
        topic: Hears the alarms, and what goes wrong with the monitor itself.

    Attributes:
        aws_headline: What AWS measures of it by itself and says most; None if it measures nothing.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: MonitorSettings,
        engine: Engine,
        endpoint: MonitoredEndpoint,
        image_accounts: Mapping[str, Mapping[str, str]],
        topic: sns.ITopic,
    ) -> None:
        refuse(
            [
                *monitor_problems(endpoint.name, endpoint.capture_percent, [settings]),
                *endpoint.label_problems(settings),
                *_batch_problems(endpoint, settings, engine),
            ]
        )
        super().__init__(scope, construct_id)
        self.kind = settings.kind
        self._endpoint = endpoint
        monitor = _MONITORS[type(engine)]
        self.measures = monitor.measures & of_kind(settings)
        self.headline = settings.headline
        on_aws = isinstance(engine, ModelMonitorEngine)
        self.aws_headline = _aws_headline(settings, endpoint) if on_aws else None
        monitor(
            self,
            "Engine",
            settings=settings,
            instance_type=engine.instance_type,
            endpoint=endpoint,
            image_accounts=image_accounts,
            topic=topic,
        )
        self.alarms = MonitorAlarms(
            self,
            "Alarms",
            settings=settings,
            endpoint_name=endpoint.name,
            asked=endpoint.asked,
            waits_hours=_waits_hours(settings) if on_aws else 0,
            condition=endpoint.condition,
            topic=topic,
        )

    @property
    def report_uri(self) -> str:
        """The S3 prefix of its reports."""
        return self._endpoint.storage.artifacts.s3_url_for_object(
            self._endpoint.report_prefix(self.kind)
        )

    def metric(self, measured: MonitorMetric) -> cloudwatch.Metric:
        """One of the monitor's metrics, by the hour."""
        return measured.of(endpoint_name=self._endpoint.name, kind=self.kind)


def _aws_headline(
    settings: MonitorSettings, endpoint: MonitoredEndpoint
) -> cloudwatch.IMetric | None:
    of_transforms = endpoint.batches is not None
    return headline(settings, endpoint_name=endpoint.name, of_transforms=of_transforms)


def _batch_problems(
    endpoint: MonitoredEndpoint, settings: MonitorSettings, engine: Engine
) -> Iterator[str]:
    if endpoint.batches is not None:
        yield from batch_monitor_problems(
            endpoint.name, endpoint.batches.hosting, [settings], type(engine)
        )


def _waits_hours(settings: MonitorSettings) -> int:
    """How long Model Monitor starts no job after a first release, where the open engine says so."""
    return settings.labels_within_hours if isinstance(settings, LabelledSettings) else 0
