"""What the attribution monitor found, as a verdict that tells which features moved."""

from collections.abc import Sequence
from dataclasses import dataclass

from attribution_metrics import Interval
from judging import Finding
from verdict import DRIFT, Verdict

NDCG = "ndcg"
"""The monitor's only check."""


@dataclass(frozen=True)
class Feature:
    """What a feature contributed, then and now.

    Attributes:
        place_then: In the baseline's ranking, from 1.
        place_now: In the window's; None if it was not judged.
    """

    name: str
    then: Interval
    place_then: int
    now: Interval | None
    place_now: int | None

    @property
    def moved(self) -> int:
        """Places up, or, if negative, down."""
        return 0 if self.place_now is None else self.place_then - self.place_now

    @property
    def shift(self) -> float:
        """Places times the larger attribution: a move of what hardly matters is small."""
        now = self.now.value if self.now else 0.0
        return abs(self.moved) * max(self.then.value, now)


@dataclass(frozen=True)
class Ranks(Verdict):
    """The outcome.

    Attributes:
        features: In the order of the baseline's ranking.
        explained: Records that the model's code was asked to explain.
        least: The value of the reversed ranking: no other has less.
    """

    features: Sequence[Feature]
    explained: int
    least: float

    @property
    def finding(self) -> Finding | None:
        """The check; None if the window was not judged."""
        return self.findings[0] if self.findings else None

    def sentence(self) -> str:
        """The verdict for a person."""
        if self.finding is None:
            return super().sentence()
        if self.outcome == DRIFT:
            return f"Drift: {self.told(self.finding)}{self._movers()}."
        found = self.finding.estimate
        return (
            f"Quiet: answers rest on features in nearly the same order as they did; the ranking's "
            f"NDCG is {found.value:.3f} ({found.lower:.3f} to {found.upper:.3f} with 95 % "
            f"confidence), and less than {self.finding.threshold:.3f} would be a violation"
            f"{self._blind()} ({self._of()})."
        )

    def told(self, finding: Finding) -> str:
        """A violation in words: what, how much, how sure, since when."""
        found = finding.estimate
        return (
            f"answers rest on features in another order than they did; the ranking's NDCG is "
            f"{found.value:.3f} ({found.lower:.3f} to {found.upper:.3f} with 95 % confidence) "
            f"where at least {finding.threshold:.3f} is usual, {self.since(finding)} ({self._of()})"
        )

    def _of(self) -> str:
        if self.explained == self.records:
            return f"{self.records:,} records"
        return f"{self.explained:,} of {self.records:,} records"

    def _blind(self) -> str:
        """Of a threshold that nothing could cross."""
        if self.finding is None or self.least < self.finding.threshold:
            return ""
        return f", which even the reversed order would not have: its NDCG is {self.least:.3f}"

    def _movers(self) -> str:
        movers = sorted(self.features, key=lambda feature: -feature.shift)[:3]
        told = [
            f"{feature.name} {'rose' if feature.moved > 0 else 'fell'} from place "
            f"{feature.place_then} to {feature.place_now}"
            for feature in movers
            if feature.moved
        ]
        return f"; {', '.join(told)}" if told else ""
