"""Inputs for CloudWatch's operations on alarms, which refuse members that exclude each other."""

from typing import Any

from tests.local_aws.maximal import maximal

Input = dict[str, Any]
SERVICE = "cloudwatch"
ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")
ONE_METRIC = ("MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic")


def alarms(name: str, topic: str) -> dict[tuple[str, str], list[Input]]:
    """Alarms of each kind, which tell a topic, with tags, and a change of their states.

    Args:
        name: What the names of all of them begin with.
        topic: The ARN of the topic.
    """
    single, composite = f"{name}-single", f"{name}-composite"
    metric = [
        {**each, "AlarmName": f"{name}-{kind}"} for kind, each in _metric_alarms(topic).items()
    ]
    rule = {
        **_with_actions("PutCompositeAlarm", topic),
        "AlarmName": composite,
        "AlarmRule": f'ALARM("{single}")',
        "ActionsSuppressor": f"{name}-percentile",
    }
    state = {**maximal(SERVICE, "SetAlarmState"), "StateValue": "ALARM", "StateReasonData": "{}"}
    tags = {**maximal(SERVICE, "TagResource"), "ResourceARN": f"{ARN}{single}"}
    return {
        (SERVICE, "PutMetricAlarm"): metric,
        (SERVICE, "PutCompositeAlarm"): [rule],
        (SERVICE, "SetAlarmState"): [
            {**state, "AlarmName": each["AlarmName"]} for each in (*metric, rule)
        ],
        (SERVICE, "TagResource"): [tags],
        (SERVICE, "PutDashboard"): [
            {**maximal(SERVICE, "PutDashboard"), "DashboardBody": '{"widgets": []}'}
        ],
    }


def _metric_alarms(topic: str) -> dict[str, Input]:
    """One on a statistic, one on a percentile, and one on an expression."""
    given = {
        **_with_actions("PutMetricAlarm", topic),
        **{"Period": 60, "EvaluationPeriods": 1, "DatapointsToAlarm": 1},
        **{"TreatMissingData": "missing", "ExtendedStatistic": "p99"},
        "EvaluateLowSampleCountPercentile": "ignore",
    }
    percentile = {name: value for name, value in given.items() if name != "Metrics"}
    del percentile["Statistic"]
    both = {name: value for name, value in given.items() if not name.startswith("Ex")}
    del both["EvaluateLowSampleCountPercentile"]
    (query,) = both["Metrics"]
    stat = {**query["MetricStat"], "Period": 60, "Stat": "Sum"}
    told = {name: query[name] for name in ("Id", "Label", "ReturnData")}
    math = {name: value for name, value in both.items() if name not in ONE_METRIC}
    math["Metrics"] = [
        {**told, "Id": "m", "MetricStat": stat, "ReturnData": False},
        {**told, "Id": "e", "Expression": "m * 2"},
    ]
    del both["Metrics"]
    return {"single": both, "percentile": percentile, "math": math}


def _with_actions(action: str, topic: str) -> Input:
    return {**maximal(SERVICE, action), **{member: [topic] for member in ACTIONS}}
