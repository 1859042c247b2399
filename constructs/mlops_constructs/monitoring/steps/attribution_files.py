"""The folder of an attribution baseline, read back."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from attribution_metrics import Interval
from failure import Failure


@dataclass(frozen=True)
class Known:
    """What attribution.json holds.

    Attributes:
        made: When.
        columns: Of a request, in its order.
        then: The features' attributions, the largest first.
        reached: What nearly all of the baseline's own windows reach.
        least: The NDCG of the reversed ranking.
    """

    made: datetime
    columns: list[str]
    then: dict[str, Interval]
    reached: float
    least: float

    @property
    def attributions(self) -> np.ndarray:
        """In the order of `then`."""
        return np.array([of.value for of in self.then.values()])


def read(folder: Path) -> Known:
    """The baseline of a folder.

    Raises:
        Failure: If there is none.
    """
    path = folder / "attribution.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Known(
            datetime.fromisoformat(said["made"].replace("Z", "+00:00")),
            [*map(str, said["columns"])],
            {
                of["feature"]: Interval(of["attribution"], of["lower"], of["upper"])
                for of in said["features"]
            },
            float(said["calibration"]["reached"]),
            float(said["least_ndcg"]),
        )
    except FileNotFoundError:
        raise Failure(
            f"the baseline lacks {path.name}; it must come from the monitors' own model_baseline.py"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failure(f"{path.name} can't be read: {type(error).__name__}: {error}") from None
