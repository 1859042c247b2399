"""AWS's own metrics: what its pages say of them, in one place."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch

from mlops_constructs.monitoring import MonitorSettings, aws_metrics
from mlops_constructs.monitoring.aws_metrics import PUBLISHED, headline
from tests.conftest import ROOT
from tests.constructs_library.someones_app import new_stack, the
from tests.constructs_library.someones_app import synthesized as template_of
from tests.monitoring_stack.on_model_monitor import BIAS, KINDS, QUALITY

# The text of AWS's pages, by kind: namespaces of endpoints and batch transforms, and dimensions.
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-cw.html
# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-cw.html
# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-feature-attribute-drift-cw.html
SAID = {
    "model-quality": (
        "aws/sagemaker/Endpoints/model-metrics", "aws/sagemaker/ModelMonitoring/model-metrics",
        None,
    ),
    "bias": (
        "aws/sagemaker/Endpoints/bias-metrics", "aws/sagemaker/ModelMonitoring/bias-metrics",
        "Endpoint MonitoringSchedule BiasStage Label LabelValue Facet FacetValue",
    ),
    "attribution": (
        "aws/sagemaker/Endpoints/explainability-metrics",
        "aws/sagemaker/ModelMonitoring/explainability-metrics",
        "Endpoint MonitoringSchedule ExplainabilityMethod Label ValueType",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SAID)
def test_namespaces_and_dimensions_are_those_of_aws_pages(kind: str):
    published, (endpoints, transforms, dimensions) = PUBLISHED[kind], SAID[kind]
    assert (published.of_endpoints, published.of_transforms) == (endpoints, transforms)
    if dimensions is None:
        assert published.doubt is not None
    else:
        assert published.dimensions == tuple(dimensions.split())


def test_where_aws_pages_disagree_is_flagged_with_both():
    doubt = PUBLISHED["data-quality"].doubt
    assert doubt is not None
    assert "/aws/sagemaker/Endpoints/data-metric with EndpointName and ScheduleName" in doubt
    assert "/aws/sagemaker/Endpoint/data-metrics with Endpoint and MonitoringSchedule" in doubt


def test_every_kind_has_its_metrics_and_no_other_file_names_them():
    assert PUBLISHED.keys() == {settings.kind for settings in KINDS.values()}
    own = Path(aws_metrics.__file__)
    folder = ROOT / "constructs" / "mlops_constructs"
    names = re.compile(r"/(data|model|bias|explainability)-metrics?\b")
    found = [path for path in folder.rglob("*.py") if names.search(path.read_text())]
    assert found == [own]


def shown(settings: MonitorSettings, *, of_transforms: bool = False) -> list[Any]:
    """The headline as a dashboard writes it."""
    metric = headline(settings, endpoint_name="churn", of_transforms=of_transforms)
    assert metric is not None
    stack: Stack = new_stack()
    graph = cloudwatch.GraphWidget(left=[metric])
    cloudwatch.Dashboard(stack, "Board", widgets=[[graph]])
    body = the(template_of(stack), "AWS::CloudWatch::Dashboard")["Properties"]["DashboardBody"]
    text = "".join(part if isinstance(part, str) else "x" for part in body["Fn::Join"][1])
    [widget] = json.loads(text)["widgets"]
    [line] = widget["properties"]["metrics"]
    return list(line)


@pytest.mark.parametrize(
    ("problem", "name"),
    [
        ("BinaryClassification", "auc"),
        ("MulticlassClassification", "weighted_f1"),
        ("Regression", "rmse"),
    ],
)
def test_the_headline_of_quality_is_the_figure_that_says_most(problem: str, name: str):
    line = shown(QUALITY.model_copy(update={"problem_type": problem}))
    assert line[:6] == [
        "aws/sagemaker/Endpoints/model-metrics", name,
        "Endpoint", "churn", "MonitoringSchedule", "churn-model-quality",
    ]  # fmt: skip


def test_the_headline_of_bias_is_a_line_for_each_facet():
    [line] = shown(BIAS)
    assert line["expression"] == (
        "SEARCH('{aws/sagemaker/Endpoints/bias-metrics,Endpoint,MonitoringSchedule,BiasStage,Label,"
        'LabelValue,Facet,FacetValue} MetricName="bias_metric_DPPL" '
        "MonitoringSchedule=\"churn-bias\"', 'Average', 3600)"
    )


def test_the_headline_of_attribution_is_a_line_for_each_feature():
    [line] = shown(KINDS["ModelExplainability"])
    assert 'ValueType="GlobalShapValues"' in line["expression"]
    assert 'MonitoringSchedule="churn-attribution"' in line["expression"]


def test_headlines_of_batch_transforms_name_no_endpoint():
    line = shown(QUALITY, of_transforms=True)
    assert line[0] == "aws/sagemaker/ModelMonitoring/model-metrics"
    assert line[2:4] == ["MonitoringSchedule", "churn-model-quality"]
    [line] = shown(KINDS["ModelExplainability"], of_transforms=True)
    begin = "SEARCH('{aws/sagemaker/ModelMonitoring/explainability-metrics,MonitoringSchedule,"
    assert line["expression"].startswith(begin)


def test_data_quality_has_none_since_its_metrics_are_off():
    assert headline(KINDS["DataQuality"], endpoint_name="churn") is None
