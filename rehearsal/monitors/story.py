"""Each monitor in turn has something to tell; Dev's are the open engine's, Prod's Model Monitor's.

Days are numbered from the first one with traffic. A labelled monitor judges a day three midnights
after it began, since its labels have 48 hours; attribution judges it at once.

| day | applicants | decisions | whose midnight it is, and what is said |
|---|---|---|---|
| 0 | as held out | at once | 1: attribution quiet; 3: quality and bias quiet |
| 1 | as held out | never | 4: too few labels |
| 2 | of a minority only those refused | at once | 5: bias rings |
| 3 | columns exchanged | never | 4: attribution rings |
| 4 | as held out | late, the opposite of the answers | 7: model quality rings, and trains again |
| 5 | none; attribution is stopped | | 7: it rings as silent |
"""

import random
from collections.abc import Iterable, Sequence

from rehearsal.applications import Application
from rehearsal.monitors.asked import Request, contradicting, held_out, tell
from rehearsal.monitors.days import DAY, Days
from rehearsal.monitors.disturbed import mistaken, shifted
from rehearsal.monitors.expected import Outcomes, Ringing, both
from rehearsal.monitors.released import Released, released
from rehearsal.monitors.retrained import Trainings
from rehearsal.monitors.verdicts import (
    DRIFT,
    HOUR,
    NO_DATA,
    QUIET,
    TOO_FEW_LABELS,
    TOO_FEW_RECORDS,
    Engine,
    ModelMonitor,
    Open,
)
from rehearsal.monitors.watched import ATTRIBUTION, BIAS, KINDS, QUALITY, Watched
from rehearsal.timeline import Timeline
from rehearsal.world import World

SEED = 1990
SILENT_BY = 8 * HOUR
"""After the midnight before which two runs of a monitor were missed. It has been quiet for 50 hours
after three, and CloudWatch looks at some hours more than it is asked to before it calls them
missing."""
NOTHING_YET = Outcomes((TOO_FEW_RECORDS,), (NO_DATA,))
EARLY = {QUALITY: NOTHING_YET, BIAS: NOTHING_YET, ATTRIBUTION: both(QUIET)}
UNTOLD = Outcomes((TOO_FEW_LABELS,), (NO_DATA,))
"""Without labels the open engine says so; Model Monitor's merge finds no pair, its run fails."""


def play(world: World, timeline: Timeline) -> None:
    """Play it on an AWS where nothing of the app is deployed yet."""
    found = released(world, timeline)
    population, columns = held_out(world, found.package)
    engines: dict[Watched, Engine] = {found.dev: Open(), found.prod: ModelMonitor()}
    days = Days(world, timeline, engines, columns, random.Random(SEED))
    if world.time.now() % DAY > DAY - 2 * HOUR:
        days.until(world.time.now() // DAY * DAY + DAY + HOUR)
    before = Trainings.of(world, found.names)
    _quiet(days, found, population)
    _disturbed(days, found, population, before)


def _quiet(days: Days, found: Released, population: Sequence[Application]) -> None:
    """Days 0 to 2: what is as held out is quiet, and a day without decisions is said to be one."""
    sent, _ = days.ask(population, 1000, name="quiet")
    _tell_all(days, sent, name="quiet")
    days.midnight(EARLY, rings=Ringing())
    days.ask(population, 1300, name="undecided")
    days.midnight(EARLY, rings=Ringing())
    minority = shifted(days.world, found.package, population, days.columns)
    sent, _ = days.ask(minority, 1600, name="minority")
    _tell_all(days, sent, name="minority")
    days.midnight(dict.fromkeys(KINDS, both(QUIET)), rings=Ringing())


def _disturbed(
    days: Days, found: Released, population: Sequence[Application], before: Trainings
) -> None:
    """Days 3 to 7: each disturbance newly rings its own monitor."""
    world, timeline, both_stages = days.world, days.timeline, (found.dev, found.prod)
    days.ask(population, 1000, name="exchanged", body=mistaken)
    ringing = _drifts(both_stages, ATTRIBUTION)
    said = {QUALITY: UNTOLD, BIAS: UNTOLD, ATTRIBUTION: both(DRIFT)}
    days.midnight(said, rings=Ringing(ringing))
    before.no_more(world, found.names)
    late, answers = days.ask(population, 2000, name="late")
    ringing = _drifts([found.dev], ATTRIBUTION) | _drifts(both_stages, BIAS)
    days.midnight({QUALITY: both(QUIET), BIAS: both(DRIFT)}, rings=Ringing(ringing))
    before.no_more(world, found.names)
    days.stop(ATTRIBUTION)
    days.midnight({QUALITY: Outcomes((QUIET,), (NO_DATA,))}, rings=Ringing(ringing))
    days.until(world.time.now() // DAY * DAY + 22 * HOUR)
    for watched in both_stages:
        tell(world, timeline, watched, contradicting(late, answers[watched]), name="late")
    ringing |= _drifts(both_stages, QUALITY)
    # Of decisions that contradict the answers a metric of bias may say something, too.
    again = {found.prod.drift(BIAS)}
    days.midnight({QUALITY: both(DRIFT)}, rings=Ringing(ringing - again, may=again))
    before.one_more(world, timeline, found.names, because=found.dev.drift(QUALITY))
    days.until(world.time.now() // DAY * DAY + SILENT_BY)
    ringing |= {f"{watched.monitor(ATTRIBUTION)}-silent" for watched in both_stages}
    days.alarms(Ringing(ringing - again, may=again))


def _tell_all(days: Days, sent: Sequence[Request], *, name: str) -> None:
    for watched in days.engines:
        tell(days.world, days.timeline, watched, sent, name=name)


def _drifts(stages: Iterable[Watched], kind: str) -> set[str]:
    """The alarms of a kind, and those that ring with any."""
    return {name for each in stages for name in (each.drift(kind), each.degraded)}
