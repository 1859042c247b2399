"""What is kept of a window's rows while they stream by."""

from collections import Counter
from dataclasses import dataclass

import evidence
import numpy as np
from baseline_files import Baseline
from columns import Batch
from constraints import Limits
from reference import Categories, Numbers

MOST_NEW_VALUES = 1000
"""How many values that the baseline never held are told apart for each category."""


@dataclass
class Figures:
    """Running sums of a number column, about the baseline's middle so that they do not cancel."""

    middle: float
    count: int = 0
    total: float = 0.0
    squares: float = 0.0
    least: float = np.inf
    greatest: float = -np.inf
    whole: bool = True

    def add(self, values: np.ndarray) -> None:
        """More values, none of them NaN."""
        if values.size:
            self.count += values.size
            self.total += float((values - self.middle).sum())
            self.squares += float(((values - self.middle) ** 2).sum())
            self.least = min(self.least, float(values.min()))
            self.greatest = max(self.greatest, float(values.max()))
            self.whole = self.whole and bool(np.all(values == np.round(values)))


class Tally:
    """Sums for each check of each column and each day; its size does not depend on the rows."""

    def __init__(self, baseline: Baseline, limits: dict[str, Limits | None], days: int) -> None:
        """Empty."""
        self.rows = np.zeros(days, dtype=np.int64)
        self.found: dict[str, dict[str, np.ndarray]] = {}
        self.new_values: dict[str, Counter[str]] = {
            c: Counter() for c in baseline.schema.categories
        }
        self.figures = {
            name: Figures(
                float(column.points[len(column.points) // 2]) if column.points.size else 0
            )
            for name, column in baseline.columns.items()
            if isinstance(column, Numbers)
        }
        self._baseline = baseline
        self._limits = limits

    def add(self, batch: Batch) -> None:
        """Count more rows; their slots are the days of the window."""
        days = len(self.rows)
        self.rows += np.bincount(batch.slots, minlength=days)
        baseline = self._baseline
        basis = baseline.expectations.basis(batch)
        for name in baseline.schema.features:
            limits = self._limits[name] or Limits({})
            counted = evidence.of_column(
                batch, name, days, reference=baseline.columns[name],
                expected=baseline.expected(batch, basis, name), limits=(limits.low, limits.high),
            )  # fmt: skip
            known = self.found.setdefault(name, {})
            for check, sums in counted.items():
                known[check] = known[check] + sums if check in known else sums
            self._describe(batch, name)

    def _describe(self, batch: Batch, name: str) -> None:
        column = self._baseline.columns[name]
        if isinstance(column, Categories):
            new = Counter(batch.categories[name].tolist())
            for value in ("", *column.values):
                new.pop(value, None)
            known = self.new_values[name]
            for value, count in new.items():
                if value in known or len(known) < MOST_NEW_VALUES:
                    known[value] += count
        else:
            numbers = batch.numbers[name]
            self.figures[name].add(numbers[~np.isnan(numbers)])
