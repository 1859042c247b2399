"""What proved itself is proposed for production, approved there, and released by a canary."""

from dataclasses import dataclass
from typing import Any

from rehearsal.executions import executions, none_runs
from rehearsal.mailbox import Mailbox
from rehearsal.names import MODEL, StageNames
from rehearsal.release import DAY, followed, promoted
from rehearsal.stream import stream
from rehearsal.timeline import Timeline
from rehearsal.world import World


@dataclass(frozen=True)
class Production:
    """The stage that follows, and who hears what in both.

    Attributes:
        names: of the stage.
        mailbox: what people are told in it.
        proposals: what people are told in the stage before it.
        requests: how many go on during a release, at least.
    """

    names: StageNames
    mailbox: Mailbox
    proposals: Mailbox
    requests: int

    @classmethod
    def of(
        cls, world: World, proposals: Mailbox, *, requests: int, model: str = MODEL
    ) -> "Production":
        """The deployed stage that follows another."""
        names = StageNames.in_production(world, model)
        return cls(names, Mailbox(world, names.topic), proposals, requests)

    def release(
        self, world: World, timeline: Timeline, *, package: str, because: str, before: str = ""
    ) -> dict[str, Any]:
        """See a version proposed, approve it, and follow it until it serves.

        Args:
            world, timeline: where.
            package: the version.
            because: why it is approved.
            before: the version that serves, and that customers ask meanwhile; empty if none does.
        """
        self._await_proposal(world, timeline, package)
        known = set(executions(world, self.names.promotion))
        self._approve(world, timeline, package, because)
        started = promoted(world, timeline, self.names, package=package, before=known)
        if before:
            customers = stream(
                world, self.names.endpoint, [before, package], least=self.requests
            )  # fmt: skip
            customers.ask(
                world,
                timeline,
                package=package,
                over=lambda: none_runs(world, self.names.promotion),
            )
        return followed(world, timeline, self.names, self.mailbox, package=package, started=started)

    def _await_proposal(self, world: World, timeline: Timeline, package: str) -> None:
        """Wait until the platform has proposed the version, and told people so."""
        wanted = {"Stage": self.names.stage, "StageStatus": "PendingApproval"}
        found = world.await_arrow(
            "Promotion -> life cycle", lambda: _life_cycle(world, package),
            expected=f"{package} to wait for approval in {self.names.stage}", within=2 * DAY,
            until=lambda said: wanted.items() <= said.items(),
        )  # fmt: skip
        waits = f"Waits for approval in {self.names.stage}"
        self.proposals.await_message("Promotion -> topic", waits)
        timeline.record(
            "platform", f"proposed for {self.names.stage}", package=package,
            why=found["StageDescription"],
        )  # fmt: skip

    def _approve(self, world: World, timeline: Timeline, package: str, because: str) -> None:
        """Do what an approver does in the registry, and nothing else."""
        stage = self.names.stage
        world.client("sagemaker").update_model_package(
            ModelPackageArn=package,
            ModelLifeCycle={
                "Stage": stage, "StageStatus": "Approved", "StageDescription": because,
            },
        )  # fmt: skip
        timeline.record("approver", f"approved for {stage}", package=package, because=because)


def _life_cycle(world: World, package: str) -> dict[str, str]:
    described = world.client("sagemaker").describe_model_package(ModelPackageName=package)
    found: dict[str, str] = described.get("ModelLifeCycle", {})
    return found
