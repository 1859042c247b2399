"""A baseline of model quality, read back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from failure import Failure
from judging import Estimate
from quality_settings import Settings


@dataclass(frozen=True)
class QualityBaseline:
    """What quality.json holds.

    Attributes:
        made: When, in UTC.
        rows: How many were held out.
        usual: Each metric on them.
        thresholds: The baseline's own.
    """

    made: datetime
    rows: int
    usual: Mapping[str, Estimate]
    thresholds: Mapping[str, float]


def read(folder: Path, settings: Settings) -> QualityBaseline:
    """The baseline of a folder.

    Raises:
        Failure: If there is none, or it is of other settings.
    """
    path = folder / "quality.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        told = (said["problem_type"], float(said["probability_threshold"]))
        made = datetime.strptime(said["made"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        usual = {
            name: Estimate(*(float(metric[end]) for end in ("value", "lower", "upper")))
            for name, metric in said["metrics"].items()
        }
        thresholds = {name: float(of["threshold"]) for name, of in said["metrics"].items()}
        found = QualityBaseline(made, int(said["rows"]), usual, thresholds)
    except FileNotFoundError:
        raise Failure(
            f"the baseline lacks {path.name}; it must come from the training pipeline's own step"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failure(f"{path.name} can't be read: {type(error).__name__}: {error}") from None
    if told != (asked := (settings.problem_type, settings.probability_threshold)):
        raise Failure(
            f"the baseline is of {told[0]} with a probability threshold of {told[1]:g}, the "
            f"settings say {asked[0]} and {asked[1]:g}: train again, so that it is made anew"
        )
    return found
