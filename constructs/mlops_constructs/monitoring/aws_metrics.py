"""The metrics that Model Monitor puts by itself: where they lie, and what they are called.

Nothing rings for them: they are shown, and that is all. AWS's pages disagree on some of it
(`PublishedMetrics.doubt`) and none of it was seen on AWS, so whoever runs this engine looks once,
with `aws cloudwatch list-metrics --namespace <namespace>`, and mends what differs here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from mlops_constructs.monitoring.monitored_endpoint import monitor_name
from mlops_constructs.monitoring.settings import (
    Attribution,
    Bias,
    DataQuality,
    ModelQuality,
    MonitorSettings,
    ProblemType,
)


@dataclass(frozen=True, kw_only=True)
class PublishedMetrics:
    """The metrics of one kind of monitor.

    Attributes:
        of_endpoints: Their namespace for endpoints.
        of_transforms: Their namespace for batch transforms.
        names: How they are called, for a reader.
        dimensions: Each metric has all of these; of batch transforms all but `Endpoint`.
        source: The page that says so.
        doubt: What another page says, or what none says; None if nothing is in doubt.
    """

    of_endpoints: str
    of_transforms: str
    names: str
    dimensions: tuple[str, ...]
    source: str
    doubt: str | None = None

    def where(self, *, of_transforms: bool) -> tuple[str, tuple[str, ...]]:
        """Namespace and dimensions of the metrics of an endpoint, or of batch transforms."""
        if of_transforms:
            return self.of_transforms, tuple(n for n in self.dimensions if n != "Endpoint")
        return self.of_endpoints, self.dimensions


_PAGES: Final = "https://docs.aws.amazon.com/sagemaker/latest/dg/"

PUBLISHED: Final[Mapping[str, PublishedMetrics]] = {
    DataQuality.kind: PublishedMetrics(
        of_endpoints="aws/sagemaker/Endpoints/data-metrics",
        of_transforms="aws/sagemaker/ModelMonitoring/data-metrics",
        names="feature_data_<f>, feature_non_null_<f>, feature_baseline_drift_<f>",
        dimensions=("Endpoint", "MonitoringSchedule"),
        source="code of AWS's own samples",
        doubt=(
            f"{_PAGES}model-monitor-interpreting-cloudwatch.html says"
            " /aws/sagemaker/Endpoints/data-metric with EndpointName and ScheduleName;"
            f" {_PAGES}model-monitor-byoc-cloudwatch.html says"
            " /aws/sagemaker/Endpoint/data-metrics with Endpoint and MonitoringSchedule"
        ),
    ),
    ModelQuality.kind: PublishedMetrics(
        of_endpoints="aws/sagemaker/Endpoints/model-metrics",
        of_transforms="aws/sagemaker/ModelMonitoring/model-metrics",
        names="auc, recall, f1, weighted_f1, rmse, ... as in statistics.json",
        dimensions=("Endpoint", "MonitoringSchedule"),
        source=f"{_PAGES}model-monitor-model-quality-cw.html",
        doubt="that page gives no dimensions; these are those of the other kinds",
    ),
    Bias.kind: PublishedMetrics(
        of_endpoints="aws/sagemaker/Endpoints/bias-metrics",
        of_transforms="aws/sagemaker/ModelMonitoring/bias-metrics",
        names="bias_metric_<short name>, such as bias_metric_DPPL",
        dimensions=(
            "Endpoint", "MonitoringSchedule", "BiasStage", "Label", "LabelValue", "Facet",
            "FacetValue",
        ),
        source=f"{_PAGES}clarify-model-monitor-bias-drift-cw.html",
    ),
    Attribution.kind: PublishedMetrics(
        of_endpoints="aws/sagemaker/Endpoints/explainability-metrics",
        of_transforms="aws/sagemaker/ModelMonitoring/explainability-metrics",
        names="feature_<f> (ValueType GlobalShapValues), ExpectedValue",
        dimensions=("Endpoint", "MonitoringSchedule", "ExplainabilityMethod", "Label", "ValueType"),
        source=f"{_PAGES}clarify-feature-attribute-drift-cw.html",
    ),
}  # fmt: skip
"""By kind of monitor."""

QUALITY_HEADLINES: Final[Mapping[ProblemType, str]] = {
    "BinaryClassification": "auc",
    "MulticlassClassification": "weighted_f1",
    "Regression": "rmse",
}
"""What says most about a model's quality.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
"""

BIAS_HEADLINE: Final = "bias_metric_DPPL"
"""Difference in positive proportions in predicted labels: it needs no labels, so it is always
there. https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-dppl.html
"""

_BY_THE_HOUR: Final = Duration.hours(1)


def headline(
    settings: MonitorSettings, *, endpoint_name: str, of_transforms: bool = False
) -> cloudwatch.IMetric | None:
    """What a dashboard shows of a monitor on Model Monitor, by the hour.

    Of bias one line for each facet, of attribution one for each feature: their dimensions hold
    values that only AWS's job knows how to write, so they are searched for, which a dashboard may
    do and an alarm may not. A monitor of data quality has none: its metrics are switched off.
    """
    match settings:
        case ModelQuality():
            namespace, dimensions = PUBLISHED[settings.kind].where(of_transforms=of_transforms)
            values = {
                "Endpoint": endpoint_name,
                "MonitoringSchedule": monitor_name(endpoint_name, settings.kind),
            }
            return cloudwatch.Metric(
                namespace=namespace,
                metric_name=QUALITY_HEADLINES[settings.problem_type],
                dimensions_map={name: values[name] for name in dimensions},
                statistic="Average",
                period=_BY_THE_HOUR,
            )
        case Bias():
            which = f'MetricName="{BIAS_HEADLINE}"'
        case Attribution():
            which = 'ValueType="GlobalShapValues"'
        case _:
            return None
    where = PUBLISHED[settings.kind].where(of_transforms=of_transforms)
    return _search(where, monitor_name(endpoint_name, settings.kind), which)


def _search(
    where: tuple[str, tuple[str, ...]], schedule: str, which: str
) -> cloudwatch.MathExpression:
    namespace, dimensions = where
    schema = ",".join([namespace, *dimensions])
    wanted = f'{{{schema}}} {which} MonitoringSchedule="{schedule}"'
    return cloudwatch.MathExpression(
        expression=f"SEARCH('{wanted}', 'Average', {_BY_THE_HOUR.to_seconds()})",
        using_metrics={},
        label="",
        period=_BY_THE_HOUR,
    )
