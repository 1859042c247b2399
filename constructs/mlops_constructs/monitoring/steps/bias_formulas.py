"""What two groups are compared by: quotients of counts, and formulas of tables.

Group a is the one that bias may favour, group d the facet's. Tables hold counts, or shares of all,
on their last axes, as bias_metrics says; axes before them (draws, windows) are kept. What is
undefined is NaN or infinite.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

A, D = 0, 1

Counts = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Of a table numerator and denominator, the last axis being the group."""


@dataclass(frozen=True)
class Quotient:
    """What is compared between groups.

    Attributes:
        counts: Numerator and denominator.
        of: The denominator in words.
        share: Whether what the numerator counts is part of what the denominator counts.
    """

    counts: Counts
    of: str
    share: bool = True

    def of_groups(self, table: np.ndarray) -> np.ndarray:
        """The quotient in each group."""
        return divided(*self.counts(table))


def divided(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """NaN or infinite where the denominator is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.asarray(numerator, dtype=np.float64) / denominator)


def _outcome(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return table[..., 1], table.sum(axis=-1)


FAVOURABLE = Quotient(_outcome, "records")
RECALL = Quotient(lambda t: (t[..., 1, 1], t[..., 1, :].sum(axis=-1)), "favourable labels")
SPECIFICITY = Quotient(lambda t: (t[..., 0, 0], t[..., 0, :].sum(axis=-1)), "unfavourable labels")
ACCURACY = Quotient(
    lambda t: (t[..., 0, 0] + t[..., 1, 1], t.sum(axis=(-2, -1))), "records with a label"
)
ACCEPTED = Quotient(
    lambda t: (t[..., 1, 1], t[..., 1].sum(axis=-1)), "favourable answers with a label"
)
REJECTED = Quotient(
    lambda t: (t[..., 0, 0], t[..., 0].sum(axis=-1)), "unfavourable answers with a label"
)
LABELS_TO_ANSWERS = Quotient(
    lambda t: (t[..., 1, :].sum(axis=-1), t[..., 1].sum(axis=-1)),
    "favourable answers with a label", share=False,
)  # fmt: skip
REJECTIONS = Quotient(
    lambda t: (t[..., 0, :].sum(axis=-1), t[..., 0].sum(axis=-1)),
    "unfavourable answers with a label", share=False,
)  # fmt: skip
ERRORS = Quotient(
    lambda t: (t[..., 1, 0], t[..., 0, 1]), "favourable answers with an unfavourable label",
    share=False,
)  # fmt: skip


def difference(quotient: Quotient, first: int) -> Callable[[np.ndarray], np.ndarray]:
    """Of a table the quotient of the first group less that of the other."""

    def value(table: np.ndarray) -> np.ndarray:
        found = quotient.of_groups(table)
        with np.errstate(invalid="ignore"):  # infinite less infinite
            return np.asarray(found[..., first] - found[..., 1 - first])

    return value


def disparate_impact(table: np.ndarray) -> np.ndarray:
    """The share of group d over that of group a."""
    found = FAVOURABLE.of_groups(table)
    return divided(found[..., D], found[..., A])


def imbalance(table: np.ndarray) -> np.ndarray:
    """CI; 1 where there is nobody of group d, as documented."""
    sizes = table.sum(axis=-1)
    return divided(sizes[..., A] - sizes[..., D], sizes.sum(axis=-1))


def _distributions(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shares = divided(table, table.sum(axis=-1, keepdims=True))
    return shares[..., A, :], shares[..., D, :]


def _entropy(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Kullback and Leibler's, in nats; 0 ln 0 is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(first == 0, 0.0 * second, first * np.log(first / second))
    return np.asarray(terms.sum(axis=-1))


def kullback_leibler(table: np.ndarray) -> np.ndarray:
    """KL of any number of outcomes."""
    return _entropy(*_distributions(table))


def jensen_shannon(table: np.ndarray) -> np.ndarray:
    """JS of any number of outcomes."""
    first, second = _distributions(table)
    middle = (first + second) / 2
    return np.asarray((_entropy(first, middle) + _entropy(second, middle)) / 2)


def norm(table: np.ndarray, order: float) -> np.ndarray:
    """Of the difference of the two distributions."""
    first, second = _distributions(table)
    return np.asarray(np.linalg.norm(first - second, ord=order, axis=-1))


def demographic_disparity(table: np.ndarray) -> np.ndarray:
    """CDD: each stratum's share of group d in the unfavourable outcomes less that in the others.

    Averaged with the strata's sizes as weights. A stratum in which one of the outcomes does not
    occur has no disparity; it is left out, where `smclarify` takes a share of nothing for 0.
    """
    outcomes = table.sum(axis=-2)
    disparity = divided(table[..., D, 0], outcomes[..., 0])
    disparity = disparity - divided(table[..., D, 1], outcomes[..., 1])
    weights = np.where(np.isfinite(disparity), outcomes.sum(axis=-1), 0.0)
    return divided((np.nan_to_num(disparity) * weights).sum(axis=-1), weights.sum(axis=-1))


def generalized_entropy(table: np.ndarray) -> np.ndarray:
    """GE with alpha = 2 of the benefits answer - label + 1, whichever the group."""
    cells = table.sum(axis=-3)
    all_of_them = cells.sum(axis=(-2, -1))
    right, given = cells[..., 0, 0] + cells[..., 1, 1], cells[..., 0, 1]
    mean = divided(right + 2 * given, all_of_them)
    return np.asarray((divided(divided(right + 4 * given, all_of_them), mean**2) - 1) / 2)
