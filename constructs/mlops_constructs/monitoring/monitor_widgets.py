"""What a dashboard shows of monitors, each of whose widgets takes a third of its width."""

from collections.abc import Iterator, Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch

from mlops_constructs.monitoring.endpoint_monitor import EndpointMonitor
from mlops_constructs.monitoring.metrics import MonitorMetric

A_THIRD: Final = 8
"""Of the 24 columns of a dashboard."""

_RECORDS = (
    MonitorMetric.RECORDS,
    MonitorMetric.UNREADABLE,
    MonitorMetric.TOO_FEW_RECORDS,
    MonitorMetric.TOO_FEW_LABELS,
)
_HEADLINE = (MonitorMetric.HEADLINE, MonitorMetric.HEADLINE_THRESHOLD)


def row_of(monitor: EndpointMonitor) -> list[cloudwatch.IWidget]:
    """Of what its engine measures: a graph that stays empty looks like a monitor that is silent."""
    return [
        *_headline(monitor),
        graph(f"{monitor.kind}: violations", monitor.metric(MonitorMetric.VIOLATIONS)),
        *_records(monitor),
    ]


def _headline(monitor: EndpointMonitor) -> Iterator[cloudwatch.IWidget]:
    if monitor.measures.issuperset(_HEADLINE):
        yield cloudwatch.GraphWidget(
            title=f"{monitor.kind}: {monitor.headline}, and its threshold",
            left=[monitor.metric(metric) for metric in _HEADLINE],
            width=A_THIRD,
        )
    elif MonitorMetric.DRIFT_RATIO in monitor.measures:
        yield cloudwatch.GraphWidget(
            title=f"{monitor.kind}: largest distance by its threshold",
            left=[monitor.metric(MonitorMetric.DRIFT_RATIO)],
            left_annotations=[cloudwatch.HorizontalAnnotation(value=1, label="threshold")],
            left_y_axis=cloudwatch.YAxisProps(min=0),
            width=A_THIRD,
        )
    elif monitor.aws_headline is not None:
        yield cloudwatch.GraphWidget(
            title=f"{monitor.kind}: as AWS measures it", left=[monitor.aws_headline], width=A_THIRD
        )


def _records(monitor: EndpointMonitor) -> Iterator[cloudwatch.IWidget]:
    counted = [monitor.metric(metric) for metric in _RECORDS if metric in monitor.measures]
    if not counted:
        return
    if MonitorMetric.LABEL_COVERAGE not in monitor.measures:
        yield graph(f"{monitor.kind}: records", *counted)
        return
    yield cloudwatch.GraphWidget(
        title=f"{monitor.kind}: records, and for which share there are labels",
        left=counted,
        left_y_axis=cloudwatch.YAxisProps(min=0),
        right=[monitor.metric(MonitorMetric.LABEL_COVERAGE)],
        right_y_axis=cloudwatch.YAxisProps(min=0, max=1),
        width=A_THIRD,
    )


def ages(monitors: Sequence[EndpointMonitor]) -> Iterator[cloudwatch.IWidget]:
    """How old what they compare with is, if any of them tells; CloudWatch takes no empty graph."""
    days = [
        monitor.metric(MonitorMetric.BASELINE_AGE)
        for monitor in monitors
        if MonitorMetric.BASELINE_AGE in monitor.measures
    ]
    if days:
        yield graph("age of the baselines in days", *days)


def graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    """Lines that begin at zero."""
    return cloudwatch.GraphWidget(
        title=title,
        left=list(metrics),
        left_y_axis=cloudwatch.YAxisProps(min=0),
        width=A_THIRD,
    )
