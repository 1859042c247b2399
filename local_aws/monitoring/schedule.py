"""A monitoring schedule, its executions, and the tables of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from local_aws.clock import Timer, clock
from local_aws.core.store import Table
from local_aws.jobs.job import Job
from local_aws.monitoring.definition import Definition
from local_aws.monitoring.expressions import DAILY, Ticks, offset, ticks
from local_aws.monitoring.job_definitions import JOB_DEFINITIONS
from local_aws.monitoring.kinds import Kind


@dataclass(kw_only=True)
class MonitoringSchedule:
    """A monitoring schedule.

    Attributes:
        config: Its MonitoringScheduleConfig, as Describe* gives it back.
        inline: The definition that the schedule holds itself.
        timer: Waits for its next time, `due`; both are set under the lock of the table.
        last: Its newest execution.
    """

    name: str
    arn: str
    endpoint: str | None
    kind: Kind
    config: Mapping[str, Any]
    inline: Definition | None
    status: str = "Scheduled"
    created: float = field(default_factory=clock.now)
    modified: float = field(default_factory=clock.now)
    timer: Timer | None = None
    due: float | None = None
    last: "MonitoringExecution | None" = None

    @property
    def definition_name(self) -> str | None:
        """The job definition that it names."""
        name: str | None = self.config.get("MonitoringJobDefinitionName")
        return name

    @property
    def definition(self) -> Definition:
        """The job definition, as it is now.

        Raises:
            ResourceNotFound: It was deleted.
        """
        if self.inline:
            return self.inline
        return JOB_DEFINITIONS[self.kind.name].find(str(self.definition_name)).definition

    @property
    def ticks(self) -> Ticks | None:
        """When it runs; None if it runs once."""
        return ticks(self._timing.get("ScheduleExpression", DAILY))

    def window(self, definition: Definition, tick: float) -> tuple[float, float]:
        """The start and end of the data that an execution for that time analyses.

        The definition's offsets win over those of the schedule; without either it is the time
        since the tick before.
        https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-schedule.html
        """
        period = timedelta(hours=self.ticks.step if self.ticks else 1)
        start = definition.start or self._timing.get("DataAnalysisStartTime")
        end = definition.end or self._timing.get("DataAnalysisEndTime")
        since = tick + (offset(start) if start else -period).total_seconds()
        return since, tick + (offset(end).total_seconds() if end else 0.0)

    @property
    def _timing(self) -> Mapping[str, Any]:
        timing: Mapping[str, Any] = self.config.get("ScheduleConfig") or {}
        return timing


@dataclass(kw_only=True)
class MonitoringExecution:
    """One run of a schedule.

    Attributes:
        scheduled: The time that it runs for.
        job: The processing job that it has come to.
    """

    schedule: MonitoringSchedule
    definition_name: str | None
    scheduled: float
    status: str = "Pending"
    created: float = field(default_factory=clock.now)
    modified: float = field(default_factory=clock.now)
    job: Job | None = None
    failure_reason: str | None = None

    def become(self, status: str, failure_reason: str | None = None) -> None:
        """Change the status."""
        self.status, self.failure_reason, self.modified = status, failure_reason, clock.now()

    def enter(self, job: Job) -> None:
        """Go on to the next job."""
        self.job = job
        self.become("InProgress")

    def summary(self) -> dict[str, Any]:
        """MonitoringExecutionSummary."""
        stopping = self.job is not None and self.job.status == "Stopping"
        return {
            "MonitoringScheduleName": self.schedule.name,
            "ScheduledTime": self.scheduled,
            "CreationTime": self.created,
            "LastModifiedTime": self.modified,
            "MonitoringExecutionStatus": "Stopping" if stopping else self.status,
            "ProcessingJobArn": self.job.arn if self.job else None,
            "EndpointName": self.schedule.endpoint,
            "FailureReason": self.failure_reason,
            "MonitoringJobDefinitionName": self.definition_name,
            "MonitoringType": self.schedule.kind.name,
        }


SCHEDULES: Table[MonitoringSchedule] = Table()
EXECUTIONS: Table[MonitoringExecution] = Table()
