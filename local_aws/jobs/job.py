"""A job: what it was asked, how far it is, and how it ended."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from local_aws.clock import clock

# "SageMaker sends the algorithm the SIGTERM signal, which delays job termination for 120 seconds"
# (botocore, StopTrainingJob).
GRACE_SECONDS = 120.0
FAILURE_REASON_LENGTH = 1024


class JobFailed(Exception):
    """The job cannot go on; the text is its FailureReason."""


class Running(Protocol):
    """What a job waits for, and can stop."""

    def wait(self) -> int:
        """The exit code; 0 is success."""
        ...

    def stop(self, grace_seconds: float) -> None:
        """Begin to end it; returns at once."""
        ...


@dataclass(kw_only=True)
class Job:
    """One processing, training or transform job.

    Attributes:
        members: What Create* was given and Describe* gives back.
        announce: Sends the event of a state change.
        phases: The secondary statuses that it went through, each with its start and its message.
        started: When its container's instance was there, once it was.
        done: Set when the status is terminal.
    """

    name: str
    arn: str
    members: dict[str, Any]
    announce: Callable[["Job"], None]
    status: str = "InProgress"
    phases: list[tuple[str, float, str]] = field(default_factory=list)
    created: float = field(default_factory=clock.now)
    modified: float = field(default_factory=clock.now)
    started: float | None = None
    ended: float | None = None
    failure_reason: str | None = None
    exit_message: str | None = None
    stop_reason: str | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    done: threading.Event = field(default_factory=threading.Event)
    _process: Running | None = None

    def enter(self, phase: str, message: str) -> None:
        """Go on to the next phase, unless the job is on its way to stop."""
        with self.lock:
            if self.stop_reason:
                return
            self.modified = clock.now()
            self.phases.append((phase, self.modified, message))
        self.announce(self)

    def run(self, process: Callable[[], Running]) -> int | None:
        """Start the container and wait for its exit code; None if the job was stopped before."""
        with self.lock:
            if self.stop_reason:
                return None
            self._process = process()
        return self._process.wait()

    def stop(self, reason: str) -> None:
        """Begin to stop, for a reason: the status that the last phase will have."""
        with self.lock:
            if self.ended or self.stop_reason:
                return
            self.stop_reason = reason
            self.status, self.modified = "Stopping", clock.now()
            self.phases.append(("Stopping", self.modified, "Stopping the job"))
            if self._process:
                self._process.stop(GRACE_SECONDS)
        self.announce(self)

    def end(self, failure_reason: str | None = None) -> None:
        """Reach the terminal status that what happened so far leads to."""
        with self.lock:
            if self.stop_reason:
                self.status, phase = "Stopped", self.stop_reason
            elif failure_reason is not None:
                self.status = phase = "Failed"
                self.failure_reason = failure_reason[:FAILURE_REASON_LENGTH]
            else:
                self.status = phase = "Completed"
            self.ended = self.modified = clock.now()
            self.phases.append((phase, self.ended, self.failure_reason or phase))
        self.announce(self)
        self.done.set()
