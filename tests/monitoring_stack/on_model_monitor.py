"""Monitors of every kind on Model Monitor, in an app that is not Perennial."""

from dataclasses import replace
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_sns as sns

from mlops_constructs.monitoring import (
    Attribution,
    Bias,
    DataQuality,
    Facet,
    ModelMonitor,
    ModelQuality,
    MonitorSettings,
)
from tests.constructs_library.someones_app import new_stack, synthesized
from tests.monitoring_stack.watched import endpoint_in

ACCOUNTS = {
    "us-east-1": {"ModelMonitorAccount": "156813124566", "ClarifyAccount": "205585389593"},
    "ap-south-2": {"ModelMonitorAccount": "000000000001"},
}
QUALITY = ModelQuality(
    ground_truth_prefix="labels/churn",
    problem_type="BinaryClassification",
    probability_threshold=0.3,
)
BIAS = Bias(
    ground_truth_prefix="labels/churn",
    label="stayed",
    favourable=("1",),
    facets=(Facet(name="sex", values=("f",)),),
    probability_threshold=0.4,
)
KINDS: dict[str, MonitorSettings] = {
    "DataQuality": DataQuality(),
    "ModelQuality": QUALITY,
    "ModelBias": BIAS,
    "ModelExplainability": Attribution(),
}
"""Model Monitor's word for a kind to settings of that kind."""


def surroundings(stack: Stack, **endpoint: Any) -> dict[str, Any]:
    """What a monitor of the endpoint `churn`, which has labels, is given besides its settings."""
    made = endpoint_in(stack)
    return {
        "instance_type": "ml.m5.large",
        "endpoint": replace(made, **endpoint),
        "image_accounts": ACCOUNTS,
        "topic": sns.Topic(stack, "Topic"),
    }


def model_monitor_in(stack: Stack, settings: MonitorSettings, **changed: Any) -> ModelMonitor:
    """Such a monitor; `endpoint` has the attributes of the endpoint that differ."""
    given = surroundings(stack, **changed.pop("endpoint", {}))
    return ModelMonitor(stack, "Watch", settings=settings, **(given | changed))


def template_with(settings: MonitorSettings, **changed: Any) -> dict[str, Any]:
    """The template of a stack with such a monitor."""
    stack = new_stack()
    model_monitor_in(stack, settings, **changed)
    return synthesized(stack)
