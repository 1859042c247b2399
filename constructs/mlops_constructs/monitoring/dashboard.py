"""What a person looks at when asked how a model is doing."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from mlops_constructs.monitoring.endpoint_monitor import EndpointMonitor
from mlops_constructs.monitoring.metrics import MonitorMetric
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.training.training_pipeline import PipelineMetric

_A_THIRD = 8
"""Of the 24 columns of a dashboard."""

_RECORDS = (MonitorMetric.RECORDS, MonitorMetric.UNREADABLE, MonitorMetric.TOO_FEW_RECORDS)


class ModelDashboard(Construct):
    """A row for each monitor, one for the endpoint, and one for the runs of a training pipeline.

    Args:
        dashboard_name: Up to 255 letters, digits, hyphens and underscores.
        endpoint_name: What serves.
        pipeline_name: What trains; None in a stage that doesn't.
        monitors: What watches.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        dashboard_name: str,
        endpoint_name: str,
        pipeline_name: str | None,
        monitors: Sequence[EndpointMonitor],
    ) -> None:
        super().__init__(scope, construct_id)
        self.dashboard_name = dashboard_name
        rows = [*map(_drift, monitors), _serving(endpoint_name)]
        if pipeline_name is not None:
            rows.append(_training(pipeline_name))
        cloudwatch.Dashboard(self, "Resource", dashboard_name=dashboard_name, widgets=rows)


def _drift(monitor: EndpointMonitor) -> list[cloudwatch.IWidget]:
    """Of what its engine measures: a graph that stays empty looks like a monitor that is silent."""
    found: list[cloudwatch.IWidget] = []
    if MonitorMetric.DRIFT_RATIO in monitor.measures:
        found.append(_ratio(monitor))
    found.append(_graph(f"{monitor.kind}: violations", monitor.metric(MonitorMetric.VIOLATIONS)))
    counted = [metric for metric in _RECORDS if metric in monitor.measures]
    if counted:
        found.append(_graph(f"{monitor.kind}: records", *map(monitor.metric, counted)))
    return found


def _ratio(monitor: EndpointMonitor) -> cloudwatch.IWidget:
    limit = cloudwatch.HorizontalAnnotation(value=1, label="threshold")
    return cloudwatch.GraphWidget(
        title=f"{monitor.kind}: largest distance by its threshold",
        left=[monitor.metric(MonitorMetric.DRIFT_RATIO)],
        left_annotations=[limit],
        left_y_axis=cloudwatch.YAxisProps(min=0),
        width=_A_THIRD,
    )


def _serving(endpoint_name: str) -> list[cloudwatch.IWidget]:
    return [
        _graph("invocations", EndpointMetric.INVOCATIONS.of(endpoint_name)),
        _graph(
            "errors",
            EndpointMetric.CLIENT_ERRORS.of(endpoint_name),
            EndpointMetric.SERVER_ERRORS.of(endpoint_name),
        ),
        _graph(
            "latency in microseconds",
            EndpointMetric.MODEL_LATENCY.of(endpoint_name),
            EndpointMetric.OVERHEAD_LATENCY.of(endpoint_name),
        ),
    ]


def _training(pipeline_name: str) -> list[cloudwatch.IWidget]:
    runs = (PipelineMetric.STARTED, PipelineMetric.SUCCEEDED, PipelineMetric.FAILED)
    return [
        _graph("training runs", *(run.of(pipeline_name) for run in runs)),
        _graph("duration of training in milliseconds", PipelineMetric.DURATION.of(pipeline_name)),
    ]


def _graph(title: str, *metrics: cloudwatch.Metric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title,
        left=list(metrics),
        left_y_axis=cloudwatch.YAxisProps(min=0),
        width=_A_THIRD,
    )
