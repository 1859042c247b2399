"""What the other columns lead one to expect of a column, and what it holds instead.

A drift that hides in a column's own variation shows in what is left after regression on the others.
Weather moves temperature by two standard deviations between weeks, but temperature, dew point and
humidity move together: a thermometer that is off by half a standard deviation hides in the first
and stands out in the second.

Sources: Mandel, "The Regression Control Chart", Journal of Quality Technology 1, 1969; Hawkins,
"Multivariate Quality Control Based on Regression-Adjusted Variables", Technometrics 33, 1991,
61-75: residuals from the regression of each variable on all others are the best single statistics
for a shift of that variable. Here the regression is on linear pieces of each column (hinges at its
quartiles) and on whether a value is missing, by ridge least squares.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from columns import Batch

QUARTILES = (0.25, 0.5, 0.75)
RIDGE = 1e-4
"""Penalty for each row on the squared weights of standardized columns."""

LEAST_CHANCE = 0.05
"""A value's chance to be missing is not taken for less: it is only a regression's word."""

LEAST_EXPLAINED = 0.1
"""Share of a column's variance that must be explained out of sample to judge what is left of it."""


GRID = np.round(np.arange(-4, 4.025, 0.05), 2)
"""Where residuals are counted, in standard deviations of their column."""

TOLERANCE = 2
"""Steps of GRID that residuals may be off: where the others explain a column almost wholly, a
regression that is wrong by a twentieth of a deviation would pass for drift."""


@dataclass(frozen=True)
class Pieces:
    """A number column as the regression takes it in."""

    low: float
    high: float
    mean: float
    deviation: float
    knots: list[float]

    def of(self, values: np.ndarray) -> list[np.ndarray]:
        """Zeros where values are missing; wild ones go no farther than half the range beyond."""
        lost, room = np.isnan(values), (self.high - self.low) / 2
        inside = np.clip(np.where(lost, self.mean, values), self.low - room, self.high + room)
        hinges = [np.where(lost, 0.0, np.maximum(inside - knot, 0.0)) for knot in self.knots]
        return [piece / self.deviation for piece in (inside - self.mean, *hinges)]


@dataclass(frozen=True)
class Expectations:
    """The regressions.

    Attributes:
        pieces: Of each number column that varies.
        flags: Columns that are sometimes missing.
        numbers: Number column to its weights; the column's own pieces weigh nothing.
        chances: Column of `flags` to the weights of its chance to be missing.
    """

    pieces: Mapping[str, Pieces]
    flags: list[str]
    numbers: Mapping[str, np.ndarray]
    chances: Mapping[str, np.ndarray]

    def basis(self, batch: Batch) -> np.ndarray:
        """The rows as the regressions take them in."""
        taken = [piece for name, p in self.pieces.items() for piece in p.of(batch.numbers[name])]
        taken += [batch.lost(name).astype(np.float64) for name in self.flags]
        return np.column_stack([*taken, np.ones(len(batch.slots))])

    def owners(self) -> list[str]:
        """Which column each column of the basis comes from; the constant comes from none."""
        of_pieces = [name for name, p in self.pieces.items() for _ in range(1 + len(p.knots))]
        return [*of_pieces, *self.flags, ""]

    def residual(self, name: str, values: np.ndarray, expected: np.ndarray) -> np.ndarray:
        """By how many of its standard deviations a column differs from what is expected of it."""
        p = self.pieces[name]
        return np.asarray((values - p.mean) / p.deviation - expected)

    def as_json(self) -> dict[str, Any]:
        """For expectations.json."""
        return {
            "pieces": {name: vars(p) for name, p in self.pieces.items()},
            "flags": self.flags,
            "numbers": {name: weights.tolist() for name, weights in self.numbers.items()},
            "chances": {name: weights.tolist() for name, weights in self.chances.items()},
        }


def from_json(said: Mapping[str, Any]) -> Expectations:
    """What as_json wrote."""
    return Expectations(
        pieces={name: Pieces(**p) for name, p in said["pieces"].items()},
        flags=list(said["flags"]),
        numbers={name: np.array(weights) for name, weights in said["numbers"].items()},
        chances={name: np.array(weights) for name, weights in said["chances"].items()},
    )


def evidence_of_loss(lost: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Three sums that tell how many of the values that should be there went missing.

    If a value's chance to be missing grows from p to p + q(1 - p), then q = sum w(m - p) /
    sum w(1 - p) for any weights; w = 1 / p are those of the score test for q > 0 (most powerful for
    small q), so a value that is missing where it never was counts most. The sums are those two and
    sum w^2, which says how sure q is.
    """
    weights = 1 / np.maximum(chance, LEAST_CHANCE)
    return np.column_stack([weights * (lost - chance), weights * (1 - chance), weights**2])
