"""Deliveries: attempts, retries on the virtual clock, and what was never taken."""

import itertools
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from local_aws.clock import clock
from local_aws.core import background
from local_aws.core.moments import utc_text
from local_aws.scheduling import dead_letters, targets
from local_aws.scheduling.call import Call, Failure
from local_aws.scheduling.schedule import Schedule

log = logging.getLogger("local_aws")
_LONGEST_PAUSE_SECONDS = 512.0
_delivered = itertools.count(1)


@dataclass(kw_only=True)
class Delivery:
    """What a schedule owes its target for one time.

    Attributes:
        schedule: The schedule as it was when it fired.
        due: The time that it was due, in seconds since the epoch.
        done: Called once the target took it or nothing more is tried.
        begun: When the first attempt was made.
        attempt: The number of this attempt, from 1.
        execution: What Scheduler calls this attempt.
    """

    schedule: Schedule
    due: float
    done: Callable[[], None] | None
    begun: float
    attempt: int = 1
    execution: str = ""

    @property
    def scheduled_time(self) -> str:
        """The time that it was due, as `2022-03-22T18:59:43Z`."""
        return utc_text(int(self.due))

    def call(self) -> Call:
        """The call of this attempt, under an execution id of its own."""
        self.execution = uuid.uuid4().hex[:16]
        context = {
            "schedule-arn": self.schedule.arn,
            "scheduled-time": self.scheduled_time,
            "execution-id": self.execution,
            "attempt-number": str(self.attempt),
        }
        return targets.call(self.schedule.target, context)


def deliver(schedule: Schedule, due: float, *, done: Callable[[], None] | None = None) -> None:
    """Call the schedule's target, again and again if it fails, as RetryPolicy says.

    Every third delivery is made twice, since Scheduler "provides at-least-once event delivery to
    targets" (https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html).
    """
    _attempt(Delivery(schedule=schedule, due=due, done=done, begun=clock.now()))


def _attempt(delivery: Delivery) -> None:
    call = delivery.call()
    try:
        call.send()
    except Failure as failure:
        log.info("%s, attempt %d: %s", delivery.schedule.arn, delivery.attempt, failure)
        _failed(delivery, call, failure)
        return
    if next(_delivered) % 3 == 0:
        _again(delivery)
    _finish(delivery)


def _again(delivery: Delivery) -> None:
    try:
        delivery.call().send()
    except Failure as failure:
        # The first copy arrived, so that nothing is owed any more.
        log.info("%s, second copy: %s", delivery.schedule.arn, failure)


def _failed(delivery: Delivery, call: Call, failure: Failure) -> None:
    policy = delivery.schedule.target["RetryPolicy"]
    pause = min(2.0 ** (delivery.attempt - 1), _LONGEST_PAUSE_SECONDS)
    exhausted = None
    if delivery.attempt > policy["MaximumRetryAttempts"]:
        exhausted = "MaximumRetryAttempts"
    elif clock.now() + pause - delivery.begun > policy["MaximumEventAgeInSeconds"]:
        exhausted = "MaximumEventAgeInSeconds"
    if failure.retryable and exhausted is None:
        delivery.attempt += 1
        background.after(pause, _attempt, delivery)
        return
    why = {
        "ERROR_CODE": failure.code,
        "ERROR_MESSAGE": failure.message,
        "EXECUTION_ID": delivery.execution,
        "EXHAUSTED_RETRY_CONDITION": exhausted if failure.retryable else None,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(delivery.attempt - 1),
        "SCHEDULED_TIME": delivery.scheduled_time,
        "SCHEDULE_ARN": delivery.schedule.arn,
        "TARGET_ARN": delivery.schedule.target["Arn"],
    }
    dead_letters.bury(delivery.schedule.target, call.body, why)
    _finish(delivery)


def _finish(delivery: Delivery) -> None:
    if delivery.done is not None:
        delivery.done()
