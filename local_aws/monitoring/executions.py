"""ListMonitoringExecutions."""

from collections.abc import Callable, Mapping
from typing import Any

from local_aws.core.listing import seconds, select
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.monitoring.schedule import EXECUTIONS

# What the input asks for, by the member of a summary that it is compared with.
_EQUAL = {
    "MonitoringScheduleName": "MonitoringScheduleName",
    "EndpointName": "EndpointName",
    "MonitoringJobDefinitionName": "MonitoringJobDefinitionName",
    "MonitoringTypeEquals": "MonitoringType",
}
_BOUNDS: Mapping[str, Callable[[float, float], bool]] = {
    "ScheduledTimeAfter": lambda time, bound: time > bound,
    "ScheduledTimeBefore": lambda time, bound: time < bound,
}


@operation("sagemaker", "ListMonitoringExecutions")
def list_monitoring_executions(request: Request) -> dict[str, Any]:
    """Executions by schedule, definition, endpoint, type, status and time, the newest first."""
    equal = {member: request.get(name) for name, member in _EQUAL.items()}
    bounds = [(within, request.get(name)) for name, within in _BOUNDS.items()]
    summaries = [
        each
        for each in (execution.summary() for execution in EXECUTIONS.values())
        if all(wanted in (None, each[member]) for member, wanted in equal.items())
        and all(
            bound is None or within(each["ScheduledTime"], seconds(bound))
            for within, bound in bounds
        )
    ]
    found = select(
        request, summaries, name="MonitoringScheduleName", status="MonitoringExecutionStatus"
    )
    return page(found, request, "MonitoringExecutionSummaries")
