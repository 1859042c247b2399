"""What an alarm does for the state that it is in: messages to SNS topics.

The message's members are the assumption alarm-notification.
"""

import json
from functools import cache
from typing import Any

from local_aws.alarms.alarm import COMPOSITE, Alarm, remember
from local_aws.alarms.reasons import timestamp
from local_aws.core import api
from local_aws.ministack import topics
from local_aws.ministack.scope import account_id, region

_SUBJECT_LENGTH = 100
_STATISTICS = {"SampleCount": "SAMPLE_COUNT"}


def act(alarm: Alarm) -> None:
    """Perform the alarm's actions for the state it is in."""
    for action in alarm.actions():
        if is_scaling_policy(action):
            continue  # who scales listens to the change itself
        where = region_name(region())
        subject = f'{alarm.state.value}: "{alarm.name}" in {where}'[:_SUBJECT_LENGTH]
        topics.publish(action, subject, json.dumps(message(alarm, where)))
        data = {"actionState": "Succeeded", "notificationResource": action, "version": "1.0"}
        remember(alarm, "Action", f"Successfully executed action {action}", json.dumps(data))


def is_scaling_policy(action: str) -> bool:
    """Whether an action is a policy of Application Auto Scaling."""
    return action.startswith("arn:aws:autoscaling:") and ":scalingPolicy:" in action


@cache
def region_name(code: str) -> str:
    """A region as people call it, `US East (N. Virginia)`."""
    loader = api.session().get_component("data_loader")
    for partition in loader.load_data("endpoints")["partitions"]:
        if code in partition["regions"]:
            return str(partition["regions"][code]["description"])
    return code


def message(alarm: Alarm, where: str) -> dict[str, Any]:
    """The notification, as JSON says it."""
    given = alarm.configuration
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": given.get("AlarmDescription"),
        "AWSAccountId": account_id(),
        "AlarmConfigurationUpdatedTimestamp": timestamp(alarm.configured),
        "NewStateValue": alarm.state.value,
        "NewStateReason": alarm.state.reason,
        "StateChangeTime": timestamp(alarm.state.transitioned),
        "Region": where,
        "AlarmArn": alarm.arn,
        "OldStateValue": alarm.before.value,
        "OKActions": given["OKActions"],
        "AlarmActions": given["AlarmActions"],
        "InsufficientDataActions": given["InsufficientDataActions"],
        **(_rule(alarm) if alarm.kind == COMPOSITE else {"Trigger": _trigger(given)}),
    }


def _rule(alarm: Alarm) -> dict[str, Any]:
    triggering = json.loads(alarm.state.data or "{}").get("triggeringAlarms", [])
    children = [
        {
            "Arn": each["arn"],
            "State": {"Value": each["state"]["value"], "Timestamp": each["state"]["timestamp"]},
        }
        for each in triggering
    ]
    return {"AlarmRule": alarm.configuration["AlarmRule"], "TriggeringChildren": children}


def _trigger(given: dict[str, Any]) -> dict[str, Any]:
    if "Metrics" in given:
        metrics = [_metric(each) for each in given["Metrics"]]
        return {**_rule_of_metric(given), "Metrics": metrics}
    return {
        "MetricName": given["MetricName"],
        "Namespace": given["Namespace"],
        **_statistic(given),
        "Unit": given.get("Unit"),
        "Dimensions": _dimensions(given),
        **_rule_of_metric(given),
    }


def _rule_of_metric(given: dict[str, Any]) -> dict[str, Any]:
    names = ("Period", "EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "Threshold")
    return {
        **{name: given[name] for name in names if name in given},
        "TreatMissingData": given.get("TreatMissingData", ""),
        "EvaluateLowSampleCountPercentile": given.get("EvaluateLowSampleCountPercentile", ""),
    }


def _statistic(given: dict[str, Any]) -> dict[str, str]:
    if "ExtendedStatistic" in given:
        extended: str = given["ExtendedStatistic"]
        return {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": extended}
    name: str = given["Statistic"]
    return {"StatisticType": "Statistic", "Statistic": _STATISTICS.get(name, name.upper())}


def _metric(each: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        name: each[name] for name in ("Id", "Expression", "Label") if name in each
    }
    if "MetricStat" in each:
        stat = each["MetricStat"]
        metric = {**stat["Metric"], "Dimensions": _dimensions(stat["Metric"])}
        told["MetricStat"] = {**stat, "Metric": metric}
    return {**told, "ReturnData": each.get("ReturnData", True)}


def _dimensions(given: dict[str, Any]) -> list[dict[str, str]]:
    dimensions = given.get("Dimensions") or ()
    return [{"value": each["Value"], "name": each["Name"]} for each in dimensions]
