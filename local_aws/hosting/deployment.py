"""How traffic moves from the old fleet to the new one: one function for each policy.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from local_aws.clock import clock
from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.request import Request


class Rollout(Protocol):
    """A healthy new fleet (green) beside the one that serves (blue)."""

    def activate(self) -> None:
        """Send all new requests to green."""

    def stage(self, status: str, message: str) -> None:
        """Show the variants' status to DescribeEndpoint and EventBridge."""

    def retire(self) -> None:
        """Let blue finish its requests, then end it."""


Policy = Callable[[Rollout], None]


def all_at_once(rollout: Rollout, *, termination_wait: int = 0) -> None:
    """Shift everything, wait with blue still there, end blue.

    Args:
        rollout: the two fleets.
        termination_wait: TerminationWaitInSeconds, AWS's default is 0.
    """
    rollout.stage("ActivatingTraffic", "Activating traffic on the new fleet.")
    rollout.activate()
    if termination_wait:
        rollout.stage("Baking", f"Baking for {termination_wait} seconds (TerminationWaitInSeconds)")
        clock.sleep(termination_wait)
    rollout.retire()


def policy_of(config: Request | None) -> Policy:
    """The policy that a DeploymentConfig asks for; none is all at once, as on AWS.

    Raises:
        NotImplementedHere: It is canary or linear.
        ValidationException: It cannot end within its own time limit.
    """
    blue_green = config.get("BlueGreenUpdatePolicy") if config else None
    if blue_green is None:
        return all_at_once
    routing = blue_green["TrafficRoutingConfiguration"]
    if routing["Type"] != "ALL_AT_ONCE":
        raise NotImplementedHere(
            f"DeploymentConfig: TrafficRoutingConfiguration.Type {routing['Type']} is not "
            "implemented by the local AWS; use ALL_AT_ONCE."
        )
    termination_wait = blue_green.get("TerminationWaitInSeconds", 0)
    waits = termination_wait + routing["WaitIntervalInSeconds"]
    limit = blue_green.get("MaximumExecutionTimeoutInSeconds")
    if limit is not None and limit <= waits:
        raise ValidationException(
            "MaximumExecutionTimeoutInSeconds must be larger than TerminationWaitInSeconds plus "
            f"WaitIntervalInSeconds ({waits}), got {limit}."
        )
    return partial(all_at_once, termination_wait=termination_wait)
