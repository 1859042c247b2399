"""An endpoint in an app that is not Perennial, and what watches it."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_sns as sns

from mlops_constructs.monitoring import (
    Attribution,
    Bias,
    DataQuality,
    EndpointMonitor,
    Facet,
    ModelMonitorEngine,
    ModelQuality,
    MonitoredEndpoint,
    MonitorSettings,
    OpenEngine,
)
from mlops_constructs.slot_content import SlotContent
from mlops_constructs.version_files import VersionFiles
from tests.constructs_library.someones_app import new_stack, own_storage, synthesized

ACCOUNTS = {
    "us-east-1": {
        "SklearnAccount": "683313688378",
        "XgboostAccount": "683313688378",
        "ModelMonitorAccount": "156813124566",
        "ClarifyAccount": "205585389593",
    },
    "ap-south-2": {"SklearnAccount": "628508329040"},
}
OPEN, MODEL_MONITOR = OpenEngine(), ModelMonitorEngine()
NAME = "churn-data-quality"
QUALITY = ModelQuality(ground_truth_prefix="said/churn", problem_type="BinaryClassification")
BIAS = Bias(
    ground_truth_prefix="said/churn",
    label="left",
    favourable=("0",),
    facets=(Facet(name="age", values=("old", "very old")),),
)
EACH: tuple[MonitorSettings, ...] = (DataQuality(), QUALITY, BIAS, Attribution())
"""A monitor of each kind."""


def endpoint_in(stack: Stack, **changed: Any) -> MonitoredEndpoint:
    """The endpoint `churn`, whose slot is `/mine/churn/slot`."""
    slot, storage = SlotContent(stack, slot_name="/mine/churn/slot"), own_storage(stack)
    given: dict[str, Any] = {
        "name": "churn",
        "capture_percent": 100,
        "storage": storage,
        "versions": VersionFiles(bucket=storage.artifacts, prefix="churn"),
        "baseline_uri": slot.baseline_uri,
        "condition": slot.has_model,
        "label_bucket": storage.data,
    }
    return MonitoredEndpoint(**(given | changed))


def monitor_in(
    stack: Stack, engine: OpenEngine | ModelMonitorEngine = OPEN, **changed: Any
) -> EndpointMonitor:
    """One of its monitors, by default of data quality, on either engine."""
    given: dict[str, Any] = {
        "settings": DataQuality(),
        "endpoint": changed.pop("endpoint", None) or endpoint_in(stack),
        "image_accounts": ACCOUNTS,
        "topic": sns.Topic(stack, "Topic"),
    }
    return EndpointMonitor(stack, "Watch", engine=engine, **(given | changed))


def template_of(engine: OpenEngine | ModelMonitorEngine, **changed: Any) -> dict[str, Any]:
    """The template of a stack with one monitor."""
    stack = new_stack()
    monitor_in(stack, engine, **changed)
    return synthesized(stack)
