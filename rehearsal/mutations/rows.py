"""What a row of the two tables says: which arrow a mutation breaks, or which test holds it."""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Chapter(Enum):
    """A part of the story that can be played again and again, by what it begins with."""

    DEPLOYMENT = "an empty account"
    RUN = "a person asks for a version"
    RELEASE = "a person approves a version"
    AGAIN = "a person asks for another version"
    DAY = "travellers ask for a day"
    DRIFT = "travellers ask for a day of summer"


CDK_DEPLOY: Final = "cdk deploy"
"""Not an arrow of the story: the deployment itself is refused, and says what is missing."""


@dataclass(frozen=True)
class Noticed:
    """The story stops at that arrow, in that chapter."""

    pattern: str
    arrow: str
    chapter: Chapter


@dataclass(frozen=True)
class Elsewhere:
    """The story does not come by; that test does."""

    pattern: str
    because: str
    test: str
