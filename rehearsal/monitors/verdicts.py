"""What a monitor said of its window, whichever engine runs it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rehearsal.monitors.watched import Watched, measured
from rehearsal.timeline import Timeline
from rehearsal.world import World

HOUR = 3600.0
QUIET, DRIFT, TOO_FEW_LABELS, TOO_FEW_RECORDS = (
    "quiet",
    "drift",
    "too-few-labels",
    "too-few-records",
)
NO_DATA = "no-data"
"""Model Monitor's run found nothing to judge, and says so by failing."""


@dataclass(frozen=True)
class Verdict:
    """Of one run.

    Attributes:
        outcome: One of the words above.
        violations: How many it counted; None if it judged nothing.
        sentence: The monitor's own.
        pages: What it wrote for people and programs, by file name.
    """

    outcome: str
    violations: int | None
    sentence: str
    pages: dict[str, bytes]


class Engine(Protocol):
    """Where a stage's monitors leave their verdicts."""

    def verdict(self, world: World, watched: Watched, kind: str, at: float) -> Verdict | None:
        """On the run of that time; None while there is none."""
        ...

    def stop(self, world: World, watched: Watched, kind: str) -> None:
        """Do what a person does who stops a monitor."""
        ...


class Open:
    """Reports of the monitors' own scripts."""

    def verdict(self, world: World, watched: Watched, kind: str, at: float) -> Verdict | None:
        """What the report of that hour says."""
        place = f"{watched.names.reports}/{kind}/{_hour(at)}"
        if not world.exists(f"{place}/report.json"):
            return None
        report = world.read_json(f"{place}/report.json")
        judged = report["outcome"] in (QUIET, DRIFT)
        return Verdict(
            report["outcome"], report["violations"] if judged else None, report["sentence"],
            {"report.html": world.read_bytes(f"{place}/report.html")},
        )  # fmt: skip

    def stop(self, world: World, watched: Watched, kind: str) -> None:
        """Disable its schedule."""
        scheduler = world.client("scheduler")
        found = scheduler.get_schedule(Name=watched.monitor(kind))
        told = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
        scheduler.update_schedule(**{name: found[name] for name in told}, State="DISABLED")


class ModelMonitor:
    """Executions of monitoring schedules, and what their jobs wrote."""

    def verdict(self, world: World, watched: Watched, kind: str, at: float) -> Verdict | None:
        """What the execution of that hour came to."""
        [found] = _executions(world, watched, kind, at) or [{}]
        status = found.get("MonitoringExecutionStatus", "Pending")
        if status == "Failed":
            return Verdict(failed(found), None, found.get("FailureReason", ""), {})
        if not status.startswith("Completed"):
            return None
        name = found["ProcessingJobArn"].rpartition("/")[2]
        job = world.client("sagemaker").describe_processing_job(ProcessingJobName=name)
        [output] = job["ProcessingOutputConfig"]["Outputs"]
        pages = dict(_written(world, output["S3Output"]["S3Uri"]))
        number = 0
        if status == "CompletedWithViolations":
            number = int(job["ExitMessage"].partition(" with ")[2].split()[0])
        return Verdict(DRIFT if number else QUIET, number, job["ExitMessage"], pages)

    def stop(self, world: World, watched: Watched, kind: str) -> None:
        """Stop its schedule."""
        world.client("sagemaker").stop_monitoring_schedule(
            MonitoringScheduleName=watched.monitor(kind)
        )


def await_verdict(
    world: World, timeline: Timeline, watched: Watched, engine: Engine, kind: str, *, at: float
) -> Verdict:
    """Wait for the run of that time, keep its pages, and see that CloudWatch has its count.

    Raises:
        ArrowDidNotFire: The run, or its metrics, did not come.
    """
    monitor = watched.monitor(kind)
    verdict = world.await_arrow(
        f"schedule -> {monitor}", lambda: engine.verdict(world, watched, kind, at),
        expected=f"a verdict of {monitor} on its run of {_hour(at)}", within=HOUR,
    )  # fmt: skip
    assert verdict is not None
    _keep(world, f"{monitor}-{_time(at):%Y-%m-%d}-{verdict.outcome}", verdict.pages)
    wanted = [] if verdict.violations is None else [float(verdict.violations)]
    world.await_arrow(
        f"{monitor} -> CloudWatch",
        lambda: measured(world, watched, kind, "ViolationCount", since=at),
        expected=f"ViolationCount {wanted}", until=lambda found: found == wanted, within=HOUR,
    )  # fmt: skip
    timeline.record(
        "platform", f"{monitor} judged", outcome=verdict.outcome, violations=verdict.violations,
        sentence=verdict.sentence,
    )  # fmt: skip
    return verdict


def _executions(world: World, watched: Watched, kind: str, at: float) -> list[dict[str, Any]]:
    """Of that time: one, or none yet."""
    listed = world.client("sagemaker").list_monitoring_executions(
        MonitoringScheduleName=watched.monitor(kind),
        ScheduledTimeAfter=_time(at - 1), ScheduledTimeBefore=_time(at + 1),
    )  # fmt: skip
    found: list[dict[str, Any]] = listed["MonitoringExecutionSummaries"]
    return found


def failed(execution: dict[str, Any]) -> str:
    """The outcome of an execution that failed."""
    reason = execution.get("FailureReason", "")
    return NO_DATA if reason == "Job inputs had no data" else f"failed: {reason}"


def _written(world: World, uri: str) -> Iterator[tuple[str, bytes]]:
    """The report files below a prefix that people look at."""
    for name in ("report.html", "constraint_violations.json", "statistics.json", "analysis.json"):
        if world.exists(f"{uri}/{name}"):
            yield name, world.read_bytes(f"{uri}/{name}")


def _keep(world: World, name: str, pages: dict[str, bytes]) -> None:
    folder = Path(world.out, "reports")
    folder.mkdir(exist_ok=True)
    for file, content in pages.items():
        (folder / f"{name}-{file.removeprefix('report')}".replace("-.", ".")).write_bytes(content)


def _time(at: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at, datetime.UTC)


def _hour(at: float) -> str:
    return f"{_time(at):%Y/%m/%d/%H}"
