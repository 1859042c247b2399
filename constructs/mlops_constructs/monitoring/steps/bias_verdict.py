"""What a run of the bias monitor found, in one object and one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from bias_judging import Finding, distance
from bias_metrics import ANSWERS, BOTH, LABELS
from bias_settings import Facet
from labelled_verdict import Headline, LabelledVerdict, beyond_too
from verdict import DRIFT


@dataclass(frozen=True)
class Group:
    """How many there are of one group, and how they fared.

    Attributes:
        records: With an answer.
        labelled: Those with a label too.
        answered: Those that were answered favourably.
        favourable: Those with a label that is favourable.
    """

    name: str
    records: int
    labelled: int
    answered: int
    favourable: int


@dataclass(frozen=True, kw_only=True)
class BiasVerdict(LabelledVerdict):
    """What is reported.

    Attributes:
        groups: Of each facet the others, the group, and how many records are in neither.
        findings: Every metric, the largest ratio first; those that are not judged last.
    """

    groups: Sequence[tuple[Facet, tuple[Group, Group], int]]
    findings: Sequence[Finding]

    @property
    def judged(self) -> Sequence[Finding]:
        """What was held against a limit."""
        return [] if self.too_little else [f for f in self.findings if not f.why]

    @property
    def violations(self) -> Sequence[Finding]:
        """What is farther from fair than is usual."""
        return [finding for finding in self.judged if finding.violated]

    @property
    def ratio(self) -> float:
        """The largest ratio of a lower bound to its threshold; more than 1 is a violation."""
        return max((finding.ratio for finding in self.judged), default=0.0)

    @property
    def headline(self) -> Headline | None:
        """How far from fair the metric with the largest ratio is; None if nothing is judged."""
        if not self.judged:
            return None
        worst = self.judged[0]
        away = distance(worst.metric, worst.measure)
        said = f"{name(worst)}, distance from {worst.metric.fair:g}"
        return Headline(said, away.value, away.lower, away.upper, worst.threshold or 0.0)

    def sentence(self) -> str:
        """The verdict for a person."""
        if self.too_little:
            return f"Not judged: {self.too_little}."
        worst = self.judged[0]
        if self.outcome == DRIFT:
            others = [name(finding) for finding in self.violations[1:]]
            return f"Drift: {told(worst)}{beyond_too(others)}.{self._small()}"
        return (
            f"Quiet: none of {len(self.judged)} metrics is surely beyond its limit in "
            f"{self.records:,} records, {self.labelled:,} of them with a label; the closest is "
            f"{name(worst)}, {level(worst.measure.value)} where {usual(worst)} is usual."
            f"{self._small()}"
        )

    def _small(self) -> str:
        """What nobody must take for fine, and the first reason."""
        left_out = [f.why for f in self.findings if f.why and f.wanted]
        if not left_out:
            return ""
        are = "is" if len(left_out) == 1 else "are"
        return f" {len(left_out)} more {are} not judged: {left_out[0]}."


def groups_of(facet: Facet, tables: Mapping[str, np.ndarray]) -> tuple[Group, Group]:
    """The others, and the group."""
    answers, labels, both = tables[ANSWERS], tables[LABELS], tables[BOTH]
    found = [
        Group(
            facet.groups[at], int(answers[at].sum()), int(both[at].sum()), int(answers[at, 1]),
            int(labels[at, 1]),
        )
        for at in (0, 1)
    ]  # fmt: skip
    return found[0], found[1]


def name(finding: Finding) -> str:
    """The metric of a group in words."""
    return f"{finding.metric.name} of {finding.facet.groups[1]}"


def told(finding: Finding) -> str:
    """A violation in words: what, how sure, what would be usual."""
    measure = finding.measure
    return (
        f"{name(finding)} is {level(measure.value)} ({level(measure.lower)} to "
        f"{level(measure.upper)} with 95 % confidence) where {usual(finding)} is usual"
    )


def usual(finding: Finding) -> str:
    """What is within the threshold."""
    return f"at most {level(finding.threshold)} from {finding.metric.fair:g}"


def level(value: float | None) -> str:
    """A metric's value; None is unbounded."""
    if value is None:
        return "any number"
    return f"{round(value, 2) + 0.0:.2f}" if abs(value) < 100 else f"{value:.3g}"  # + 0.0: no -0.00
