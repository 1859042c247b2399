"""The chapters of the story, each of which can be played again and again on one stage."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from rehearsal.arrows import StoryBroke
from rehearsal.executions import executions
from rehearsal.mutations.rows import Chapter
from rehearsal.mutations.stage import Stage
from rehearsal.mutations.tidy import cool_down, put_away, quieten, reconcile, throw_halves_away
from rehearsal.release import release
from rehearsal.seasons import APRIL, JULY, LONGEST, a_day, quiet
from rehearsal.story import SPRING, WINTER, Before, asked_for, rung_for, summer
from rehearsal.traffic import Traffic
from rehearsal.training import upload
from rehearsal.travellers import Question, by_day
from rehearsal.versions import register_copy
from rehearsal.watching import check_report


class Scene:
    """A chapter: how the story gets there, how it is played, and how it is made playable again."""

    chapter: Chapter

    def begin(self, stage: Stage) -> None:
        """Play the story on to this chapter, and the chapter once, with nothing broken."""
        raise NotImplementedError

    def play(self, stage: Stage) -> None:
        """Play the chapter, as the story does, to its end."""
        raise NotImplementedError

    def put_right(self, stage: Stage) -> None:
        """After a try, when the template is mended: all is as before it."""
        raise NotImplementedError

    def close(self, stage: Stage) -> None:
        """Play it once more with nothing broken: what was noticed was the mutations' doing."""
        self.play(stage)
        self.put_right(stage)


class Run(Scene):
    """A person asks for a version, and one is registered."""

    chapter = Chapter.RUN

    def begin(self, stage: Stage) -> None:
        """Winter's data arrives, and the first version is made."""
        upload(stage.world, stage.timeline, prefix=stage.names.input_data, months=WINTER)
        self.play(stage)
        self.put_right(stage)

    def play(self, stage: Stage) -> None:
        """As the story does."""
        stage.package = self._asked_for(stage, champion="NONE")

    def _asked_for(self, stage: Stage, *, champion: str) -> str:
        world, timeline, names, mailbox = stage.world, stage.timeline, stage.names, stage.mailbox
        return asked_for(world, timeline, names, mailbox, champion=champion)

    def put_right(self, stage: Stage) -> None:
        """The next run must not have to wait."""
        put_away(stage)
        cool_down(stage)


@dataclass
class Release(Scene):
    """A person approves a version, and it serves."""

    chapter = Chapter.RELEASE
    _version: str = ""
    _before: set[str] = field(default_factory=set)

    def begin(self, stage: Stage) -> None:
        """The first version is released."""
        self._release(stage, stage.package)

    def play(self, stage: Stage) -> None:
        """Once more, with a copy of the version that serves."""
        self._before = set(executions(stage.world, stage.names.promotion))
        self._version = register_copy(stage.world, stage.package)
        self._release(stage, self._version)

    def _release(self, stage: Stage, package: str) -> None:
        world, timeline, names, mailbox = stage.world, stage.timeline, stage.names, stage.mailbox
        release(world, timeline, names, mailbox, package=package, because="it is good enough")
        stage.package = package

    def put_right(self, stage: Stage) -> None:
        """The version that serves is the one that should."""
        put_away(stage)
        before = set(executions(stage.world, stage.names.promotion))
        reconcile(stage, self._version, before=before)
        stage.mailbox.empty()


class Again(Run):
    """A person asks for another version, which has to beat the one that serves."""

    chapter = Chapter.AGAIN

    def begin(self, stage: Stage) -> None:
        """Spring's data arrives."""
        upload(stage.world, stage.timeline, prefix=stage.names.input_data, months=SPRING)
        cool_down(stage)
        self.play(stage)
        self.put_right(stage)

    def play(self, stage: Stage) -> None:
        """As the story's first, but that there is a champion."""
        self._asked_for(stage, champion=stage.package)

    def put_right(self, stage: Stage) -> None:
        """What was made is not wanted."""
        super().put_right(stage)
        for package in pending(stage):
            before = set(executions(stage.world, stage.names.promotion))
            reconcile(stage, package, before=before)


@dataclass
class Day(Scene):
    """Travellers ask, what they ask is recorded, and a day later it is reported on."""

    chapter = Chapter.DAY
    _days: Iterator[list[Question]] = field(default_factory=lambda: iter(()))

    def begin(self, stage: Stage) -> None:
        """April is quiet."""
        stage.traffic = Traffic(stage.package, stage.world.time.now())
        quiet(stage.world, stage.timeline, stage.names, stage.traffic)
        self._days = cycle(by_day(stage.world.airline, APRIL)[LONGEST:])

    def play(self, stage: Stage) -> None:
        """One more day; after days without traffic it may be too few to judge."""
        report = a_day(stage.world, stage.timeline, stage.names, stage.traffic, next(self._days))
        if report["outcome"] == "drift":
            raise StoryBroke(f"April is no drift, yet: {report['sentence']}")
        if report["outcome"] == "quiet":
            _check(stage, report)

    def put_right(self, stage: Stage) -> None:
        """Nothing is left of it but its traffic, as far as that was recorded whole."""
        put_away(stage)
        throw_halves_away(stage)

    def close(self, stage: Stage) -> None:
        """April, day by day, once more."""
        quiet(stage.world, stage.timeline, stage.names, stage.traffic)


@dataclass
class Drift(Scene):
    """A day of summer: the alarm rings, and a run is started for it."""

    chapter = Chapter.DRIFT
    _days: Iterator[list[Question]] = field(default_factory=lambda: iter(()))

    def begin(self, stage: Stage) -> None:
        """Summer comes."""
        self._days = cycle(by_day(stage.world.airline, JULY)[:LONGEST])
        self.play(stage)
        self.put_right(stage)

    def play(self, stage: Stage) -> None:
        """One day, and what it leads to, up to the start of the run."""
        before = Before.of(stage.world, stage.names)
        report = a_day(stage.world, stage.timeline, stage.names, stage.traffic, next(self._days))
        if report["outcome"] != "drift":
            raise StoryBroke(f"July is drift, yet: {report['sentence']}")
        world, timeline, names = stage.world, stage.timeline, stage.names
        rung_for(world, timeline, names, stage.mailbox, before, champion=stage.package)

    def put_right(self, stage: Stage) -> None:
        """The alarm is quiet, and nothing runs."""
        put_away(stage)
        quieten(stage)
        put_away(stage)

    def close(self, stage: Stage) -> None:
        """The story goes on until version 2 serves, with traffic of its own.

        The local AWS keeps two weeks of metrics, and by now there were more. How quiet the next
        window is depends on which weekdays the tries have left in it, so that is not asked.
        """
        world, timeline, names = stage.world, stage.timeline, stage.names
        summer(world, timeline, names, stage.mailbox, Traffic(stage.package, world.time.now()))


def _check(stage: Stage, report: dict[str, Any]) -> None:
    check_report(stage.world, stage.timeline, stage.names, report, package=stage.package)


def pending(stage: Stage) -> list[str]:
    """The versions that were made last and nobody has judged, the newest first."""
    sagemaker = stage.world.client("sagemaker")
    listed = sagemaker.list_model_packages(
        ModelPackageGroupName=stage.names.group, SortBy="CreationTime", SortOrder="Descending"
    )["ModelPackageSummaryList"]
    arns = [found["ModelPackageArn"] for found in listed]
    newer = arns[: arns.index(stage.package)] if stage.package in arns else arns
    return [
        arn
        for arn in newer
        if sagemaker.describe_model_package(ModelPackageName=arn)["ModelApprovalStatus"]
        == "PendingManualApproval"
    ]
