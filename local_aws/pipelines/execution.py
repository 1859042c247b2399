"""One execution of a pipeline, as it can be described."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_aws.clock import clock
from local_aws.core.store import Table
from local_aws.pipelines import events, metrics
from local_aws.pipelines.definition import Definition, Step

FAILED = "Step failure: One or multiple steps failed."


@dataclass(kw_only=True)
class StepRun:
    """A step that was started.

    Attributes:
        metadata: What ListPipelineExecutionSteps shows of what the step made.
        stop: Stops what the step waits for.
    """

    step: Step
    status: str = "Starting"
    started: float = field(default_factory=clock.now)
    ended: float | None = None
    failure_reason: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    stop: Callable[[], object] = lambda: None


@dataclass(kw_only=True)
class Execution:
    """An execution and the steps that it has started.

    Attributes:
        values: The parameters, typed, defaults included.
        parallel: How many steps run at a time.
    """

    arn: str
    pipeline_name: str
    pipeline_arn: str
    version: int
    definition: Definition
    values: Mapping[str, Any]
    parallel: int
    described: Mapping[str, Any]
    status: str = "Executing"
    created: float = field(default_factory=clock.now)
    modified: float = field(default_factory=clock.now)
    failure_reason: str | None = None
    runs: dict[str, StepRun] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def id(self) -> str:
        """The last part of the ARN."""
        return self.arn.rsplit("/", 1)[1]

    def change(self, before: str, status: str, failure_reason: str | None = None) -> bool:
        """Go from one status to another and tell; False if the status is not the first."""
        with self.changed:
            if self.status != before:
                return False
            self.status, self.failure_reason = status, failure_reason
            self.modified = clock.now()
            self.changed.notify_all()
        events.execution_changed(self, before)
        metrics.execution_changed(self)
        return True

    def change_step(self, run: StepRun, status: str, failure_reason: str | None = None) -> None:
        """Give a step that has not ended a new status, and tell."""
        with self.changed:
            if run.ended is not None:
                return
            before, run.status, run.failure_reason = run.status, status, failure_reason
            if status in ("Failed", "Stopped", "Succeeded"):
                run.ended = clock.now()
            self.changed.notify_all()
        events.step_changed(self, run, before)

    @property
    def running(self) -> list[StepRun]:
        """The steps that have not ended."""
        return [run for run in self.runs.values() if run.ended is None]


EXECUTIONS: Table[Execution] = Table()
