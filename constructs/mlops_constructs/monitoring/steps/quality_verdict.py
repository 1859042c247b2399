"""What a run of the model-quality monitor found, in one object and one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judging import Estimate
from quality_judging import Finding
from quality_settings import GREATER
from verdict import DRIFT, QUIET, TOO_FEW, TOO_FEW_LABELS, Window

SAYS: Mapping[str, str] = {
    "auc": "area under the ROC curve",
    "recall": "recall", "precision": "precision", "accuracy": "accuracy",
    "true_positive_rate": "true positive rate", "true_negative_rate": "true negative rate",
    "false_positive_rate": "false positive rate", "false_negative_rate": "false negative rate",
    "f0_5": "F0.5 score", "f1": "F1 score", "f2": "F2 score",
    "weighted_recall": "weighted recall", "weighted_precision": "weighted precision",
    "weighted_f0_5": "weighted F0.5 score", "weighted_f1": "weighted F1 score",
    "weighted_f2": "weighted F2 score",
    "rmse": "root mean squared error", "mae": "mean absolute error",
    "mse": "mean squared error", "r2": "coefficient of determination",
}  # fmt: skip
"""Each metric in words."""

SAME_AS: Mapping[str, str] = {
    "true_positive_rate": "recall", "false_negative_rate": "recall",
    "false_positive_rate": "true_negative_rate", "weighted_recall": "accuracy",
}  # fmt: skip
"""Metrics that say the same as another, or what it lacks of 1: Model Monitor has names for both."""


@dataclass(frozen=True)
class QualityVerdict:
    """What is reported.

    Attributes:
        records: Rows with an answer that can be read.
        by_day: The same by the days of the window.
        labelled: Those with a label that can be used.
        labelled_by_day: The same by the days of the window.
        unreadable: Captured records by what is wrong with them.
        troubles: Labels by what is wrong with them.
        repeated: Records that were captured more than once.
        findings: Every metric that was judged, the largest ratio first.
        daily: Every metric on each day of the window.
        headline_name: The metric that stands for all.
        too_little: Why the window is not judged; empty if it is.
        lacks_labels: Whether it is not judged for want of labels.
        baseline_age: In days.
    """

    endpoint: str
    monitor: str
    window: Window
    records: int
    by_day: Sequence[int]
    labelled: int
    labelled_by_day: Sequence[int]
    unreadable: Mapping[str, int]
    troubles: Mapping[str, int]
    repeated: int
    findings: Sequence[Finding]
    daily: Sequence[Mapping[str, Estimate]]
    headline_name: str
    too_little: str
    lacks_labels: bool
    baseline_age: float

    @property
    def coverage(self) -> float:
        """The share of records with a label that can be used."""
        return self.labelled / self.records if self.records else 0.0

    @property
    def violations(self) -> list[Finding]:
        """What crossed its threshold."""
        return [finding for finding in self.findings if finding.violated]

    @property
    def outcome(self) -> str:
        """QUIET, DRIFT, TOO_FEW or TOO_FEW_LABELS."""
        if self.too_little:
            return TOO_FEW_LABELS if self.lacks_labels else TOO_FEW
        return DRIFT if self.violations else QUIET

    @property
    def ratio(self) -> float:
        """The largest ratio of sure to allowed loss; more than 1 is a violation."""
        return max((finding.ratio for finding in self.findings), default=0.0)

    @property
    def headline(self) -> Finding | None:
        """The metric that stands for all, if it was judged."""
        return next((f for f in self.findings if f.name == self.headline_name), None)

    @property
    def worst(self) -> Finding:
        """What is told first: the headline if it is violated or nothing is, else the worst."""
        if self.headline and (self.headline.violated or not self.violations):
            return self.headline
        return self.findings[0]

    def told_apart(self, findings: Sequence[Finding]) -> list[Finding]:
        """Those that say what no other one says, or that a person asked for."""
        return [finding for finding in findings if finding.name not in SAME_AS or finding.by_person]

    def sentence(self) -> str:
        """The verdict for a person."""
        if self.too_little:
            return f"Not judged: {self.too_little}."
        worst = self.worst
        if self.outcome == DRIFT:
            return f"Drift: {self.told(worst)}{self._others(worst)}."
        return (
            f"Quiet: {SAYS[worst.name]} is {level(worst.estimate.value)}, and {usual(worst)} is "
            f"usual; none of {len(self.findings)} metrics crossed its threshold in "
            f"{self.labelled:,} labelled of {self.records:,} records."
        )

    def told(self, finding: Finding) -> str:
        """A violation in words: what, how much, how sure, since when."""
        found = finding.estimate
        return (
            f"{SAYS[finding.name]} is {level(found.value)} ({level(found.lower)} to "
            f"{level(found.upper)} with 95 % confidence) where {usual(finding)} is usual, "
            f"{self.since(finding)}"
        )

    def since(self, finding: Finding) -> str:
        """In words, from when on."""
        if not finding.since:
            return "in the whole window"
        begun = self.window.day(finding.since, len(self.by_day))
        return f"since {begun:%A %d %B, %H:%M} UTC"

    def _others(self, told: Finding) -> str:
        known = {told.name, SAME_AS.get(told.name)}
        others = [SAYS[f.name] for f in self.told_apart(self.violations) if f.name not in known]
        if not others:
            return ""
        listed = ", ".join(others[:4]) + (" and others" if len(others) > 4 else "")
        return f"; beyond theirs too: {listed}"


def usual(finding: Finding) -> str:
    """What is within the threshold."""
    if finding.worse == GREATER:
        return f"at most {level(finding.threshold)}"
    return f"at least {level(finding.threshold)}"


def level(value: float) -> str:
    """A metric's value."""
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.4g}"
