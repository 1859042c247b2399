"""What the verdicts of monitors that wait for labels have in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verdict import DRIFT, QUIET, TOO_FEW, TOO_FEW_LABELS, Window, listed


@dataclass(frozen=True)
class Headline:
    """The metric that stands for all; its interval may have no upper end."""

    name: str
    value: float
    lower: float
    upper: float | None
    threshold: float


@dataclass(frozen=True, kw_only=True)
class LabelledVerdict(ABC):
    """What is reported of answers and their labels.

    Attributes:
        records: Rows with an answer.
        by_day: The same by the days of the window.
        labelled: Rows with a label.
        unreadable: Captured records by what is wrong with them.
        troubles: Labels by what is wrong with them.
        repeated: Records that were left out because the same one had been there.
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
    unreadable: Mapping[str, int]
    troubles: Mapping[str, int]
    repeated: int
    too_little: str
    lacks_labels: bool
    baseline_age: float

    @property
    @abstractmethod
    def violations(self) -> Sequence[object]:
        """What crossed its threshold."""

    @property
    @abstractmethod
    def ratio(self) -> float:
        """The largest ratio of all metrics; more than 1 is a violation."""

    @property
    @abstractmethod
    def headline(self) -> Headline | None:
        """The metric that stands for all, if it was judged."""

    @abstractmethod
    def sentence(self) -> str:
        """The verdict for a person."""

    @property
    def coverage(self) -> float:
        """The share of rows with a label."""
        return self.labelled / self.records if self.records else 0.0

    @property
    def outcome(self) -> str:
        """QUIET, DRIFT, TOO_FEW or TOO_FEW_LABELS."""
        if self.too_little:
            return TOO_FEW_LABELS if self.lacks_labels else TOO_FEW
        return DRIFT if self.violations else QUIET


def beyond_too(others: Sequence[str]) -> str:
    """What a sentence about the worst metric adds about others that crossed their thresholds."""
    return f"; beyond theirs too: {listed(others, 4)}" if others else ""
