"""Sums over rows, kept for each stretch of time, from which every check of a column is computed.

All of it adds up: over chunks of rows, and over stretches of time. So memory does not grow with the
rows, and a baseline's windows are differences of running sums.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from columns import Batch
from distances import bins_of
from expectations import evidence_of_loss
from reference import Categories, Column, Numbers

DISTANCE, ADJUSTED, MISSING, LOST, OUTSIDE, UNSEEN, WRONG = (
    "distance", "adjusted", "missing", "lost", "outside", "unseen", "wrong",
)  # fmt: skip
"""The checks of a column: how far its distribution is from the baseline's; how far what is left
after regression on the other columns is; the share missing; the share missing that the other
columns do not lead one to expect; the share of numbers outside the baseline's range; the share of
categories that the baseline never held; the share of what is no number in a number column."""

Evidence = Mapping[str, np.ndarray]
"""Check to sums, the first axis being the stretch of time."""


@dataclass(frozen=True)
class Expected:
    """What regression says of a column's rows; None where it says nothing.

    Attributes:
        left: Residuals, NaN where the value is missing.
        left_reference: The baseline's residuals.
        chance: Of each value to be missing.
    """

    left: np.ndarray | None = None
    left_reference: Numbers | None = None
    chance: np.ndarray | None = None


def of_column(
    batch: Batch,
    name: str,
    slots: int,
    *,
    reference: Column,
    expected: Expected,
    limits: tuple[float, float] = (-np.inf, np.inf),
) -> dict[str, np.ndarray]:
    """A column's evidence in some rows.

    Args:
        batch: The rows.
        name: The column.
        slots: How many stretches of time there are.
        reference: The baseline's values.
        expected: What regression says.
        limits: The least and the greatest number that is not outside.
    """
    if isinstance(reference, Categories):
        found = _of_categories(batch, name, slots, reference)
    else:
        found = _of_numbers(batch, name, slots, reference, limits)
    found[MISSING] = sums(batch.slots, slots, batch.missing(name), np.ones(len(batch.slots)))
    if expected.left is not None and expected.left_reference is not None:
        found[ADJUSTED] = _counts(batch.slots, slots, expected.left, expected.left_reference)
    if expected.chance is not None:
        columns = evidence_of_loss(batch.lost(name), expected.chance)
        found[LOST] = sums(batch.slots, slots, *columns.T)
    return found


def _of_numbers(
    batch: Batch, name: str, slots: int, reference: Numbers, limits: tuple[float, float]
) -> dict[str, np.ndarray]:
    values, wrong = batch.numbers[name], batch.wrong[name]
    there = ~np.isnan(values)
    outside = (values < limits[0]) | (values > limits[1])
    return {
        DISTANCE: _counts(batch.slots, slots, values, reference),
        OUTSIDE: sums(batch.slots, slots, outside, there),
        WRONG: sums(batch.slots, slots, wrong, there | wrong),
    }


def _of_categories(
    batch: Batch, name: str, slots: int, reference: Categories
) -> dict[str, np.ndarray]:
    values = batch.categories[name]
    there = values != ""
    codes, unseen = reference.codes(values[there]), len(reference.values)
    return {
        DISTANCE: _histogram(batch.slots[there], slots, codes, unseen + 1),
        UNSEEN: sums(batch.slots[there], slots, codes == unseen, np.ones(len(codes))),
    }


def _counts(where: np.ndarray, slots: int, values: np.ndarray, reference: Numbers) -> np.ndarray:
    there = ~np.isnan(values)
    bins = bins_of(reference.points, values[there])
    return _histogram(where[there], slots, bins, len(reference.counts))


def _histogram(where: np.ndarray, slots: int, bins: np.ndarray, width: int) -> np.ndarray:
    flat = np.bincount(where * width + bins, minlength=slots * width)
    return flat.reshape(slots, width).astype(np.float64)


def sums(where: np.ndarray, slots: int, *columns: np.ndarray) -> np.ndarray:
    """Each column's sum over the rows of each stretch of time."""
    return np.column_stack(
        [np.bincount(where, column.astype(np.float64), minlength=slots) for column in columns]
    )
