"""What a check found."""

from dataclasses import dataclass
from enum import Enum


class Weight(Enum):
    """How much a finding matters."""

    STOPS = "STOPS"
    """A deployment, or the first run or release after it, fails."""
    LATER = "later"
    """It works now; something that may come does not."""
    UNKNOWN = "unknown"
    """It could not be looked at; why, and what to look at instead."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as the configuration needs it.

    Attributes:
        weight: How much it matters.
        check: Which check found it, such as `quotas`.
        what: What is, and what is needed.
        todo: What to do.
    """

    weight: Weight
    check: str
    what: str
    todo: str
