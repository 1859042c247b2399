"""A baseline's folder, read back."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import expectations
import numpy as np
import reference
from columns import Batch, Schema
from evidence import Expected
from failure import Failure


@dataclass(frozen=True)
class Baseline:
    """What expectations.json holds.

    Attributes:
        columns: The values of each column.
        left: What regression left of them.
        expectations: The regressions.
        missing: The share of missing values of each column.
    """

    schema: Schema
    columns: dict[str, reference.Column]
    left: dict[str, reference.Numbers]
    expectations: expectations.Expectations
    missing: dict[str, float]

    def expected(self, batch: Batch, basis: np.ndarray, name: str) -> Expected:
        """What the regressions say of a column's rows."""
        known = self.expectations
        left, chance = None, None
        if name in known.numbers:
            left = known.residual(name, batch.numbers[name], basis @ known.numbers[name])
        if name in known.chances:
            chance = np.clip(basis @ known.chances[name], 0.0, 1.0)
        return Expected(left, self.left.get(name), chance)


def read(folder: Path) -> Baseline:
    """The baseline of a folder.

    Raises:
        Failure: If there is none.
    """
    path = folder / "expectations.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        columns = {name: reference.from_json(column) for name, column in said["columns"].items()}
        left = {name: _numbers(column) for name, column in said["left"].items()}
        return Baseline(
            Schema(said["time"], said["features"]), columns, left,
            expectations.from_json(said["regressions"]), dict(said["missing"]),
        )  # fmt: skip
    except FileNotFoundError:
        raise Failure(
            f"the baseline lacks {path.name}; it must come from the monitor's own baseline.py"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(f"{path.name} can't be read: {type(error).__name__}: {error}") from None


def _numbers(said: dict[str, Any]) -> reference.Numbers:
    return reference.Numbers(np.array(said["points"]), np.array(said["counts"], dtype=np.float64))
