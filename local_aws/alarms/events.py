"""CloudWatch's events, in the shapes of
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

from typing import Any

from local_aws.alarms.alarm import COMPOSITE, Alarm, State
from local_aws.alarms.reasons import timestamp
from local_aws.core.events import emit

_STATE_CHANGE = "CloudWatch Alarm State Change"
_CONFIGURATION_CHANGE = "CloudWatch Alarm Configuration Change"
# Such alarms follow the traffic, minute by minute; their names are AWS's.
_OF_TARGET_TRACKING = "TargetTracking-"
_SUPPRESSORS = {
    "actionsSuppressor": "ActionsSuppressor",
    "actionsSuppressorWaitPeriod": "ActionsSuppressorWaitPeriod",
    "actionsSuppressorExtensionPeriod": "ActionsSuppressorExtensionPeriod",
}
_RULE = {
    "evaluationPeriods": "EvaluationPeriods",
    "datapointsToAlarm": "DatapointsToAlarm",
    "threshold": "Threshold",
    "comparisonOperator": "ComparisonOperator",
    "treatMissingData": "TreatMissingData",
}
_ACTIONS = {
    "okActions": "OKActions",
    "alarmActions": "AlarmActions",
    "insufficientDataActions": "InsufficientDataActions",
}


def state_changed(alarm: Alarm, before: State, after: State) -> None:
    """Tell the event bus of another state, also where actions are suppressed or disabled."""
    configuration = {"description": alarm.configuration.get("AlarmDescription"), **_watched(alarm)}
    _emit(
        alarm,
        _STATE_CHANGE,
        {
            "alarmName": alarm.name,
            "configuration": _present(configuration),
            "previousState": _state(before),
            "state": _state(after),
        },
    )


def configuration_changed(
    alarm: Alarm, operation: str, previous: dict[str, Any] | None = None
) -> None:
    """Tell the event bus that an alarm was made (`create`), changed or deleted.

    Args:
        alarm: As it is now.
        operation: `create`, `update` or `delete`.
        previous: What `configuration` gave before an update.
    """
    told = {"value": alarm.state.value, "timestamp": timestamp(alarm.state.updated)}
    detail = {
        "alarmName": alarm.name,
        "operation": operation,
        "state": _present({"actionsSuppressedBy": alarm.state.suppressed_by, **told}),
        "configuration": configuration(alarm),
        "previousConfiguration": previous,
    }
    _emit(alarm, _CONFIGURATION_CHANGE, detail)


def configuration(alarm: Alarm) -> dict[str, Any]:
    """An alarm's whole configuration, as the events of its changes have it."""
    given = alarm.configuration
    return _present(
        {
            **{name: _number(given.get(member)) for name, member in _RULE.items()},
            **_watched(alarm),
            "alarmName": alarm.name,
            "description": given.get("AlarmDescription"),
            "actionsEnabled": given["ActionsEnabled"],
            "timestamp": timestamp(alarm.configured),
            **{name: given[member] for name, member in _ACTIONS.items()},
        }
    )


def _watched(alarm: Alarm) -> dict[str, Any]:
    given = alarm.configuration
    if alarm.kind == COMPOSITE:
        suppressors = {name: given.get(member) for name, member in _SUPPRESSORS.items()}
        return {"alarmRule": given["AlarmRule"], **suppressors}
    if "Metrics" in given:
        return {"metrics": [_query(each) for each in given["Metrics"]]}
    stat = given.get("Statistic") or given["ExtendedStatistic"]
    single = {**given, "Metric": given, "Stat": stat}
    return {"metrics": [_query({"Id": alarm.metric_id, "MetricStat": single})]}


def _query(given: dict[str, Any]) -> dict[str, Any]:
    told = {
        "id": given["Id"],
        "expression": given.get("Expression"),
        "label": given.get("Label"),
        "metricStat": _stat(given["MetricStat"]) if "MetricStat" in given else None,
        "returnData": given.get("ReturnData", True),
    }
    return _present(told)


def _stat(given: dict[str, Any]) -> dict[str, Any]:
    metric = given["Metric"]
    dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions") or ()}
    named = {
        "namespace": metric["Namespace"],
        "name": metric["MetricName"],
        "dimensions": dimensions,
    }
    told = {"metric": named, "period": given["Period"], "stat": given["Stat"]}
    return _present({**told, "unit": given.get("Unit")})


def _state(state: State) -> dict[str, Any]:
    by = state.suppressed_by
    return _present(
        {
            "actionsSuppressedBy": by,
            "actionsSuppressedReason": by and f"Actions suppressed by {by}",
            "value": state.value,
            "reason": state.reason,
            "reasonData": state.data,
            "timestamp": timestamp(state.updated),
        }
    )


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _emit(alarm: Alarm, detail_type: str, detail: dict[str, Any]) -> None:
    counted = not alarm.name.startswith(_OF_TARGET_TRACKING)
    emit(detail_type, detail, [alarm.arn], source="aws.cloudwatch", counted=counted)
