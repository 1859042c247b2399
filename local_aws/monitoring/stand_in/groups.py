"""Rows in two facets: a, the favoured one, and d, the disfavoured one.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The confusion matrix of one facet."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def all(self) -> int:
        """All members."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def positive(self) -> int:
        """Those with a positive label."""
        return self.tp + self.fn

    @property
    def predicted(self) -> int:
        """Those with a positive answer."""
        return self.tp + self.fp


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Rows and what is known of each.

    Attributes:
        disfavoured: Whether it is in facet d.
        positive: Whether its label is positive.
        predicted: Whether the model's answer is positive.
        strata: The group that it is in; None without a group variable.
        features: The columns of its features but the facet.
    """

    disfavoured: np.ndarray
    positive: np.ndarray
    predicted: np.ndarray
    strata: np.ndarray | None = None
    features: Sequence[np.ndarray] = ()

    @cached_property
    def a(self) -> Counts:
        """The favoured facet."""
        return self._counts(~self.disfavoured, "Negated facet set is empty")

    @cached_property
    def d(self) -> Counts:
        """The disfavoured facet."""
        return self._counts(self.disfavoured, "Facet set is empty")

    def _counts(self, rows: np.ndarray, nobody: str) -> Counts:
        if not rows.any():
            raise ValueError(nobody)
        label, answer = self.positive[rows], self.predicted[rows]
        return Counts(
            tp=int((label & answer).sum()),
            fp=int((~label & answer).sum()),
            fn=int((label & ~answer).sum()),
            tn=int((~label & ~answer).sum()),
        )
