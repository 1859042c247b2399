"""Operations on monitoring schedules."""

from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ResourceInUse, ResourceNotFound, ValidationException
from local_aws.core.listing import select
from local_aws.core.operations import dispatch, operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import arn
from local_aws.core.tags import TAGS
from local_aws.monitoring import expressions, firing
from local_aws.monitoring.definition import Definition, read_inline
from local_aws.monitoring.job_definitions import JOB_DEFINITIONS
from local_aws.monitoring.kinds import DATA_QUALITY, KINDS, Kind
from local_aws.monitoring.schedule import SCHEDULES, MonitoringSchedule

_CONFIG = (
    "ScheduleConfig",
    "MonitoringJobDefinition",
    "MonitoringJobDefinitionName",
    "MonitoringType",
)


@operation("sagemaker", "CreateMonitoringSchedule")
def create_monitoring_schedule(request: Request) -> dict[str, Any]:
    """Make a schedule, which is Scheduled from then on.

    Raises:
        ResourceInUse: There is one of this name.
    """
    name = request["MonitoringScheduleName"]
    made = MonitoringSchedule(
        name=name,
        arn=_arn(name),
        **_config(request["MonitoringScheduleConfig"]),
    )
    with SCHEDULES.lock:
        if name in SCHEDULES:
            raise ResourceInUse(f"Monitoring Schedule {made.arn} already exists")
        SCHEDULES.put(name, made)
    firing.arm(made)
    return {"MonitoringScheduleArn": made.arn}


@operation("sagemaker", "UpdateMonitoringSchedule")
def update_monitoring_schedule(request: Request) -> dict[str, Any]:
    """Give a schedule another config; one that was stopped stays stopped."""
    found = _find(request)
    changed = _config(request["MonitoringScheduleConfig"])
    with SCHEDULES.lock:
        for name, value in changed.items():
            setattr(found, name, value)
        found.modified = clock.now()
    firing.arm(found)
    return {"MonitoringScheduleArn": found.arn}


@operation("sagemaker", "DescribeMonitoringSchedule")
def describe_monitoring_schedule(request: Request) -> dict[str, Any]:
    """One schedule, with its newest execution."""
    found = _find(request)
    return {
        "MonitoringScheduleArn": found.arn,
        "MonitoringScheduleName": found.name,
        "MonitoringScheduleStatus": found.status,
        "MonitoringType": found.kind.name,
        "CreationTime": found.created,
        "LastModifiedTime": found.modified,
        "MonitoringScheduleConfig": found.config,
        "EndpointName": found.endpoint,
        "LastMonitoringExecutionSummary": found.last.summary() if found.last else None,
    }


@operation("sagemaker", "ListMonitoringSchedules")
def list_monitoring_schedules(request: Request) -> dict[str, Any]:
    """Schedules by endpoint, definition, type, name, status and time."""
    endpoint, kind = request.get("EndpointName"), request.get("MonitoringTypeEquals")
    definition = request.get("MonitoringJobDefinitionName")
    summaries = [
        {
            "MonitoringScheduleName": each.name,
            "MonitoringScheduleArn": each.arn,
            "CreationTime": each.created,
            "LastModifiedTime": each.modified,
            "MonitoringScheduleStatus": each.status,
            "EndpointName": each.endpoint,
            "MonitoringJobDefinitionName": each.definition_name,
            "MonitoringType": each.kind.name,
        }
        for each in SCHEDULES.values()
        if kind in (None, each.kind.name)
        and endpoint in (None, each.endpoint)
        and definition in (None, each.definition_name)
    ]
    found = select(
        request, summaries, name="MonitoringScheduleName", status="MonitoringScheduleStatus"
    )
    return page(found, request, "MonitoringScheduleSummaries")


@operation("sagemaker", "StartMonitoringSchedule")
def start_monitoring_schedule(request: Request) -> dict[str, Any]:
    """Let a stopped schedule run again, from its next time on."""
    found = _turn(request, "Scheduled")
    firing.arm(found)
    return {}


@operation("sagemaker", "StopMonitoringSchedule")
def stop_monitoring_schedule(request: Request) -> dict[str, Any]:
    """Let a schedule start no more executions; one that runs goes on."""
    firing.disarm(_turn(request, "Stopped"))
    return {}


@operation("sagemaker", "DeleteMonitoringSchedule")
def delete_monitoring_schedule(request: Request) -> dict[str, Any]:
    """Delete a schedule; its job definition stays, and so do its executions' jobs."""
    found = _find(request)
    SCHEDULES.remove(found.name)
    firing.disarm(found)
    TAGS.forget(found.arn)
    return {}


def _find(request: Request) -> MonitoringSchedule:
    name = request["MonitoringScheduleName"]
    found = SCHEDULES.get(name)
    if found is None:
        raise ResourceNotFound(f"Monitoring Schedule {_arn(name)} not found")
    return found


def _arn(name: str) -> str:
    """In lower case, as published runs show it of a schedule whose name is not."""
    return arn("monitoring-schedule", name.lower())


def _turn(request: Request, status: str) -> MonitoringSchedule:
    found = _find(request)
    found.status, found.modified = status, clock.now()
    return found


def _config(given: Request) -> dict[str, Any]:
    """What a MonitoringScheduleConfig makes of a schedule.

    Raises:
        ValidationException: It has no or two definitions, or one that does not exist.
    """
    if "ScheduleConfig" in given:
        expressions.check(given["ScheduleConfig"])
    kind = KINDS[given.get("MonitoringType", DATA_QUALITY.name)]
    name, inline = given.get("MonitoringJobDefinitionName"), given.get("MonitoringJobDefinition")
    if (name is None) == (inline is None):
        raise ValidationException(
            "Exactly one of MonitoringJobDefinition and MonitoringJobDefinitionName is required."
        )
    held = None if inline is None else _inline(kind, inline)
    definition = held or _named(kind, str(name))
    if definition.endpoint:
        # SageMaker checks that the endpoint exists (aws/sagemaker-python-sdk#4873).
        dispatch("sagemaker", "DescribeEndpoint", {"EndpointName": definition.endpoint})
    return {
        "endpoint": definition.endpoint,
        "kind": kind,
        "config": given.keep(*_CONFIG) | {"MonitoringType": kind.name},
        "inline": held,
    }


def _inline(kind: Kind, inline: Request) -> Definition:
    if kind is not DATA_QUALITY:
        raise ValidationException(
            f"A schedule of type {kind.name} must have a MonitoringJobDefinitionName; only data"
            " quality takes a MonitoringJobDefinition."
        )
    return read_inline(inline)


def _named(kind: Kind, name: str) -> Definition:
    try:
        return JOB_DEFINITIONS[kind.name].find(name).definition
    except ResourceNotFound as missing:
        raise ValidationException(missing.message) from missing
