"""From an empty account to a version that serves, and is watched, in both stages."""

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.applications import as_csv, delivery
from rehearsal.asking import Asking
from rehearsal.deployment import STAGES, deploy, prepare
from rehearsal.mailbox import Mailbox
from rehearsal.monitors.asked import held_out
from rehearsal.monitors.watched import Watched
from rehearsal.names import Names
from rehearsal.production import Production
from rehearsal.release import described, release
from rehearsal.story import asked_for
from rehearsal.timeline import Timeline
from rehearsal.training import deliver
from rehearsal.world import World

MODEL = "loan-approval"
REASON = "first version on the applications of 1990"


@dataclass(frozen=True)
class Released:
    """One version in both stages.

    Attributes:
        package: The version.
        names: Of the stage that trains.
        dev: That stage, as it is watched.
        prod: The one that follows.
    """

    package: str
    names: Names
    dev: Watched
    prod: Watched


@dataclass(frozen=True)
class FirstApplicant:
    """Asks one question as soon as there is somebody to ask: a release has to answer one."""

    endpoint: str

    def ask(
        self, world: World, timeline: Timeline, *, package: str, over: Callable[[], bool]
    ) -> None:
        """Ask once, and wait until the release is over."""
        (someone, *_), columns = held_out(world, package)
        asked = False
        while not over():
            if not asked and described(world, self.endpoint).get("EndpointStatus") == "InService":
                Asking(world, self.endpoint).ask([as_csv([someone], columns)])
                asked = True
            world.time.let_pass(60.0)
        timeline.record("traveller", "the first applicant was answered", endpoint=self.endpoint)


def released(world: World, timeline: Timeline) -> Released:
    """Deploy both stages, deliver data, and have a version made, approved and released in each."""
    prepare(world, timeline, stages=STAGES)
    deploy(world, timeline, stages=STAGES)
    names = Names.of(world, MODEL)
    mailbox = Mailbox(world, names.topic)
    production = Production.of(world, mailbox, requests=0, model=MODEL)
    deliver(world, timeline, prefix=names.input_data, delivery=delivery())
    package = asked_for(world, timeline, names, mailbox, champion="NONE", reason=REASON)
    release(
        world, timeline, names, mailbox, package=package, because="beats the floor",
        customers=FirstApplicant(names.endpoint),
    )  # fmt: skip
    production.release(world, timeline, package=package, because="answers in Dev")
    return Released(
        package, names, Watched.of(world, names, mailbox),
        Watched.of(world, production.names, production.mailbox),
    )  # fmt: skip
