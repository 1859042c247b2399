"""What a run of the model-quality monitor found, in one object and one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judging import Estimate
from labelled_verdict import Headline, LabelledVerdict, beyond_too
from quality_judging import Finding
from quality_settings import GREATER
from verdict import DRIFT

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


@dataclass(frozen=True, kw_only=True)
class QualityVerdict(LabelledVerdict):
    """What is reported of answers that can be read and labels that can be used.

    Attributes:
        labelled_by_day: Rows with a label, by the days of the window.
        findings: Every metric that was judged, the largest ratio first.
        daily: Every metric on each day of the window.
        headline_name: The metric that stands for all.
    """

    labelled_by_day: Sequence[int]
    findings: Sequence[Finding]
    daily: Sequence[Mapping[str, Estimate]]
    headline_name: str

    @property
    def violations(self) -> list[Finding]:
        """What crossed its threshold."""
        return [finding for finding in self.findings if finding.violated]

    @property
    def ratio(self) -> float:
        """The largest ratio of sure to allowed loss; more than 1 is a violation."""
        return max((finding.ratio for finding in self.findings), default=0.0)

    @property
    def foremost(self) -> Finding | None:
        """The metric that stands for all, if it was judged."""
        return next((f for f in self.findings if f.name == self.headline_name), None)

    @property
    def headline(self) -> Headline | None:
        """The same for a machine."""
        if (found := self.foremost) is None:
            return None
        of = found.estimate
        return Headline(found.name, of.value, of.lower, of.upper, found.threshold)

    @property
    def worst(self) -> Finding:
        """What is told first: the headline if it is violated or nothing is, else the worst."""
        if self.foremost and (self.foremost.violated or not self.violations):
            return self.foremost
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
        return self.window.since(finding.since, len(self.by_day))

    def _others(self, told: Finding) -> str:
        known = {told.name, SAME_AS.get(told.name)}
        others = [SAYS[f.name] for f in self.told_apart(self.violations) if f.name not in known]
        return beyond_too(others)


def usual(finding: Finding) -> str:
    """What is within the threshold."""
    if finding.worse == GREATER:
        return f"at most {level(finding.threshold)}"
    return f"at least {level(finding.threshold)}"


def level(value: float) -> str:
    """A metric's value."""
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.4g}"
