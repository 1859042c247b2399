"""What CloudFormation told of stacks, by their events."""

from typing import Any

from rehearsal.on_aws.seen import NOT_SO_FAR, Seen, unseen
from rehearsal.on_aws.stock import stack_events
from rehearsal.on_aws.telling import Told
from rehearsal.world import World

STACK, ENDPOINT = "AWS::CloudFormation::Stack", "AWS::SageMaker::Endpoint"
ENDS = ("UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED")
MONITORS = ("AWS::SageMaker::DataQualityJobDefinition", "AWS::SageMaker::MonitoringSchedule")


def rollback_fails_the_stack(world: World, told: Told) -> Seen:
    """The update that released the failing version, once its alarm had taken it back."""
    if told.names is None or not _taken_back(world, told):
        return NOT_SO_FAR
    update = failing_release(world, told)
    failed = [e for e in update if e["ResourceStatus"] == "UPDATE_FAILED" and _is(e, ENDPOINT)]
    ends = [e["ResourceStatus"] for e in update if _is(e, STACK)] or ["not to be found"]
    if failed:
        reason = failed[0].get("ResourceStatusReason", "no reason")
        return Seen(True, f"the endpoint's update is UPDATE_FAILED ({reason}), the stack's end is"
                          f" {ends[-1]}")  # fmt: skip
    if ends[-1] == "UPDATE_COMPLETE":
        return Seen(False, "the stack is UPDATE_COMPLETE, beside an endpoint on its old config")
    return unseen(f"the stack's update is {ends[-1]}")


def rollback_reapplies(world: World, told: Told) -> Seen:
    """What happens to the endpoint while the stack rolls back because of it."""
    if told.names is None:
        return NOT_SO_FAR
    update = failing_release(world, told)
    begins = [n for n, e in enumerate(update) if _is(e, STACK)
              and e["ResourceStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS"]  # fmt: skip
    if not begins:
        return unseen("no update of the serving stack was rolled back by CloudFormation")
    after = [e for e in update[begins[0] :] if _is(e, ENDPOINT)]
    again = [e["ResourceStatus"] for e in after if e["ResourceStatus"].startswith("UPDATE_")]
    return Seen(bool(again), f"during the rollback the endpoint's events are {again or 'none'}")


def model_monitor_is_open(world: World, told: Told) -> Seen:
    """Whether Prod's schedule could be made, or what CloudFormation was told instead."""
    if told.production is None:
        return NOT_SO_FAR
    events = stack_events(world, told.production.monitoring)
    of_monitors = [e for e in events if e["ResourceType"] in MONITORS]
    failed = [e for e in of_monitors if e["ResourceStatus"] == "CREATE_FAILED"]
    made = [e for e in of_monitors if e["ResourceStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")]
    if failed:
        reason = failed[0].get("ResourceStatusReason", "no reason")
        return Seen(False, f"{failed[0]['ResourceType']} could not be made: {reason}; take"
                           " monitoring=OpenEngine() for Prod in config/stages.py")  # fmt: skip
    if {e["ResourceType"] for e in made} == set(MONITORS):
        return Seen(True, "a job definition and its schedule were made")
    return unseen("no schedule was to be made yet")


def _taken_back(world: World, told: Told) -> bool:
    """Whether the platform said that the failing version was rolled back."""
    if not told.failed:
        return False
    package = world.client("sagemaker").describe_model_package(ModelPackageName=told.failed)
    stamps = package.get("CustomerMetadataProperties", {}).values()
    return any(str(stamp).startswith("rolled back") for stamp in stamps)


def failing_release(world: World, told: Told) -> list[dict[str, Any]]:
    """The events of the update in which requests failed, from its beginning to its end.

    Promotion updates the stack once more afterwards, to have it agree with the endpoint.
    """
    assert told.names is not None
    failed = told.witness.last_failure.get(told.names.endpoint, 0.0)
    events = stack_events(world, told.names.serving)
    begins = [n for n, e in enumerate(events) if _is(e, STACK)
              and e["ResourceStatus"] == "UPDATE_IN_PROGRESS"
              and e["Timestamp"].timestamp() <= failed]  # fmt: skip
    if not begins:
        return []
    update = events[begins[-1] :]
    ends = [n for n, e in enumerate(update) if _is(e, STACK) and e["ResourceStatus"] in ENDS]
    return update[: ends[0] + 1] if ends else update


def _is(event: dict[str, Any], kind: str) -> bool:
    return bool(event["ResourceType"] == kind)
