"""Steps of a deployment, whatever policy asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Step:
    """One shift of traffic, and the bake after it.

    Attributes:
        share: of all requests that the new fleet gets from this step on, 0 to 1.
        bake_seconds: how long alarms are watched before the next step, or before the old fleet
            ends.
        bake_member: the API's name of that wait.
    """

    share: Fraction
    bake_seconds: int
    bake_member: str

    @property
    def capacity(self) -> str:
        """What AWS calls the part of the fleet that is turned on."""
        return "full" if self.share == 1 else "canary"


def growing(share: Fraction) -> Sequence[Fraction]:
    """Shares of steps of this size, the last of which is all, and may be smaller."""
    count = -(-1 // share)
    return [*(share * number for number in range(1, count)), Fraction(1)]
