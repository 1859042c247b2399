"""A model's monitoring: monitors on either engine, their alarms, and a dashboard."""

from mlops_constructs.monitoring.alarms import MonitorAlarms, drift_alarm_name
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
from mlops_constructs.monitoring.settings import DataQuality, MonitorSettings

__all__ = [
    "NAMESPACE",
    "DataQuality",
    "EndpointMonitor",
    "Engine",
    "ModelDashboard",
    "ModelMonitor",
    "ModelMonitorEngine",
    "MonitorAlarms",
    "MonitorMetric",
    "MonitorSettings",
    "MonitoredEndpoint",
    "MonitoringSchedule",
    "OpenEngine",
    "OpenMonitor",
    "drift_alarm_name",
    "monitor_name",
    "monitor_problems",
]
