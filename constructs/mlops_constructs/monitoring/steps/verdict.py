"""What a run of the monitor found, in one object and one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from evidence import ADJUSTED, DISTANCE
from judging import Finding

QUIET, DRIFT, TOO_FEW, TOO_FEW_LABELS = "quiet", "drift", "too-few-records", "too-few-labels"

SAYS: Mapping[str, str] = {
    "distance": "distance from the baseline",
    "adjusted": "distance from what the other columns lead one to expect",
    "missing": "share of missing values",
    "lost": "share of values that are missing though the other columns lead one to expect them",
    "outside": "share of numbers outside the baseline's range",
    "unseen": "share of values that the baseline never held",
    "wrong": "share of values that are no numbers",
    "fewer": "share of rows with fewer columns",
    "more": "share of rows with more columns",
    "ndcg": "normalized discounted cumulative gain of the ranking of attributions",
}
"""Each check in words."""


@dataclass(frozen=True)
class Window:
    """The stretch of time that was looked at."""

    start: datetime
    end: datetime

    def day(self, day: int, days: int) -> datetime:
        """When the window's day begins."""
        return max(self.start, self.end - timedelta(days=days - day))

    def since(self, day: int | None, days: int) -> str:
        """In words, from the window's day on; from its first, or none, it is the whole one."""
        if not day:
            return "in the whole window"
        return f"since {self.day(day, days):%A %d %B, %H:%M} UTC"


class Outcome(Protocol):
    """What a page and metrics need of a verdict of any kind of monitor."""

    @property
    def endpoint(self) -> str:
        """Whose traffic."""
        ...

    @property
    def monitor(self) -> str:
        """Which monitor."""
        ...

    @property
    def window(self) -> Window:
        """Which traffic."""
        ...

    @property
    def records(self) -> int:
        """Readable rows."""
        ...

    @property
    def by_day(self) -> Sequence[int]:
        """The same by the days of the window."""
        ...

    @property
    def unreadable(self) -> Mapping[str, int]:
        """What is not readable, by kind."""
        ...

    @property
    def violations(self) -> Sequence[object]:
        """What the baseline does not explain."""
        ...

    @property
    def ratio(self) -> float:
        """The largest ratio of a lower bound to its threshold; more than 1 is a violation."""
        ...

    @property
    def outcome(self) -> str:
        """QUIET, DRIFT, TOO_FEW or TOO_FEW_LABELS."""
        ...

    def sentence(self) -> str:
        """The verdict for a person."""
        ...


@dataclass(frozen=True)
class Verdict:
    """The outcome.

    Attributes:
        records: Rows that could be read: each is one thing that the model was asked about.
        by_day: Of each day of the window, the rows that were sent, readable or not.
        unreadable: Records and rows by kind of trouble.
        findings: Every check, the largest ratio first; none if there was too little to judge.
        too_little: What was lacking; empty if the window was judged.
    """

    endpoint: str
    monitor: str
    window: Window
    records: int
    by_day: Sequence[int]
    unreadable: Mapping[str, int]
    findings: Sequence[Finding]
    too_little: str

    @property
    def violations(self) -> list[Finding]:
        """What crossed its threshold."""
        return [finding for finding in self.findings if finding.violated]

    @property
    def outcome(self) -> str:
        """QUIET, DRIFT or TOO_FEW."""
        if self.too_little:
            return TOO_FEW
        return DRIFT if self.violations else QUIET

    @property
    def ratio(self) -> float:
        """The largest ratio of a lower bound to its threshold; more than 1 is a violation."""
        return max((finding.ratio for finding in self.findings), default=0.0)

    def sentence(self) -> str:
        """The verdict for a person."""
        if self.outcome == TOO_FEW:
            return f"Not judged: {self.too_little}."
        worst = self.findings[0] if self.findings else None
        if worst is None:
            return f"Quiet: every check is switched off ({self.records:,} records)."
        if self.outcome == QUIET:
            return (
                f"Quiet: none of {len(self.findings)} checks crossed its threshold in "
                f"{self.records:,} records; the closest is {name(worst)}, "
                f"{told(worst.check, worst.estimate.value)} where at most "
                f"{told(worst.check, worst.threshold)} is usual."
            )
        return f"Drift: {self.told(worst)}{self._others()}."

    def told(self, finding: Finding) -> str:
        """A violation in words: what, how much, how sure, since when."""
        found = finding.estimate
        value, lower, upper, threshold = (
            told(finding.check, level)
            for level in (found.value, found.lower, found.upper, finding.threshold)
        )
        return (
            f"{name(finding)} is {value} ({lower} to {upper} with 95 % confidence) where at most "
            f"{threshold} is usual, {self.since(finding)}"
        )

    def since(self, finding: Finding) -> str:
        """In words, from when on."""
        return self.window.since(finding.since, len(self.by_day))

    def _others(self) -> str:
        others = self.violations[1:]
        if len(others) < 2:
            return f"; {name(others[0])} crossed its own too" if others else ""
        features = list(dict.fromkeys(finding.feature for finding in others))
        return f"; {len(others)} more checks crossed theirs, of {listed(features, 5)}"


def listed(names: Sequence[str], most: int) -> str:
    """Names in a sentence, at most so many of them."""
    return ", ".join(names[:most]) + (" and others" if len(names) > most else "")


def name(finding: Finding) -> str:
    """The check of a feature in words."""
    return f"{finding.feature}'s {SAYS[finding.check]}"


def told(check: str, level: float) -> str:
    """A distance as a number from 0 to 1, a share in per cent."""
    if check in (DISTANCE, ADJUSTED):
        return f"{level:.2f}"
    return f"{max(level, 0.0):.1%}"
