"""The story as it can be told on AWS within an afternoon: the same chapters, but for the days."""

from dataclasses import dataclass, field

from rehearsal import story
from rehearsal.deployment import STAGES, deploy
from rehearsal.mailbox import Mailbox
from rehearsal.names import Names, StageNames
from rehearsal.on_aws import by_hand
from rehearsal.on_aws.listener import Listener
from rehearsal.on_aws.record import TAG, Record
from rehearsal.on_aws.witness import Witness
from rehearsal.production import Production
from rehearsal.release import nothing_is_served, release
from rehearsal.seasons import APRIL, JULY
from rehearsal.stream import LEAST
from rehearsal.timeline import Timeline
from rehearsal.traffic import Traffic, await_capture, recorded
from rehearsal.training import upload
from rehearsal.travellers import by_day
from rehearsal.world import World


@dataclass
class Told:
    """How far the story came, for those who look at what it left.

    Attributes:
        record: What was made.
        witness: Heard what the endpoints answered.
        listener: Hears of versions; None before there are stacks.
        names: Of the stage that trains.
        production: Of the one that follows.
        first, second, failed: The versions; empty before they were registered.
        over: Whether it came to its end.
    """

    record: Record
    witness: Witness
    listener: Listener | None = None
    names: Names | None = None
    production: StageNames | None = None
    first: str = ""
    second: str = ""
    failed: str = ""
    over: bool = field(default=False)


def tell(world: World, timeline: Timeline, told: Told) -> None:
    """Play it from the assembly that was synthesized, and note how far it came."""
    deploy(world, timeline, stages=STAGES, tag=f"{TAG}={told.record.run}")
    names = told.names = Names.of(world)
    told.listener = Listener.of(world, told.record, group=names.group)
    mailbox = Mailbox(world, names.topic)
    production = Production.of(world, mailbox, requests=LEAST)
    told.production = production.names
    for stage in (names, production.names):
        nothing_is_served(world, timeline, stage)
    told.first = story.winter(world, timeline, names, mailbox)
    _ask(world, timeline, names, told.first, month=APRIL, judged=True)
    production.release(world, timeline, package=told.first, because="its answers were checked")
    upload(world, timeline, prefix=names.input_data, months=story.SPRING)
    told.second = by_hand.train(
        world, timeline, names, champion=told.first, reason="spring is known now"
    )
    because = "knows spring, and beats the champion on June's last weeks"
    release(world, timeline, names, mailbox, package=told.second, because=because)
    _ask(world, timeline, names, told.second, month=JULY, judged=False)
    production.release(
        world, timeline, package=told.second, because=because, before=told.first
    )  # fmt: skip
    told.failed = story.by_mistake(world, timeline, names, mailbox, told.second, requests=LEAST)
    told.over = True


def _ask(
    world: World, timeline: Timeline, names: Names, package: str, *, month: int, judged: bool
) -> None:
    """Travellers ask for a day, all of it is checked, and the version is proposed."""
    traffic, lying = Traffic(package, world.time.now()), recorded(world, names)
    day = by_day(world.airline, month)[0]
    traffic.ask(world, timeline, names, day)
    await_capture(world, timeline, names, records=lying + traffic.requests)
    traffic.check(world, timeline, names)
    if judged:
        by_hand.judge(world, timeline, names, flights=len(day))
    by_hand.look_again(world, timeline, names)
