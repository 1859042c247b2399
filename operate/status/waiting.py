"""What waits for whom, and what each of them is to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from operate.account import Account
from operate.deployed import Model
from operate.served import Served
from operate.status.monitors import Monitors
from operate.status.release import Release
from operate.status.runs import Runs
from operate.trial import Trial
from operate.versions import REGISTRY, WAITING, list_versions

NEWEST = 50
"""Versions of the group that are looked at."""

STUCK_STACK = (
    "CREATE_FAILED",
    "DELETE_FAILED",
    "IMPORT_ROLLBACK_FAILED",
    "REVIEW_IN_PROGRESS",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
)
STUCK_ENDPOINT = ("Failed", "OutOfService", "UpdateRollbackFailed")
"""Statuses that no update leaves, so that a person has to act (docs/runbook.md)."""


@dataclass(frozen=True)
class Waiting:
    """One thing that does not go on by itself, or not yet.

    Attributes:
        what: What waits.
        whom: Whom or what it waits for.
        todo: Where to read what can be done about it; empty if time alone helps.
        since: Since when; None if nobody says.
    """

    what: str
    whom: str
    todo: str = ""
    since: datetime | None = None


def approvals(account: Account, promotion: Mapping[str, Any]) -> Iterator[Waiting]:
    """Versions that a person has to approve or reject: for this stage, or for the next one."""
    own = promotion.get("approval", REGISTRY)
    todo = "docs/how-to/approve.md"
    for version in islice(list_versions(account, promotion["group"]), NEWEST):
        if version.verdict(own) in WAITING:
            whose = "an approver" if own == REGISTRY else f"the approver of {own}"
            yield Waiting(f"version {version.number}", whose, todo, version.created)
        elif promotion.get("next") and version.verdict(promotion["next"]) in WAITING:
            whose = f"the approver of {promotion['next']}"
            yield Waiting(f"version {version.number}", whose, todo)


def stuck(model: Model, served: Served | None) -> Iterator[Waiting]:
    """Stacks and endpoints that a person has to mend."""
    for stack in model.stacks:
        if stack.status in STUCK_STACK:
            why = f" ({stack.reason})" if stack.reason else ""
            yield Waiting(
                f"stack {stack.name}, in {stack.status}{why}",
                "a person",
                "docs/runbook.md, A stack that is stuck",
            )
    if served and served.status in STUCK_ENDPOINT:
        yield Waiting(
            f"endpoint {served.endpoint}, {served.status} ({served.reason or 'no reason given'})",
            "a person",
            "docs/runbook.md, An endpoint that is stuck",
        )


def promotion_waits(
    promotion: Mapping[str, Any], served: Served, release: Release
) -> Iterator[Waiting]:
    """What holds up the promotion, or what it is yet to do."""
    execution = release.promotion
    if execution and execution.status == "RUNNING":
        of_stack = release.stack_status.endswith("_IN_PROGRESS")
        whom = f"stack {promotion['stack']}, {release.stack_status}"
        if not of_stack:
            whom = f"{served.what}, {served.status}" if served.status else "AWS"
        yield Waiting("the promotion", whom, "", execution.started)
    elif execution:
        yield Waiting(
            f"the lock of a promotion that is {execution.status}",
            "the next promotion, which takes it over",
            "docs/runbook.md, Start a promotion by hand",
        )
    if served.version and served.version.approval == "Rejected":
        yield Waiting(
            f"version {served.version.number}, which is rejected and serves on",
            "another version to be approved",
            "docs/runbook.md, No approved version",
        )


def trial_waits(trial: Trial) -> Iterator[Waiting]:
    """What a version on trial waits for."""
    what = f"version {trial.version.number}, on trial"
    if trial.asked:
        yield Waiting(what, "a person to decide", "docs/how-to/compare.md")
    else:
        yield Waiting(what, f"the comparison at {trial.until:%Y-%m-%d %H:%M} UTC")


def proposal_waits(promotion: Mapping[str, Any], served: Served) -> Iterator[Waiting]:
    """A version that serves but was not proposed to the stage that follows."""
    following = promotion.get("next", "")
    version = served.version
    if following and version and version.approval == "Approved" and not version.verdict(following):
        proof = "a batch that proves" if served.pipeline else "requests that prove"
        yield Waiting(
            f"version {version.number}, to be proposed to {following}",
            f"{proof} it; the daily re-check looks again",
        )


def monitors_wait(monitors: Monitors, served: Served) -> Iterator[Waiting]:
    """Monitors that look at another version than the one that serves."""
    if served.version and monitors.package != served.version.arn:
        number = monitors.package.rpartition("/")[2]
        watched = "no version" if number == "NONE" else f"version {number}"
        yield Waiting(
            f"the monitors, which still compare with {watched}",
            "the promotion to end, else a person",
            "docs/runbook.md, Monitoring that is behind",
        )


def retraining_waits(runs: Runs) -> Iterator[Waiting]:
    """What a retraining waits for, if one waits."""
    execution = runs.retraining
    if execution and execution.status != "RUNNING":
        yield Waiting(
            f"the lock of a retraining that is {execution.status}",
            "the next retraining, which takes it over",
            "docs/runbook.md, A retraining that waits and should not",
        )
    elif execution or runs.asked:
        asked = f"a run that was asked for ({runs.asked})" if runs.asked else "a retraining"
        whom = "the daily re-check" if execution is None else "a slot that names its champion"
        if runs.not_before:
            whom = f"cool-down and daily cap, until {runs.not_before:%Y-%m-%d %H:%M} UTC"
        if runs.in_flight:
            whom = "the run in flight"
        yield Waiting(asked, whom, "", execution.started if execution else None)


def alarms_ring(names: list[str]) -> Iterator[Waiting]:
    """Alarms of the model's stacks that are not of its monitors."""
    for name in names:
        yield Waiting(
            f"alarm {name}, which rings",
            "a person",
            f"docs/runbook.md, {_chapter(name)}",
        )


def _chapter(alarm: str) -> str:
    of_batches = alarm.endswith(("-batch-failed", "-batch-silent"))
    return "A batch run that failed" if of_batches else "An event or schedule that started nothing"
