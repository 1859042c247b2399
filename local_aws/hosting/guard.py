"""What takes a deployment back: an alarm that rings while it goes on, or its time limit."""

from collections.abc import Sequence

from local_aws.clock import clock
from local_aws.clock.event import Event
from local_aws.core.operations import dispatch
from local_aws.hosting.deployment import Deployment

# DescribeEndpoint's FailureReason (botocore).
_LONGEST_REASON = 1024


class RolledBack(Exception):
    """Traffic has to go back to the old fleet; says why, for FailureReason."""


class Guard:
    """Watches one deployment from its start to its end.

    Attributes:
        alarms: names of the alarms that end it.
    """

    def __init__(self, deployment: Deployment) -> None:
        """The time limit runs from now."""
        self.alarms = frozenset(deployment.alarms)
        self._timeout = deployment.timeout_seconds
        self._began = clock.now()
        self._rings = Event(clock)
        self._reason = ""

    def ring(self, names: Sequence[str]) -> None:
        """These alarms are in state ALARM; whoever waits is woken at once."""
        if not self._rings.is_set():
            self._reason = (
                "The deployment was rolled back because these CloudWatch alarms were in state "
                f"ALARM: {', '.join(names)}."
            )[:_LONGEST_REASON]
            self._rings.set()

    def look(self) -> None:
        """See whether alarms ring already."""
        found = described(self.alarms)
        ringing = sorted(name for name, state in found.items() if state == "ALARM")
        if ringing:
            self.ring(ringing)

    def wait(self, seconds: float = 0) -> None:
        """Let so much virtual time pass, if nothing takes the deployment back.

        Raises:
            RolledBack: An alarm rings, or the time limit is over.
        """
        limit = self._timeout
        left = None if limit is None else self._began + limit - clock.now()
        too_late = left is not None and left < seconds
        self._rings.wait(left if too_late else seconds)
        if self._rings.is_set():
            raise RolledBack(self._reason)
        if too_late:
            raise RolledBack(
                f"The deployment was rolled back because it did not end within {limit} seconds "
                "(MaximumExecutionTimeoutInSeconds)."
            )


def described(names: frozenset[str]) -> dict[str, str]:
    """The states of those of these alarms, metric and composite, that exist."""
    if not names:
        return {}
    asked = {"AlarmNames": sorted(names), "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    answer = dispatch("cloudwatch", "DescribeAlarms", asked)
    alarms = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}
