"""A model's monitoring: monitors on either engine, their alarms, and a dashboard."""

from mlops_constructs.monitoring.alarms import DegradedAlarm, MonitorAlarms, drift_alarm_name
from mlops_constructs.monitoring.batch_fit import batch_monitor_problems
from mlops_constructs.monitoring.batch_transforms import BatchTransforms
from mlops_constructs.monitoring.dashboard import ModelDashboard
from mlops_constructs.monitoring.endpoint_monitor import EndpointMonitor
from mlops_constructs.monitoring.engine import Engine, ModelMonitorEngine, OpenEngine
from mlops_constructs.monitoring.metrics import NAMESPACE, MonitorMetric
from mlops_constructs.monitoring.model_monitor import ModelMonitor
from mlops_constructs.monitoring.monitored_endpoint import (
    MonitoredEndpoint,
    monitor_name,
    monitor_problems,
)
from mlops_constructs.monitoring.monitoring_schedule import MonitoringSchedule
from mlops_constructs.monitoring.open_monitor import OpenMonitor
from mlops_constructs.monitoring.settings import (
    Attribution,
    Bias,
    DataQuality,
    Facet,
    LabelledSettings,
    ModelQuality,
    MonitorSettings,
)

__all__ = [
    "NAMESPACE",
    "Attribution",
    "BatchTransforms",
    "Bias",
    "DataQuality",
    "DegradedAlarm",
    "EndpointMonitor",
    "Engine",
    "Facet",
    "LabelledSettings",
    "ModelDashboard",
    "ModelMonitor",
    "ModelMonitorEngine",
    "ModelQuality",
    "MonitorAlarms",
    "MonitorMetric",
    "MonitorSettings",
    "MonitoredEndpoint",
    "MonitoringSchedule",
    "OpenEngine",
    "OpenMonitor",
    "batch_monitor_problems",
    "drift_alarm_name",
    "monitor_name",
    "monitor_problems",
]
