"""Monitoring schedules: kept and shown; none ever starts an execution (see README.md)."""

import logging
from dataclasses import dataclass, field
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import (
    NotImplementedHere,
    ResourceInUse,
    ResourceNotFound,
    ValidationException,
)
from local_aws.core.listing import select
from local_aws.core.operations import dispatch, operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.core.tags import TAGS
from local_aws.monitoring import expressions
from local_aws.monitoring.job_definitions import find_job_definition

log = logging.getLogger("local_aws")
_KIND = "DataQuality"


@dataclass(kw_only=True)
class MonitoringSchedule:
    """A monitoring schedule; `config` is its MonitoringScheduleConfig."""

    name: str
    arn: str
    endpoint: str
    config: dict[str, Any]
    status: str = "Scheduled"
    created: float = field(default_factory=clock.now)
    modified: float = field(default_factory=clock.now)


_SCHEDULES: Table[MonitoringSchedule] = Table()


@operation("sagemaker", "CreateMonitoringSchedule")
def create_monitoring_schedule(request: Request) -> dict[str, Any]:
    """Keep a schedule, which shows itself as Scheduled from then on.

    Raises:
        ResourceInUse: There is one of this name.
    """
    name = request["MonitoringScheduleName"]
    config, endpoint = _config(request["MonitoringScheduleConfig"])
    made = MonitoringSchedule(
        name=name, arn=arn("monitoring-schedule", name), endpoint=endpoint, config=config
    )
    with _SCHEDULES.lock:
        if name in _SCHEDULES:
            raise ResourceInUse(f"Monitoring Schedule {made.arn} already exists")
        _SCHEDULES.put(name, made)
    log.warning("%s is a record only: Model Monitor's container never runs here", made.arn)
    return {"MonitoringScheduleArn": made.arn}


@operation("sagemaker", "UpdateMonitoringSchedule")
def update_monitoring_schedule(request: Request) -> dict[str, Any]:
    """Give a schedule another config."""
    found = _find(request)
    found.config, found.endpoint = _config(request["MonitoringScheduleConfig"])
    found.modified = clock.now()
    return {"MonitoringScheduleArn": found.arn}


@operation("sagemaker", "DescribeMonitoringSchedule")
def describe_monitoring_schedule(request: Request) -> dict[str, Any]:
    """One schedule; it has no last execution."""
    found = _find(request)
    return {
        "MonitoringScheduleArn": found.arn,
        "MonitoringScheduleName": found.name,
        "MonitoringScheduleStatus": found.status,
        "MonitoringType": _KIND,
        "CreationTime": found.created,
        "LastModifiedTime": found.modified,
        "MonitoringScheduleConfig": found.config,
        "EndpointName": found.endpoint,
    }


@operation("sagemaker", "ListMonitoringSchedules")
def list_monitoring_schedules(request: Request) -> dict[str, Any]:
    """Schedules by endpoint, definition, type, name, status and time."""
    endpoint, kind = request.get("EndpointName"), request.get("MonitoringTypeEquals", _KIND)
    definition = request.get("MonitoringJobDefinitionName")
    summaries = [
        {
            "MonitoringScheduleName": each.name,
            "MonitoringScheduleArn": each.arn,
            "CreationTime": each.created,
            "LastModifiedTime": each.modified,
            "MonitoringScheduleStatus": each.status,
            "EndpointName": each.endpoint,
            "MonitoringJobDefinitionName": each.config.get("MonitoringJobDefinitionName"),
            "MonitoringType": _KIND,
        }
        for each in _SCHEDULES.values()
        if kind == _KIND
        and endpoint in (None, each.endpoint)
        and definition in (None, each.config.get("MonitoringJobDefinitionName"))
    ]
    found = select(
        request, summaries, name="MonitoringScheduleName", status="MonitoringScheduleStatus"
    )
    return page(found, request, "MonitoringScheduleSummaries")


@operation("sagemaker", "ListMonitoringExecutions")
def list_monitoring_executions(request: Request) -> dict[str, Any]:
    """None: no execution ever runs here."""
    return {"MonitoringExecutionSummaries": []}


@operation("sagemaker", "StartMonitoringSchedule")
def start_monitoring_schedule(request: Request) -> dict[str, Any]:
    """Show a stopped schedule as Scheduled again."""
    return _turn(request, "Scheduled")


@operation("sagemaker", "StopMonitoringSchedule")
def stop_monitoring_schedule(request: Request) -> dict[str, Any]:
    """Show a schedule as Stopped."""
    return _turn(request, "Stopped")


@operation("sagemaker", "DeleteMonitoringSchedule")
def delete_monitoring_schedule(request: Request) -> dict[str, Any]:
    """Delete a schedule; its job definition stays."""
    found = _find(request)
    _SCHEDULES.remove(found.name)
    TAGS.forget(found.arn)
    return {}


def _find(request: Request) -> MonitoringSchedule:
    name = request["MonitoringScheduleName"]
    found = _SCHEDULES.get(name)
    if found is None:
        raise ResourceNotFound(f"Monitoring Schedule {arn('monitoring-schedule', name)} not found")
    return found


def _turn(request: Request, status: str) -> dict[str, Any]:
    found = _find(request)
    found.status, found.modified = status, clock.now()
    return {}


def _config(given: Request) -> tuple[dict[str, Any], str]:
    """A MonitoringScheduleConfig as it is kept, and the endpoint that it is about."""
    if "ScheduleConfig" in given:
        expressions.check(given["ScheduleConfig"])
    if given.get("MonitoringType", _KIND) != _KIND:
        raise NotImplementedHere(
            f"the local AWS has no job definitions of type {given['MonitoringType']}"
        )
    endpoint = _endpoint(given)
    # SageMaker checks that the endpoint exists (aws/sagemaker-python-sdk#4873).
    dispatch("sagemaker", "DescribeEndpoint", {"EndpointName": endpoint})
    kept = given.keep(
        "ScheduleConfig", "MonitoringJobDefinition", "MonitoringJobDefinitionName", "MonitoringType"
    )
    return {**kept, "MonitoringType": _KIND}, endpoint


def _endpoint(given: Request) -> str:
    name, inline = given.get("MonitoringJobDefinitionName"), given.get("MonitoringJobDefinition")
    if (name is None) == (inline is None):
        raise ValidationException(
            "Exactly one of MonitoringJobDefinition and MonitoringJobDefinitionName is required."
        )
    if inline is None:
        try:
            return find_job_definition(str(name)).endpoint
        except ResourceNotFound as missing:
            raise ValidationException(missing.message) from missing
    if "EndpointInput" not in inline["MonitoringInputs"][0]:
        raise ValidationException("MonitoringInputs must have an EndpointInput.")
    endpoint: str = inline["MonitoringInputs"][0]["EndpointInput"]["EndpointName"]
    return endpoint
