"""Kernel SHAP: what each feature contributes to a model's score, from asking the model alone.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-shapley-values.html, after Lundberg and Lee,
"A Unified Approach to Interpreting Model Predictions" (2017).
"""

from collections.abc import Callable
from itertools import combinations
from math import comb

import numpy as np

# Scores of rows; a row may hold numbers and text.
Model = Callable[[np.ndarray], np.ndarray]
# So many coalitions are always asked for, if there are no more.
_ALL = 30
# How many rows the model is asked for at once, about.
_AT_ONCE = 5000


def contributions(
    model: Model, rows: np.ndarray, background: np.ndarray, *, samples: int, seed: int | None
) -> tuple[np.ndarray, float]:
    """The Shapley values of each row's features, and the mean score of the background.

    A feature that is not in a coalition has its values in the background's rows. Values of a row
    add up to its score less that mean.

    Args:
        model: What is explained.
        rows: The rows to explain.
        background: Rows that stand for the absence of features.
        samples: How many coalitions are asked for; drawn if there are more.
        seed: Makes the draw repeatable.
    """
    masks, weights = _coalitions(rows.shape[1], samples, seed)
    expected = float(model(background).mean())
    scores = model(rows)
    block = max(1, _AT_ONCE // max(1, len(masks) * len(background)))
    asked = np.concatenate(
        [
            _in_coalitions(model, rows[start : start + block], background, masks)
            for start in range(0, len(rows), block)
        ]
    )
    return _solve(masks, weights, asked - expected, scores - expected), expected


def _in_coalitions(
    model: Model, rows: np.ndarray, background: np.ndarray, masks: np.ndarray
) -> np.ndarray:
    """The mean score of each row for each coalition, with the background in other features."""
    mixed = np.where(masks[:, None, :], rows[:, None, None, :], background[None, :, :])
    if not len(masks):
        return np.zeros((len(rows), 0))
    scores = model(mixed.reshape(-1, rows.shape[1]))
    means: np.ndarray = scores.reshape(len(rows), len(masks), len(background)).mean(axis=2)
    return means


def _coalitions(count: int, samples: int, seed: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Coalitions that are neither empty nor everybody, and their weights in the regression."""
    if 2**count - 2 <= max(samples, _ALL):
        masks = np.array(
            [
                [feature in chosen for feature in range(count)]
                for size in range(1, count)
                for chosen in combinations(range(count), size)
            ]
        ).reshape(-1, count)
        sizes = masks.sum(axis=1)
        return masks, np.array([_kernel(count, int(size)) for size in sizes])
    random = np.random.default_rng(seed)
    sizes = np.arange(1, count)
    shares = np.array([_kernel(count, int(size)) * comb(count, int(size)) for size in sizes])
    drawn = random.choice(sizes, size=samples // 2, p=shares / shares.sum())
    half = np.array([random.permutation(count) < size for size in drawn])
    masks = np.concatenate([half, ~half])
    return masks, np.ones(len(masks))


def _kernel(count: int, size: int) -> float:
    return (count - 1) / (comb(count, size) * size * (count - size))


def _solve(
    masks: np.ndarray, weights: np.ndarray, asked: np.ndarray, scores: np.ndarray
) -> np.ndarray:
    """The weighted least squares under which each row's values add up to its score."""
    count = masks.shape[1] if masks.size else 1
    if count == 1:
        return scores[:, None]
    design = masks[:, :-1].astype(float) - masks[:, -1:]
    target = asked - masks[:, -1] * scores[:, None]
    root = np.sqrt(weights)
    solved = np.linalg.lstsq(design * root[:, None], (target * root).T, rcond=None)[0].T
    return np.column_stack([solved, scores - solved.sum(axis=1)])
