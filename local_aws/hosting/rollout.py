"""What goes on behind CreateEndpoint, UpdateEndpoint and DeleteEndpoint, on threads of its own."""

from dataclasses import replace

from local_aws.hosting import objects
from local_aws.hosting.capture import CaptureConfig, DataCapture
from local_aws.hosting.container import ContainerFailed
from local_aws.hosting.deployment import Policy
from local_aws.hosting.endpoint import ENDPOINTS, Endpoint
from local_aws.hosting.fleet import Fleet
from local_aws.hosting.launch_fleet import Plan, launch
from local_aws.hosting.state_change import announce, announce_stage


def create(endpoint: Endpoint, plan: Plan) -> None:
    """Bring up the first fleet; the endpoint ends InService or Failed."""
    announce(endpoint)
    try:
        fleet = launch(plan, endpoint.name)
    except ContainerFailed as error:
        settle(endpoint, status="Failed", failure_reason=str(error))
        return
    GreenFleet(endpoint, plan, fleet).activate()
    settle(endpoint)


def update(endpoint: Endpoint, plan: Plan, policy: Policy) -> None:
    """Bring up a second fleet and let the policy move traffic to it.

    If it cannot serve, the endpoint is InService again on the old config, which served all along,
    and FailureReason says why.
    """
    announce(endpoint)
    try:
        fleet = launch(plan, endpoint.name)
    except ContainerFailed as error:
        settle(endpoint, failure_reason=str(error))
        return
    policy(GreenFleet(endpoint, plan, fleet))
    endpoint.config_name = plan.config.name
    settle(endpoint)


def resize(endpoint: Endpoint) -> None:
    """Announce a change of weights and counts, which has taken effect already."""
    announce(endpoint)
    settle(endpoint)


def settle(
    endpoint: Endpoint, *, status: str = "InService", failure_reason: str | None = None
) -> None:
    """End what was under way; an endpoint that was deleted meanwhile goes now."""
    with endpoint.lock:
        endpoint.pending = None
        if not endpoint.removed:
            endpoint.change(status, failure_reason=failure_reason)
    if endpoint.removed:
        delete(endpoint)
    else:
        announce(endpoint)


def delete(endpoint: Endpoint) -> None:
    """End all processes, deliver what is buffered, and forget the endpoint."""
    announce(endpoint)
    fleet = endpoint.traffic.switch(None)
    try:
        if fleet:
            fleet.stop()
        _capture_as(endpoint, None)
        endpoint.metrics.publish()
    finally:
        ENDPOINTS.remove(endpoint.name)


class GreenFleet:
    """The new fleet of a deployment; see `local_aws.hosting.deployment.Rollout`."""

    def __init__(self, endpoint: Endpoint, plan: Plan, fleet: Fleet) -> None:
        """Hold a fleet that passes its health checks."""
        self._endpoint = endpoint
        self._plan = plan
        self._fleet = fleet
        self._blue: Fleet | None = None

    def stage(self, status: str, message: str) -> None:
        """Show the variants' status to DescribeEndpoint and EventBridge."""
        pending = self._endpoint.pending
        if pending:
            self._endpoint.pending = replace(
                pending, stage=status, message=message, fleet=self._fleet
            )
            announce_stage(self._endpoint)

    def activate(self) -> None:
        """Send all new requests, and their capture, to this fleet."""
        with self._endpoint.lock:
            _capture_as(self._endpoint, self._plan.config.capture)
            self._blue = self._endpoint.traffic.switch(self._fleet)

    def retire(self) -> None:
        """Let the old fleet finish its requests, then end it."""
        self.stage("Deleting", "Terminating the old fleet.")
        if self._blue:
            self._blue.stop()


def _capture_as(endpoint: Endpoint, config: CaptureConfig | None) -> None:
    if endpoint.capture:
        endpoint.capture.deliver()
    endpoint.capture = (
        DataCapture(config=config, endpoint_name=endpoint.name, put=objects.write)
        if config
        else None
    )
