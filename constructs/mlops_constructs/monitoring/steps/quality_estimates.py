"""Each metric of rows with its interval, for any weights of the rows.

A weight says how often a row counts: 1 or 0 for the rows of a day, more in a sample with
replacement. Everything is sums over rows, so that a thousand windows cost no more than a thousand
passes.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import intervals
import numpy as np
from failure import Failure
from judging import Estimate
from quality_settings import BINARY, MULTICLASS

BETAS: Mapping[str, float] = {"f0_5": 0.5, "f1": 1.0, "f2": 2.0}
LEAST_OF_A_CLASS = 10
"""Of positives and of negatives; with fewer, nothing is said about the area under the curve."""
MOST_CLASSES = 1000

Estimates = dict[str, Estimate]
"""By metric; one that the rows say nothing about is not there."""


class Rows(Protocol):
    """Rows with answers and labels."""

    def estimates(self, weights: np.ndarray | None = None) -> Estimates:
        """Of the rows as often as their weights say, by default each once."""
        ...


def rows_of(
    problem_type: str, answers: np.ndarray, labels: np.ndarray, probability_threshold: float
) -> Rows:
    """Rows of a problem type.

    Raises:
        Failure: If there are so many classes that they must be something else.
    """
    if problem_type == BINARY:
        return Binary(answers, labels, probability_threshold)
    if problem_type == MULTICLASS:
        return Multiclass(answers, labels)
    return Regression(answers, labels)


class Binary:
    """Probabilities, and what truly was: 1 or 0."""

    def __init__(self, answers: np.ndarray, labels: np.ndarray, threshold: float) -> None:
        self.true = labels == 1
        self.predicted = answers >= threshold
        scores, self._score = np.unique(answers, return_inverse=True)
        self._scores = len(scores)
        self._cell = 2 * self.true + self.predicted

    def estimates(self, weights: np.ndarray | None = None) -> Estimates:
        """Wilson's interval for shares, like a share for F scores, DeLong's for the AUC."""
        cells = np.bincount(self._cell, weights, minlength=4).astype(np.float64)
        true_negatives, false_positives, false_negatives, true_positives = cells
        shares = {
            "recall": (true_positives, false_negatives),
            "precision": (true_positives, false_positives),
            "accuracy": (true_positives + true_negatives, false_positives + false_negatives),
            "true_positive_rate": (true_positives, false_negatives),
            "true_negative_rate": (true_negatives, false_positives),
            "false_positive_rate": (false_positives, true_negatives),
            "false_negative_rate": (false_negatives, true_positives),
        }
        found = {
            name: _share(hits, hits + misses)
            for name, (hits, misses) in shares.items()
            if hits + misses > 0
        }
        if true_positives + false_positives + false_negatives > 0:
            for name, beta in BETAS.items():
                found[name] = f_score(true_positives, false_positives, false_negatives, beta)
        if min(true_positives + false_negatives, true_negatives + false_positives) >= (
            LEAST_OF_A_CLASS
        ):
            found["auc"] = self._auc(weights)
        return found

    def _auc(self, weights: np.ndarray | None) -> Estimate:
        given = np.ones(len(self.true)) if weights is None else weights
        positives = np.bincount(self._score, given * self.true, minlength=self._scores)
        negatives = np.bincount(self._score, given * ~self.true, minlength=self._scores)
        area, variance = intervals.delong(positives, negatives)
        if variance > 0:
            lower, upper = intervals.normal(area, variance)
        else:
            lower, upper = intervals.wilson(area, min(positives.sum(), negatives.sum()))
        return Estimate(area, max(lower, 0.0), min(upper, 1.0))


def _share(hits: float, of: float) -> Estimate:
    share = float(hits / of)
    return Estimate(share, *intervals.wilson(share, of))


def f_score(
    true_positives: float, false_positives: float, false_negatives: float, beta: float
) -> Estimate:
    """(1 + b²) TP / ((1 + b²) TP + b² FN + FP), its variance by the delta method.

    The cells are multinomial, and the score is homogeneous in them; so its variance is the sum of
    cell times squared derivative.
    """
    square = beta * beta
    whole = (1 + square) * true_positives + square * false_negatives + false_positives
    value = float((1 + square) * true_positives / whole)
    by_cell = (
        (true_positives, (1 + square) * (1 - value)),
        (false_positives, -value),
        (false_negatives, -square * value),
    )
    variance = sum(cell * (slope / whole) ** 2 for cell, slope in by_cell)
    rows = true_positives + false_positives + false_negatives
    return Estimate(value, *intervals.like_a_share(value, float(variance), rows))


class Multiclass:
    """Classes, and what class it truly was."""

    def __init__(self, answers: np.ndarray, labels: np.ndarray) -> None:
        """Rows of text.

        Raises:
            Failure: If there are more classes than MOST_CLASSES.
        """
        self.classes, place = np.unique(np.concatenate([labels, answers]), return_inverse=True)
        number = len(self.classes)
        if number > MOST_CLASSES:
            raise Failure(
                f"answers and labels hold {number:,} different classes; with more than "
                f"{MOST_CLASSES:,} they are something else"
            )
        self.true, self.predicted = place[: len(labels)], place[len(labels) :]
        self._cell = self.true * number + self.predicted

    def confusion(self, weights: np.ndarray | None = None) -> np.ndarray:
        """How many there are of each true class (row) and answer (column)."""
        number = len(self.classes)
        cells = np.bincount(self._cell, weights, minlength=number * number)
        return np.asarray(cells.reshape(number, number), dtype=np.float64)

    def estimates(self, weights: np.ndarray | None = None) -> Estimates:
        """Wilson's interval for the accuracy, like a share for the averages over classes."""
        cells = self.confusion(weights)
        of = cells.sum()
        if not of:
            return {}
        hits = _share(float(np.trace(cells)), of)
        found = {"accuracy": hits, "weighted_recall": hits}
        found["weighted_precision"] = _average(cells, 0.0)
        for name, beta in BETAS.items():
            found[f"weighted_{name}"] = _average(cells, beta)
        return found


def _average(cells: np.ndarray, beta: float) -> Estimate:
    """F scores of classes (with beta 0 their precisions), weighted by how many truly are of each.

    Its variance by the delta method: that of the derivative, over the multinomial cells.
    """
    rows = cells.sum()
    shares = cells / rows
    true, given, right = shares.sum(axis=1), shares.sum(axis=0), np.diag(shares)
    whole = beta * beta * true + given
    some = whole > 0
    score = np.divide((1 + beta * beta) * right, whole, out=np.zeros_like(right), where=some)
    part = np.divide(true, whole, out=np.zeros_like(true), where=some)
    slopes = (score - beta * beta * part * score)[:, None] - (part * score)[None, :]
    slopes[np.diag_indices_from(slopes)] += (1 + beta * beta) * part
    value = float(true @ score)
    variance = float((shares * slopes**2).sum() - (shares * slopes).sum() ** 2) / rows
    return Estimate(value, *intervals.like_a_share(value, variance, rows))


class Regression:
    """Numbers, and what number it truly was."""

    def __init__(self, answers: np.ndarray, labels: np.ndarray) -> None:
        true, error = labels - labels.sum() / max(len(labels), 1), answers - labels
        self._scale = float(np.maximum(np.abs(true), np.abs(error)).max(initial=0.0)) or 1.0
        true, error = true / self._scale, error / self._scale  # their powers must not overflow
        squared = error * error
        self._columns = np.column_stack([
            np.ones_like(true), np.abs(error), squared, squared * squared,
            true, true**2, true**3, true**4, squared * true, squared * true**2,
        ])  # fmt: skip

    def estimates(self, weights: np.ndarray | None = None) -> Estimates:
        """Normal intervals of the means; the square root's are those of its square."""
        sums = self._columns.sum(axis=0) if weights is None else weights @ self._columns
        rows = float(sums[0])
        if rows < 2:
            return {}
        _, absolute, square, fourth, *of_true = (sums / rows).tolist()
        scale, squared_scale = self._scale, self._scale**2
        mae = intervals.normal(absolute, (square - absolute**2) / rows)
        low, high = intervals.normal(square, (fourth - square**2) / rows)
        low = max(low, 0.0)
        found = {
            "mae": _scaled(absolute, max(mae[0], 0.0), mae[1], scale),
            "mse": _scaled(square, low, high, squared_scale),
            "rmse": _scaled(square**0.5, low**0.5, high**0.5, scale),
        }
        if r2 := _r2(square, fourth, of_true, rows):
            found["r2"] = r2
        return found


def _scaled(value: float, lower: float, upper: float, scale: float) -> Estimate:
    return Estimate(value * scale, lower * scale, upper * scale)


def _r2(square: float, fourth: float, of_true: Sequence[float], rows: float) -> Estimate | None:
    """1 - E[e²] / Var[y], its variance by the delta method: that of (e² - ratio d²) / Var[y].

    Args:
        square: Mean of the squared error.
        fourth: Mean of its square.
        of_true: Means of y, y², y³, y⁴, e²y, e²y².
        rows: How many.
    """
    y, y2, y3, y4, e2y, e2y2 = of_true
    spread = y2 - y * y
    if spread <= 1e-12:
        return None
    ratio = square / spread
    mixed = e2y2 - 2 * y * e2y + y * y * square
    own = y4 - 4 * y * y3 + 6 * y * y * y2 - 3 * y**4
    variance = (fourth - 2 * ratio * mixed + ratio**2 * own) / spread**2 / rows
    lower, upper = intervals.normal(1 - ratio, variance)
    return Estimate(1 - ratio, lower, min(upper, 1.0))
