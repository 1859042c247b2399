"""What proved itself is proposed for production, approved there, and released by a canary."""

from typing import Any

from rehearsal.executions import executions
from rehearsal.mailbox import Mailbox
from rehearsal.names import Served
from rehearsal.release import DAY, followed, promoted
from rehearsal.stream import Stream, check_shares, tell
from rehearsal.timeline import Timeline
from rehearsal.world import World

PENDING, APPROVED = "PendingApproval", "Approved"


def await_proposal(
    world: World, timeline: Timeline, names: Served, mailbox: Mailbox, *, package: str, stage: str
) -> None:
    """Wait until the platform has proposed a version for the next stage, and told people so."""
    wanted = {"Stage": stage, "StageStatus": PENDING}
    found = world.await_arrow(
        "Promotion -> life cycle", lambda: _life_cycle(world, package),
        expected=f"{package} to wait for approval in {stage}", within=2 * DAY,
        until=lambda said: wanted.items() <= said.items(),
    )  # fmt: skip
    mailbox.await_message("Promotion -> topic", f"Waits for approval in {stage}")
    timeline.record(
        "platform", f"proposed for {stage}", package=package, why=found["StageDescription"]
    )


def approve(world: World, timeline: Timeline, *, package: str, stage: str, because: str) -> None:
    """Do what an approver does in the registry, and nothing else."""
    world.client("sagemaker").update_model_package(
        ModelPackageArn=package,
        ModelLifeCycle={"Stage": stage, "StageStatus": APPROVED, "StageDescription": because},
    )
    timeline.record("approver", f"approved for {stage}", package=package, because=because)


def release(
    world: World, timeline: Timeline, names: Served, mailbox: Mailbox, *, package: str,
    because: str, stream: Stream | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Approve a version for the stage and follow it until it serves there.

    Args:
        world, timeline, names, mailbox: where, and whose.
        package: the version.
        because: why.
        stream: requests that go on meanwhile, if anything serves yet.
    """
    before = set(executions(world, names.promotion))
    approve(world, timeline, package=package, stage=names.stage, because=because)
    started = promoted(world, timeline, names, before=before)
    if stream:
        answered = stream.during(world, over=lambda said: said["EndpointStatus"] == "InService")
        tell(timeline, answered, check_shares(answered, new=package))
    return followed(world, timeline, names, mailbox, package=package, started=started)


def _life_cycle(world: World, package: str) -> dict[str, str]:
    described = world.client("sagemaker").describe_model_package(ModelPackageName=package)
    found: dict[str, str] = described.get("ModelLifeCycle", {})
    return found
