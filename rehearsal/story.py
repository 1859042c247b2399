"""The story, one screen: a model is trained, approved, watched, trained again, and goes to Prod.

It plays the outside world only: a data scientist, an approver, travellers. All that happens in
between is the platform's doing; the story waits for it, and says which arrow did not fire.
"""

from dataclasses import dataclass

from rehearsal import failing
from rehearsal.deployment import STAGES, deploy, prepare
from rehearsal.executions import await_success, executions
from rehearsal.mailbox import Mailbox
from rehearsal.names import Names
from rehearsal.production import Production
from rehearsal.release import nothing_is_served, release
from rehearsal.seasons import drifting, quiet, settled
from rehearsal.stream import LEAST, stream
from rehearsal.timeline import Timeline
from rehearsal.traffic import Traffic
from rehearsal.training import ask_for_a_run, await_run, follow, runs, upload
from rehearsal.watching import await_drift_alarm, await_retraining
from rehearsal.world import World

WINTER, SPRING = range(1, 4), range(4, 7)


@dataclass(frozen=True)
class Served:
    """What the story leaves: the versions, the config that serves in Dev, and all names.

    Attributes:
        first: the version that served before.
        package: the one that serves.
        failed: the one that was rolled back.
    """

    first: str
    package: str
    failed: str
    endpoint: str
    config: str
    names: Names


def play(world: World, timeline: Timeline, *, requests: int = LEAST) -> Served:
    """Play the story on an AWS where nothing of the app is deployed yet.

    Args:
        world, timeline: where.
        requests: how many customers send, at least, while a release goes on.
    """
    prepare(world, timeline, stages=STAGES)
    deploy(world, timeline, stages=STAGES)
    names = Names.of(world)
    mailbox = Mailbox(world, names.topic)
    production = Production.of(world, mailbox, requests=requests)
    for stage in (names, production.names):
        nothing_is_served(world, timeline, stage)
    first = winter(world, timeline, names, mailbox)
    traffic = spring(world, timeline, names, first)
    production.release(world, timeline, package=first, because="April was quiet")
    upload(world, timeline, prefix=names.input_data, months=SPRING)
    second = summer(world, timeline, names, mailbox, traffic, requests=requests)
    after(world, timeline, names, second)
    because = "July is quiet again"
    production.release(world, timeline, package=second, because=because, before=first)
    failed = by_mistake(world, timeline, names, mailbox, second, requests=requests)
    endpoint = world.client("sagemaker").describe_endpoint(EndpointName=names.endpoint)
    return Served(first, second, failed, names.endpoint, endpoint["EndpointConfigName"], names)


def winter(world: World, timeline: Timeline, names: Names, mailbox: Mailbox) -> str:
    """Data arrives, a person asks for a first version, another approves it, and it serves."""
    upload(world, timeline, prefix=names.input_data, months=WINTER)
    package = asked_for(world, timeline, names, mailbox, champion="NONE")
    because = "beats the floor on March's last weeks"
    release(world, timeline, names, mailbox, package=package, because=because)
    return package


def asked_for(
    world: World, timeline: Timeline, names: Names, mailbox: Mailbox, *, champion: str,
    reason: str = "first version on the flights of winter",
) -> str:  # fmt: skip
    """A person asks for a version, and a run registers one."""
    before = set(runs(world, names.pipeline))
    execution = ask_for_a_run(world, timeline, names, reason=reason)
    run = await_run(
        world, timeline, names, before=before, Reason=reason, ChampionPackageArn=champion
    )
    mailbox.await_message("Retraining -> topic", f"Retraining: {names.endpoint}")
    await_success(world, "Retraining -> its end", execution)
    return follow(world, timeline, run=run, group=names.group)


def spring(world: World, timeline: Timeline, names: Names, package: str) -> Traffic:
    """Travellers ask, day after day, and the monitor finds nothing to tell."""
    traffic = Traffic(package, world.time.now())
    quiet(world, timeline, names, traffic)
    return traffic


def summer(
    world: World, timeline: Timeline, names: Names, mailbox: Mailbox, traffic: Traffic,
    *, requests: int = 0,
) -> str:  # fmt: skip
    """Summer comes: drift, an alarm, a run with the alarm as its reason, and version 2 serves.

    Args:
        world, timeline, names, mailbox, traffic: where, and what was asked so far.
        requests: how many go on during the release, at least; 0 for none.
    """
    before = Before.of(world, names)
    drifting(world, timeline, names, traffic)
    run = rung_for(world, timeline, names, mailbox, before, champion=traffic.package)
    package = follow(world, timeline, run=run, group=names.group)
    traffic.check(world, timeline, names)
    because = "knows spring, and beats the champion on June's last weeks"
    versions = [traffic.package, package]
    customers = stream(world, names.endpoint, versions, least=requests) if requests else None
    release(
        world, timeline, names, mailbox, package=package, because=because, customers=customers
    )  # fmt: skip
    return package


@dataclass(frozen=True)
class Before:
    """The runs and the retrainings that there were before a window was reported on."""

    runs: set[str]
    retrainings: set[str]

    @classmethod
    def of(cls, world: World, names: Names) -> "Before":
        """Those that there are now."""
        return cls(set(runs(world, names.pipeline)), set(executions(world, names.retraining)))


def rung_for(
    world: World, timeline: Timeline, names: Names, mailbox: Mailbox, before: Before,
    *, champion: str,
) -> str:  # fmt: skip
    """The alarm rings, people hear of it, and it is the reason of the run that is started."""
    await_drift_alarm(world, timeline, names, state="ALARM")
    execution = await_retraining(world, timeline, names, before=before.retrainings)
    run = await_run(
        world, timeline, names, before=before.runs, Reason=names.drift_alarm,
        ChampionPackageArn=champion,
    )  # fmt: skip
    mailbox.await_message("Retraining -> topic", f"Retraining: {names.endpoint}")
    mailbox.await_message("drift alarm -> topic", names.drift_alarm)
    await_success(world, "Retraining -> its end", execution)
    return run


def after(world: World, timeline: Timeline, names: Names, package: str) -> None:
    """Version 2 answers, and its own baseline judges what it is asked."""
    traffic = Traffic(package, world.time.now())
    settled(world, timeline, names, traffic)
    await_drift_alarm(world, timeline, names, state="OK")
    traffic.check(world, timeline, names)


def by_mistake(
    world: World, timeline: Timeline, names: Names, mailbox: Mailbox, serving: str, *, requests: int
) -> str:
    """A person approves a version that answers nothing, and its alarm takes it back."""
    package = failing.register(world, timeline, package=serving)
    customers = stream(world, names.endpoint, [serving], least=requests, failing=package)
    failing.taken_back(
        world, timeline, names, mailbox, package=package, serving=serving, customers=customers
    )
    return package
