"""The traffic of a season, a day at a time, each of which ends with the monitor's report."""

from collections.abc import Callable
from typing import Any

from rehearsal.arrows import StoryBroke
from rehearsal.names import Names
from rehearsal.timeline import Timeline
from rehearsal.traffic import Traffic, await_capture, recorded
from rehearsal.travellers import Question, by_day
from rehearsal.watching import alarm_state, await_report, check_report, reports
from rehearsal.world import World

APRIL, JULY = 4, 7
LONGEST = 14
"""Days after which a season should have shown what it is about."""


def quiet(world: World, timeline: Timeline, names: Names, traffic: Traffic) -> None:
    """The first days of April, until a whole window was judged, and found quiet.

    Raises:
        StoryBroke: the monitor sees drift where there is none, or an alarm rings.
    """
    report = _days(
        world, timeline, names, traffic, by_day(world.airline, APRIL),
        until=lambda outcome: outcome != "too-few-records",
    )  # fmt: skip
    check_report(world, timeline, names, report, package=traffic.package)
    state = alarm_state(world, names.drift_alarm)
    if report["outcome"] != "quiet" or state == "ALARM":
        raise StoryBroke(f"April is no drift, yet: {report['sentence']} (alarm {state})")


def drifting(world: World, timeline: Timeline, names: Names, traffic: Traffic) -> None:
    """The first days of July, until the monitor says that this is not what it knows."""
    report = _days(
        world, timeline, names, traffic, by_day(world.airline, JULY),
        until=lambda outcome: outcome == "drift",
    )  # fmt: skip
    check_report(world, timeline, names, report, package=traffic.package)


def settled(world: World, timeline: Timeline, names: Names, traffic: Traffic) -> None:
    """A day later in July, judged by the baseline of the version that now serves, and quiet.

    Raises:
        StoryBroke: the new version's world still is not the one it is asked about.
    """
    report = _days(
        world, timeline, names, traffic, by_day(world.airline, JULY)[LONGEST:],
        until=lambda outcome: True,
    )  # fmt: skip
    check_report(world, timeline, names, report, package=traffic.package)
    if report["outcome"] != "quiet":
        raise StoryBroke(f"version 2 knows spring, yet: {report['sentence']}")


def a_day(
    world: World, timeline: Timeline, names: Names, traffic: Traffic, asked: list[Question]
) -> dict[str, Any]:
    """Travellers ask, what they ask is recorded, and when the day is over it is reported on."""
    before, lying, sent = reports(world, names), recorded(world, names), traffic.requests
    traffic.ask(world, timeline, names, asked)
    await_capture(world, timeline, names, records=lying + traffic.requests - sent)
    return await_report(world, timeline, names, before=before)


def _days(
    world: World, timeline: Timeline, names: Names, traffic: Traffic, days: list[list[Question]],
    *, until: Callable[[str], bool],
) -> dict[str, Any]:  # fmt: skip
    """Travellers ask, the day passes, a report comes; and so on until one is as expected."""
    said = "none"
    for asked in days[:LONGEST]:
        report = a_day(world, timeline, names, traffic, asked)
        if until(report["outcome"]):
            return report
        said = report["sentence"]
    raise StoryBroke(f"after {LONGEST} days the last report is still: {said}")
