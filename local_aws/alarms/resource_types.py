"""AWS::CloudWatch::Alarm, ::CompositeAlarm and ::Dashboard for CloudFormation."""

from typing import Any

from local_aws.alarms.alarm import COMPOSITE, METRIC, AlarmNotFound, alarm_arn, find
from local_aws.core.cloudformation import Properties, ResourceType, register
from local_aws.core.tags import TAGS
from local_aws.ministack import dashboards


def _read_alarm(names: Properties, kind: str) -> dict[str, Any]:
    alarm = find(names["AlarmName"])
    if alarm.kind != kind:
        raise AlarmNotFound(f"{alarm.name} is a {alarm.kind}", status=404)
    return {**alarm.configuration, "Arn": alarm.arn}


def _read_dashboard(names: Properties) -> dict[str, Any]:
    name = names["DashboardName"]
    if not dashboards.exists(name):
        raise AlarmNotFound(f"Dashboard {name} does not exist", status=404)
    return names


def _replace_tags(before: Properties, after: Properties) -> None:
    """PutMetricAlarm ignores the tags of an alarm that exists; a stack changes them still."""
    TAGS.put(alarm_arn(after["AlarmName"]), after.get("Tags") or ())


def _replace_dashboard_tags(before: Properties, after: Properties) -> None:
    TAGS.put(dashboards.arn(after["DashboardName"]), after.get("Tags") or ())


def _named_alarm(names: Properties) -> Properties:
    return {"AlarmNames": [names["AlarmName"]]}


def _named_dashboard(names: Properties) -> Properties:
    return {"DashboardNames": [names["DashboardName"]]}


register(
    ResourceType(
        name="AWS::CloudWatch::Alarm",
        service="cloudwatch",
        identifier=("AlarmName",),
        create="PutMetricAlarm",
        update="PutMetricAlarm",
        delete="DeleteAlarms",
        read=lambda names: _read_alarm(names, METRIC),
        finish=_replace_tags,
        named=_named_alarm,
        refuses_existing=True,
    )
)
register(
    ResourceType(
        name="AWS::CloudWatch::CompositeAlarm",
        service="cloudwatch",
        identifier=("AlarmName",),
        create="PutCompositeAlarm",
        update="PutCompositeAlarm",
        delete="DeleteAlarms",
        read=lambda names: _read_alarm(names, COMPOSITE),
        finish=_replace_tags,
        named=_named_alarm,
        refuses_existing=True,
    )
)
register(
    ResourceType(
        name="AWS::CloudWatch::Dashboard",
        service="cloudwatch",
        identifier=("DashboardName",),
        create="PutDashboard",
        update="PutDashboard",
        delete="DeleteDashboards",
        read=_read_dashboard,
        finish=_replace_dashboard_tags,
        named=_named_dashboard,
        refuses_existing=True,
    )
)
