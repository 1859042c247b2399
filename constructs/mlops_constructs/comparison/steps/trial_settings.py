"""What a comparison was told, from the JSON of the release's settings class."""

from dataclasses import dataclass

from failure import Failure
from invocation import settings_of

SHADOW, SPLIT = "shadow", "split"
_OF_BOTH = ("minimum_requests", "error_points", "latency_percent")
_OF_SHADOW = ("agreement_percent", "tolerance")


@dataclass(frozen=True)
class Settings:
    """Where worse begins.

    Attributes:
        release: SHADOW or SPLIT.
        minimum_requests: Of either; with fewer there is no verdict.
        error_points: Percentage points by which the share of failed requests may be higher.
        latency_percent: By how much mean latency may be higher.
        agreement_percent: Share of answers that must be the same; only of a shadow.
        tolerance: Up to which numbers are the same; only of a shadow.
    """

    release: str
    minimum_requests: int
    error_points: float
    latency_percent: float
    agreement_percent: float = 0.0
    tolerance: float = 0.0

    @property
    def shadow(self) -> bool:
        """Whether the challenger answers copies, so that answers can be paired."""
        return self.release == SHADOW

    @property
    def effects(self) -> int:
        """How many are judged."""
        return 3 if self.shadow else 2


def read_settings(release: str, text: str) -> Settings:
    """The settings in a JSON object.

    Raises:
        Failure: If something is missing, or is no number.
    """
    needed = (*_OF_BOTH, *(_OF_SHADOW if release == SHADOW else ()))
    said = settings_of("--settings", text, *needed)
    try:
        values = {name: float(said[name]) for name in needed}
    except (TypeError, ValueError) as error:
        raise Failure(f"--settings must hold numbers for {', '.join(needed)}: {error}") from None
    return Settings(release, int(values.pop("minimum_requests")), **values)
