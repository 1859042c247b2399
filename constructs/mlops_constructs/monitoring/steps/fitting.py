"""The regressions of a baseline, and how well they do on the weeks they have not seen."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from columns import Batch, Schema
from expectations import LEAST_EXPLAINED, QUARTILES, RIDGE, Expectations, Pieces

MOST_FOLDS = 20


@dataclass(frozen=True)
class Fit:
    """Regressions with what they say of rows that they were not fitted to.

    Thresholds must come from such residuals: those of the fit itself vary less than new weeks do.
    """

    expectations: Expectations
    residuals: dict[str, np.ndarray]
    chances: dict[str, np.ndarray]
    explained: dict[str, float]


def fit(schema: Schema, batch: Batch, *, slots_in_a_fold: int) -> Fit:
    """Least squares of each column on the others, and out of fold for contiguous folds."""
    start = _without_weights(schema, batch)
    basis = start.basis(batch)
    regression = _Regression(basis, _folds(batch.slots, slots_in_a_fold))
    owners = np.array(start.owners())
    numbers, residuals, explained = {}, {}, {}
    for name in start.pieces:
        there = ~np.isnan(batch.numbers[name])
        values = np.where(there, start.residual(name, batch.numbers[name], np.zeros(1)), 0.0)
        weights, expected = regression.solve(values, owners != name, there)
        left = np.where(there, values - expected, np.nan)
        explained[name] = 1 - float(np.nanvar(left) / np.var(values[there]))
        if explained[name] >= LEAST_EXPLAINED:
            numbers[name], residuals[name] = weights, left
    chances_weights, chances = {}, {}
    for name in start.flags:
        lost = batch.lost(name).astype(np.float64)
        everywhere = np.ones(len(lost), dtype=bool)
        chances_weights[name], expected = regression.solve(lost, owners != name, everywhere)
        chances[name] = np.clip(expected, 0.0, 1.0)
    fitted = replace(start, numbers=numbers, chances=chances_weights)
    return Fit(fitted, residuals, chances, explained)


def _without_weights(schema: Schema, batch: Batch) -> Expectations:
    pieces = {}
    for name in schema.numbers:
        values = np.sort(batch.numbers[name][~np.isnan(batch.numbers[name])])
        if values.size and values[0] < values[-1]:
            quartiles = values[[int(share * values.size) for share in QUARTILES]]
            inside = quartiles[(quartiles > values[0]) & (quartiles < values[-1])]
            pieces[name] = Pieces(
                float(values[0]), float(values[-1]), float(values.mean()), float(values.std()),
                np.unique(inside).tolist(),
            )  # fmt: skip
    lost = {name: float(batch.lost(name).mean()) for name in schema.features}
    flags = [name for name, share in lost.items() if 0 < share < 1]
    return Expectations(pieces, flags, {}, {})


def _folds(slots: np.ndarray, width: int) -> list[slice]:
    """Stretches of rows that begin and end with a slot; the rows are in the order of time."""
    slots_in_all = int(slots[-1]) + 1
    folds = min(MOST_FOLDS, max(2, slots_in_all // width))
    edges = np.searchsorted(slots, np.linspace(0, slots_in_all, folds + 1))
    return [slice(a, b) for a, b in pairwise(edges.tolist()) if a < b]


class _Regression:
    """Normal equations for each fold; leaving a fold out is a subtraction."""

    def __init__(self, basis: np.ndarray, folds: list[slice]) -> None:
        self._basis = basis
        self._folds = folds
        self._grams = [_square(basis[fold]) for fold in folds]

    def solve(
        self, target: np.ndarray, use: np.ndarray, there: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Weights of the whole, and what the weights without a row's own fold expect of it.

        Args:
            target: Zero where it is not there.
            use: Which columns of the basis.
            there: Which rows to learn from.
        """
        grams = [
            gram if there[fold].all() else gram - _square(self._basis[fold][~there[fold]])
            for gram, fold in zip(self._grams, self._folds, strict=True)
        ]
        moments = [self._basis[fold].T @ target[fold] for fold in self._folds]
        gram, moment = np.sum(grams, axis=0), np.sum(moments, axis=0)
        expected = np.empty(len(target))
        for fold, own_gram, own_moment in zip(self._folds, grams, moments, strict=True):
            without = _weights(gram - own_gram, moment - own_moment, use)
            expected[fold] = self._basis[fold] @ without
        return _weights(gram, moment, use), expected


def _square(part: np.ndarray) -> np.ndarray:
    return np.asarray(part.T @ part)


def _weights(gram: np.ndarray, moment: np.ndarray, use: np.ndarray) -> np.ndarray:
    penalty = RIDGE * max(float(gram[-1, -1]), 1.0)  # the constant's square: how many rows
    square = gram[np.ix_(use, use)] + penalty * np.eye(int(use.sum()))
    weights = np.zeros(len(use))
    weights[use] = np.linalg.solve(square, moment[use])
    return weights
