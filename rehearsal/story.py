"""The story, one screen: a model is trained, approved, watched, and trained again in summer.

It plays the outside world only: a data scientist, an approver, travellers. All that happens in
between is the platform's doing; the story waits for it, and says which arrow did not fire.
"""

from dataclasses import dataclass

from rehearsal.deployment import deploy, synthesize
from rehearsal.executions import await_success, executions
from rehearsal.mailbox import Mailbox
from rehearsal.names import Names
from rehearsal.release import nothing_is_served, release
from rehearsal.seasons import drifting, quiet, settled
from rehearsal.timeline import Timeline
from rehearsal.traffic import Traffic
from rehearsal.training import ask_for_a_run, await_run, follow, runs, upload
from rehearsal.watching import await_drift_alarm, await_retraining
from rehearsal.world import World

WINTER, SPRING = range(1, 4), range(4, 7)


@dataclass(frozen=True)
class Served:
    """What the story leaves: the versions that served, the last one's config, and all names."""

    first: str
    package: str
    endpoint: str
    config: str
    names: Names


def play(world: World, timeline: Timeline) -> Served:
    """Play the whole story on an AWS where nothing of the stage is deployed yet."""
    synthesize(world, timeline)
    return tell(world, timeline)


def tell(world: World, timeline: Timeline) -> Served:
    """Play it from the assembly that was synthesized."""
    deploy(world, timeline)
    names = Names.of(world)
    mailbox = Mailbox(world, names.topic)
    nothing_is_served(world, timeline, names)
    first = _winter(world, timeline, names, mailbox)
    traffic = _spring(world, timeline, names, first)
    upload(world, timeline, prefix=names.input_data, months=SPRING)
    second = summer(world, timeline, names, mailbox, traffic)
    config = after(world, timeline, names, second)
    return Served(first, second, names.endpoint, config, names)


def _winter(world: World, timeline: Timeline, names: Names, mailbox: Mailbox) -> str:
    """Data arrives, a person asks for a first version, another approves it, and it serves."""
    upload(world, timeline, prefix=names.input_data, months=WINTER)
    package = asked_for(world, timeline, names, mailbox, champion="NONE")
    because = "beats the floor on March's last weeks"
    release(world, timeline, names, mailbox, package=package, because=because)
    return package


def asked_for(
    world: World, timeline: Timeline, names: Names, mailbox: Mailbox, *, champion: str
) -> str:
    """A person asks for a version, and a run registers one."""
    before, reason = set(runs(world, names.pipeline)), "first version on the flights of winter"
    execution = ask_for_a_run(world, timeline, names, reason=reason)
    run = await_run(
        world, timeline, names, before=before, Reason=reason, ChampionPackageArn=champion
    )
    mailbox.await_message("Retraining -> topic", f"Retraining: {names.endpoint}")
    await_success(world, "Retraining -> its end", execution)
    return follow(world, timeline, run=run, group=names.group)


def _spring(world: World, timeline: Timeline, names: Names, package: str) -> Traffic:
    """Travellers ask, day after day, and the monitor finds nothing to tell."""
    traffic = Traffic(package, world.time.now())
    quiet(world, timeline, names, traffic)
    return traffic


def summer(
    world: World, timeline: Timeline, names: Names, mailbox: Mailbox, traffic: Traffic
) -> str:
    """Summer comes: drift, an alarm, a run with the alarm as its reason, and version 2 serves."""
    before = Before.of(world, names)
    drifting(world, timeline, names, traffic)
    run = rung_for(world, timeline, names, mailbox, before, champion=traffic.package)
    package = follow(world, timeline, run=run, group=names.group)
    traffic.check(world, timeline, names)
    because = "knows spring, and beats the champion on June's last weeks"
    release(world, timeline, names, mailbox, package=package, because=because)
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


def after(world: World, timeline: Timeline, names: Names, package: str) -> str:
    """Version 2 answers, and its own baseline judges what it is asked; the config that serves."""
    traffic = Traffic(package, world.time.now())
    settled(world, timeline, names, traffic)
    await_drift_alarm(world, timeline, names, state="OK")
    traffic.check(world, timeline, names)
    endpoint = world.client("sagemaker").describe_endpoint(EndpointName=names.endpoint)
    return str(endpoint["EndpointConfigName"])
