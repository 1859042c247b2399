"""What a person looks at when asked how a model is doing."""

from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.monitoring.endpoint_monitor import EndpointMonitor
from mlops_constructs.monitoring.monitor_widgets import A_THIRD, ages, graph, row_of
from mlops_constructs.serving.batch_metric import BatchMetric
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.kept import VARIANT
from mlops_constructs.training.training_pipeline import PipelineMetric

_HEIGHT = 6


class ModelDashboard(Construct):
    """What serves and what rings; a row for each monitor; the endpoint; releases and trainings.

    Where there is no endpoint, what there was to score and how that went takes its row.

    Args:
        dashboard_name: Up to 255 letters, digits, hyphens and underscores.
        endpoint_name: What serves.
        pipeline_name: What trains; None in a stage that doesn't.
        monitors: What watches.
        package: ARN of the version that serves, as a slot says it.
        alarm_names: The alarms to show, besides those of the monitors.
        machines: State machines that act for all models of a stage, by what they do.
        batches_scored_by: The pipeline that scores batches, if there is no endpoint.
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
        package: str,
        alarm_names: Sequence[str] = (),
        machines: Mapping[str, str] | None = None,
        batches_scored_by: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dashboard_name = dashboard_name
        rings = [*alarm_names, *(name for monitor in monitors for name in monitor.alarms.names)]
        rows = [
            [_served(endpoint_name, package), self._alarms(rings), *ages(monitors)],
            *map(row_of, monitors),
            *_serving(endpoint_name, batches_scored_by, [*self._executions(machines or {})]),
        ]
        if pipeline_name is not None:
            rows.append(_training(pipeline_name))
        cloudwatch.Dashboard(self, "Resource", dashboard_name=dashboard_name, widgets=rows)

    def _alarms(self, names: Sequence[str]) -> cloudwatch.IWidget:
        """By name, since an alarm that exists under a condition can't be referred to without it."""
        alarms = [
            cloudwatch.Alarm.from_alarm_name(self, f"Alarm{number}", name)
            for number, name in enumerate(names)
        ]
        return cloudwatch.AlarmStatusWidget(
            title="alarms", alarms=alarms, width=A_THIRD, height=_HEIGHT
        )

    def _executions(self, machines: Mapping[str, str]) -> Iterator[cloudwatch.IWidget]:
        for number, (title, name) in enumerate(machines.items()):
            machine = sfn.StateMachine.from_state_machine_name(self, f"Machine{number}", name)
            period = Duration.hours(1)
            yield graph(
                title,
                machine.metric_started(period=period),
                machine.metric_succeeded(period=period),
                machine.metric_failed(period=period),
            )


def _served(endpoint_name: str, package: str) -> cloudwatch.IWidget:
    """A dashboard has no text of its own that changes: this is renewed with the stack."""
    text = f"## {endpoint_name}\nThe slot names this version, and its monitors:\n\n`{package}`"
    return cloudwatch.TextWidget(markdown=text, width=A_THIRD, height=_HEIGHT)


def _serving(
    endpoint_name: str, batches_scored_by: str | None, executions: list[cloudwatch.IWidget]
) -> list[list[cloudwatch.IWidget]]:
    if batches_scored_by is not None:
        return [_scoring(endpoint_name, batches_scored_by), executions]
    return [_answering(endpoint_name), [_releases(endpoint_name), *executions]]


def _scoring(name: str, pipeline_name: str) -> list[cloudwatch.IWidget]:
    ends = (PipelineMetric.STARTED, PipelineMetric.SUCCEEDED, PipelineMetric.FAILED)
    return [
        graph("objects to score", BatchMetric.REQUESTS.of(name), BatchMetric.LATE.of(name)),
        graph("runs that score", *(run.of(pipeline_name) for run in ends)),
        graph("duration of a run in milliseconds", PipelineMetric.DURATION.of(pipeline_name)),
    ]


def _answering(endpoint_name: str) -> list[cloudwatch.IWidget]:
    return [
        graph("invocations", EndpointMetric.INVOCATIONS.of(endpoint_name)),
        graph(
            "errors",
            EndpointMetric.CLIENT_ERRORS.of(endpoint_name),
            EndpointMetric.SERVER_ERRORS.of(endpoint_name),
        ),
        graph(
            "latency in microseconds",
            EndpointMetric.MODEL_LATENCY.of(endpoint_name),
            EndpointMetric.OVERHEAD_LATENCY.of(endpoint_name),
        ),
    ]


def _releases(endpoint_name: str) -> cloudwatch.IWidget:
    """A line for each endpoint config, and so for each release: where one begins, it took over."""
    dimensions = "AWS/SageMaker,EndpointName,VariantName,EndpointConfigName"
    of_this = f'EndpointName="{endpoint_name}" VariantName="{VARIANT}"'
    search = f"SEARCH('{{{dimensions}}} MetricName=\"Invocations\" {of_this}', 'Sum', 3600)"
    lines = cloudwatch.MathExpression(
        expression=search, using_metrics={}, label="", period=Duration.hours(1)
    )
    return cloudwatch.GraphWidget(
        title="releases: invocations by endpoint config",
        left=[lines],
        left_y_axis=cloudwatch.YAxisProps(min=0),
        width=A_THIRD,
    )


def _training(pipeline_name: str) -> list[cloudwatch.IWidget]:
    runs = (PipelineMetric.STARTED, PipelineMetric.SUCCEEDED, PipelineMetric.FAILED)
    return [
        graph("training runs", *(run.of(pipeline_name) for run in runs)),
        graph("duration of training in milliseconds", PipelineMetric.DURATION.of(pipeline_name)),
    ]
