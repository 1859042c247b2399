"""DescribeAlarms, DescribeAlarmsForMetric, DescribeAlarmHistory."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local_aws.alarms.alarm import ALARMS, COMPOSITE, METRIC, Alarm, find, remembered
from local_aws.alarms.composites import children
from local_aws.clock import clock
from local_aws.core.errors import ApiError, ValidationException
from local_aws.core.listing import seconds
from local_aws.core.operations import operation
from local_aws.core.request import Request

SERVICE = "cloudwatch"
_PAGE_SIZE = 50
_REMEMBERED_SECONDS = 14 * 86400
_FAMILY = ("ChildrenOfAlarmName", "ParentsOfAlarmName")
_ALONE = (*_FAMILY, "AlarmNames", "AlarmNamePrefix", "AlarmTypes", "StateValue", "ActionPrefix")


@operation(SERVICE, "DescribeAlarms")
def describe_alarms(request: Request) -> dict[str, Any]:
    """Alarms by name; metric alarms only, unless AlarmTypes names the others."""
    given = {name: request[name] for name in _ALONE if name in request}
    size, token = request.get("MaxRecords", _PAGE_SIZE), request.get("NextToken", "")
    family = [name for name in _FAMILY if name in given]
    if len(given) > 1 and family:
        raise ValidationException(f"{family[0]} can't be given together with other filters")
    if "AlarmNames" in given and "AlarmNamePrefix" in given:
        raise ValidationException("AlarmNames can't be given together with AlarmNamePrefix")
    found = _relatives(given) if family else [x for x in ALARMS.values() if _asked(x, given)]
    found = sorted((x for x in found if x.name >= token), key=lambda alarm: alarm.name)
    page, rest = found[:size], found[size:]
    show: Callable[[Alarm], dict[str, Any]] = _brief if family else described
    answer: dict[str, Any] = {
        f"{kind}s": [show(alarm) for alarm in page if alarm.kind == kind]
        for kind in (METRIC, COMPOSITE)
    }
    return {**answer, "NextToken": rest[0].name if rest else None}


@operation(SERVICE, "DescribeAlarmsForMetric")
def describe_alarms_for_metric(request: Request) -> dict[str, Any]:
    """The alarms on one metric, with these dimensions and no others; alarms on math are none."""
    wanted = {name: request[name] for name in ("MetricName", "Namespace")}
    for name in ("Statistic", "ExtendedStatistic", "Period", "Unit"):
        if name in request:
            wanted[name] = request[name]
    dimensions = _dimensions(request)
    found = [
        described(alarm)
        for alarm in ALARMS.values()
        if all(alarm.configuration.get(name) == value for name, value in wanted.items())
        and _dimensions(alarm.configuration) == dimensions
    ]
    return {"MetricAlarms": found}


@operation(SERVICE, "DescribeAlarmHistory")
def describe_alarm_history(request: Request) -> dict[str, Any]:
    """What happened to alarms in the last two weeks, newest first unless ScanBy says else."""
    kinds = list(request.get("AlarmTypes") or (METRIC,))
    name, item = request.get("AlarmName"), request.get("HistoryItemType")
    start = max(seconds(request.get("StartDate", 0)), clock.now() - _REMEMBERED_SECONDS)
    end = seconds(request.get("EndDate", clock.now()))
    size, token = request.get("MaxRecords", _PAGE_SIZE), request.get("NextToken")
    newest_first = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    entries = [
        (number, each)
        for number, each in enumerate(remembered())
        if each.kind in kinds
        and name in (None, each.alarm)
        and item in (None, each.item)
        and start <= each.time <= end
    ]
    ordered = list(reversed(entries)) if newest_first else entries
    first = _position(token, [number for number, _ in ordered])
    page, rest = ordered[first : first + size], ordered[first + size :]
    items = [
        {
            "AlarmName": each.alarm,
            "AlarmType": each.kind,
            "Timestamp": each.time,
            "HistoryItemType": each.item,
            "HistorySummary": each.summary,
            "HistoryData": each.data,
        }
        for _, each in page
    ]
    return {"AlarmHistoryItems": items, "NextToken": str(rest[0][0]) if rest else None}


def described(alarm: Alarm) -> dict[str, Any]:
    """An alarm as DescribeAlarms has it."""
    state = alarm.state
    suppressed = state.suppressed_by and f"Actions suppressed by {state.suppressed_by}"
    return {
        **alarm.configuration,
        "AlarmArn": alarm.arn,
        "AlarmConfigurationUpdatedTimestamp": alarm.configured,
        **_brief(alarm),
        "StateReason": state.reason,
        "StateReasonData": state.data,
        "StateTransitionedTimestamp": state.transitioned,
        "ActionsSuppressedBy": state.suppressed_by,
        "ActionsSuppressedReason": suppressed,
    }


def _brief(alarm: Alarm) -> dict[str, Any]:
    return {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "StateValue": alarm.state.value,
        "StateUpdatedTimestamp": alarm.state.updated,
    }


def _asked(alarm: Alarm, given: Mapping[str, Any]) -> bool:
    actions = ("OKActions", "AlarmActions", "InsufficientDataActions")
    return (
        alarm.kind in (given.get("AlarmTypes") or (METRIC,))
        and ("AlarmNames" not in given or alarm.name in given["AlarmNames"])
        and alarm.name.startswith(given.get("AlarmNamePrefix", ""))
        and given.get("StateValue") in (None, alarm.state.value)
        and (
            "ActionPrefix" not in given
            or any(
                each.startswith(given["ActionPrefix"])
                for member in actions
                for each in alarm.configuration[member]
            )
        )
    )


def _relatives(given: Mapping[str, Any]) -> list[Alarm]:
    if "ChildrenOfAlarmName" in given:
        names = children(find(given["ChildrenOfAlarmName"]))
        return [alarm for name in names if (alarm := ALARMS.get(name))]
    child = find(given["ParentsOfAlarmName"]).name
    return [alarm for alarm in ALARMS.values() if child in children(alarm)]


def _dimensions(given: Mapping[str, Any]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in given.get("Dimensions") or ()}


def _position(token: str | None, numbers: Sequence[int]) -> int:
    if token is None:
        return 0
    if not token.isdigit() or int(token) not in numbers:
        raise ApiError(f"Invalid NextToken : {token}", code="InvalidNextToken")
    return numbers.index(int(token))
