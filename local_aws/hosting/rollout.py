"""What goes on behind CreateEndpoint, UpdateEndpoint and DeleteEndpoint, on threads of its own."""

from dataclasses import replace
from fractions import Fraction

from local_aws.core.assumptions import holds
from local_aws.hosting.container import ContainerFailed
from local_aws.hosting.deployment import Deployment
from local_aws.hosting.endpoint import ENDPOINTS, Endpoint
from local_aws.hosting.fleet import Fleet
from local_aws.hosting.guard import Guard, RolledBack
from local_aws.hosting.launch_fleet import Plan, launch
from local_aws.hosting.pending import Stage, activating, baking, creating, deleting
from local_aws.hosting.state_change import announce, announce_stage
from local_aws.hosting.steps import Step


def create(endpoint: Endpoint, plan: Plan) -> None:
    """Bring up the first fleet; the endpoint ends InService or Failed."""
    announce(endpoint)
    try:
        endpoint.traffic.switch(launch(plan, endpoint.name))
    except ContainerFailed as error:
        settle(endpoint, status="Failed", failure_reason=str(error))
        return
    settle(endpoint)


def update(endpoint: Endpoint, plan: Plan, deployment: Deployment, guard: Guard) -> None:
    """Bring up a second fleet (green) and move traffic to it, step by step.

    If it cannot serve, or the guard takes it back, the endpoint is InService again on the old
    config, and FailureReason says why.
    """
    announce(endpoint)
    announce_stage(endpoint)
    green: Fleet | None = None
    try:
        guard.look()
        guard.wait()
        green = launch(plan, endpoint.name)
        for step in deployment.steps:
            _take(endpoint, green, step, guard)
            if deployment.in_batches and step.share < 1:
                _end_batch(endpoint, step.share)
    except ContainerFailed as error:
        settle(endpoint, failure_reason=str(error))
    except RolledBack as reason:
        _turn_back(endpoint, green, deployment.back)
        settle(endpoint, failure_reason=str(reason))
    else:
        _replace(endpoint, green)
        settle(endpoint)


def resize(endpoint: Endpoint) -> None:
    """Announce a change of weights and counts, which has taken effect already."""
    announce(endpoint)
    settle(endpoint)


def settle(
    endpoint: Endpoint, *, status: str = "InService", failure_reason: str | None = None
) -> None:
    """End what was under way."""
    with endpoint.lock:
        endpoint.pending = endpoint.guard = endpoint.ending = None
        endpoint.ended = Fraction(0)
        endpoint.change(status, failure_reason=failure_reason)
    announce(endpoint)
    if endpoint.backlog:
        endpoint.backlog.work()


def delete(endpoint: Endpoint) -> None:
    """End all processes, deliver what is buffered, and forget the endpoint."""
    announce(endpoint)
    if endpoint.backlog:
        endpoint.backlog.close()
    fleet = endpoint.traffic.switch(None)
    try:
        if fleet:
            fleet.stop()
        endpoint.metrics.publish()
    finally:
        ENDPOINTS.remove(endpoint.name)


def _take(endpoint: Endpoint, green: Fleet, step: Step, guard: Guard) -> None:
    """Turn on the step's share of traffic and let it bake.

    Raises:
        RolledBack: The guard says so.
    """
    guard.wait()
    _show(endpoint, activating(step.capacity), active=step.share)
    endpoint.traffic.shift(green, step.share)
    if step.bake_seconds:
        _show(endpoint, baking(step.bake_seconds, step.bake_member, step.capacity))
    guard.wait(step.bake_seconds)


def _replace(endpoint: Endpoint, green: Fleet) -> None:
    """Let blue, which gets no more requests, finish those that it has and end; green serves."""
    endpoint.ending = deleting()
    _show(endpoint, None)
    if blue := endpoint.traffic.fleet:
        blue.stop()
    with endpoint.lock:
        endpoint.traffic.switch(green)
        endpoint.config_name = green.config_name
        endpoint.ending, endpoint.ended = None, Fraction(0)


def _end_batch(endpoint: Endpoint, share: Fraction) -> None:
    """So much of blue is terminated in all, and the next batch of green is launched."""
    endpoint.ended = share
    _show(endpoint, creating())


def _turn_back(endpoint: Endpoint, green: Fleet | None, batch: Fraction) -> None:
    """Send new requests to blue, a batch at a time; green, if it is up, finishes its own and ends.

    Args:
        batch: the share of requests that goes back at a time, 1 for all at once.
    """
    share = _give_back(endpoint, green, batch)
    if holds("rollback-shows-as-rolling-back"):
        endpoint.change("RollingBack")
        announce(endpoint)
    while share:
        _show(endpoint, deleting(), active=share)
        share = _give_back(endpoint, green, batch)
    if green:
        _show(endpoint, deleting(), active=Fraction(0))
        green.stop()


def _give_back(endpoint: Endpoint, green: Fleet | None, batch: Fraction) -> Fraction:
    """Give blue a batch of requests more; the share of them that is still green's."""
    share = max(Fraction(0), (endpoint.pending.active if endpoint.pending else 0) - batch)
    if green and share:
        endpoint.traffic.shift(green, share)
    else:
        endpoint.traffic.turn_back()
    endpoint.ended = min(endpoint.ended, share)
    return share


def _show(endpoint: Endpoint, stage: Stage | None, *, active: Fraction | None = None) -> None:
    """Show the new fleet's stage to DescribeEndpoint and EventBridge."""
    pending = endpoint.pending
    if pending:
        endpoint.pending = replace(
            pending, stage=stage, active=pending.active if active is None else active
        )
        announce_stage(endpoint)
