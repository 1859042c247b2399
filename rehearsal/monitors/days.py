"""Days of the rehearsal: applicants ask, midnight comes, every monitor judges, alarms are read."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rehearsal.applications import Application, as_csv
from rehearsal.arrows import StoryBroke
from rehearsal.monitors import expected
from rehearsal.monitors.asked import Answers, Body, Request, ask, requests
from rehearsal.monitors.verdicts import HOUR, Engine, await_verdict
from rehearsal.monitors.watched import KINDS, Watched, alarms
from rehearsal.passing import let_pass_until
from rehearsal.timeline import Timeline
from rehearsal.world import World

DAY = 86400.0
SETTLED = 2.5 * HOUR
"""After midnight, when each monitor has run and each alarm has looked at what it measured."""


@dataclass
class Days:
    """The two stages, and how far their days have come.

    Attributes:
        engines: The stages, and who runs their monitors.
        columns: Of a request.
        chance: Draws who asks.
        stopped: Monitors that a person has stopped.
        told: Alarms of which people have heard.
    """

    world: World
    timeline: Timeline
    engines: Mapping[Watched, Engine]
    columns: Sequence[str]
    chance: random.Random
    stopped: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def ask(
        self, population: Sequence[Application], number: int, *, name: str, body: Body = as_csv
    ) -> tuple[list[Request], dict[Watched, Answers]]:
        """So many applications, drawn with replacement, are asked about in both stages."""
        drawn = self.chance.choices(population, k=number)
        sent = requests(drawn, self.columns, name=name, chance=self.chance, body=body)
        answers = {watched: ask(self.world, watched, sent) for watched in self.engines}
        self.timeline.record(
            "traveller", "applications asked about in both stages", of=name, requests=len(sent),
            applications=number,
        )  # fmt: skip
        return sent, answers

    def midnight(self, said: Mapping[str, expected.Outcomes], *, rings: expected.Ringing) -> None:
        """Let the day end, and hold what every monitor says, and every alarm, against a table.

        Args:
            said: By kind, what either engine should say; of other kinds anything.
            rings: Which alarms should ring then.

        Raises:
            StoryBroke: One said something else, or another alarm rings.
        """
        at = self.world.time.now() // DAY * DAY + DAY
        self.until(at)
        for watched, engine in self.engines.items():
            for kind in KINDS:
                if watched.monitor(kind) in self.stopped:
                    continue
                verdict = await_verdict(self.world, self.timeline, watched, engine, kind, at=at)
                wanted = said[kind].of(engine) if kind in said else ()
                if wanted and verdict.outcome not in wanted:
                    raise StoryBroke(
                        f"{watched.monitor(kind)} should have said {' or '.join(wanted)}, and "
                        f"said {verdict.outcome}: {verdict.sentence}"
                    )
        self.until(at + SETTLED)
        self.alarms(rings)

    def stop(self, kind: str) -> None:
        """A person stops a monitor in both stages."""
        for watched, engine in self.engines.items():
            engine.stop(self.world, watched, kind)
            self.stopped.add(watched.monitor(kind))
            self.timeline.record("data scientist", f"{watched.monitor(kind)} stopped")

    def alarms(self, rings: expected.Ringing) -> None:
        """Read every alarm, and of those that newly ring what people are told.

        Raises:
            ArrowDidNotFire: Nobody was told.
            StoryBroke: One is not as expected.
        """
        found = alarms(self.world, self.engines)
        ringing = sorted(name for name, state in found.items() if state == "ALARM")
        self.timeline.record("rehearsal", "alarms read", alarms=len(found), ringing=ringing)
        if wrong := rings.wrong(found):
            raise StoryBroke("; ".join(wrong))
        for watched in self.engines:
            for name in sorted({*rings.must} & {*watched.names.alarms} - self.told):
                watched.mailbox.await_message(f"{name} -> topic", name)
                self.told.add(name)

    def until(self, at: float) -> None:
        """Let time pass."""
        let_pass_until(self.world.time, at)
