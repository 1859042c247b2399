"""Clarify's bias metrics, by the formulas of its pages.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-post-training-bias.html

Facet a is the favoured one, d the disfavoured one, as there. A ratio of nothing to nothing is 0,
of something to nothing infinite.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
from scipy.spatial import cKDTree

from local_aws.monitoring.stand_in.groups import Counts, Groups

# The value that stands for no bias, where that is not 0.
PARITY = {"DI": 1.0}


def _over(part: float, whole: float) -> float:
    if whole:
        return part / whole
    return math.copysign(math.inf, part) if part else 0.0


def _minus(one: float, other: float) -> float:
    return 0.0 if one == other else one - other


def _labels(g: Groups) -> tuple[np.ndarray, np.ndarray]:
    """The distributions of labels in facets a and d: of negative ones, and of positive ones."""
    shares = [counts.positive / counts.all for counts in (g.a, g.d)]
    pa, pd = (np.array([1 - share, share]) for share in shares)
    return pa, pd


def _kl(p: np.ndarray, q: np.ndarray) -> float:
    if ((p > 0) & (q == 0)).any():
        return math.inf
    return float(sum(x * math.log(x / y) for x, y in zip(p, q, strict=True) if x > 0))


def _js(g: Groups) -> float:
    pa, pd = _labels(g)
    middle = (pa + pd) / 2
    return (_kl(pa, middle) + _kl(pd, middle)) / 2


def _conditional(g: Groups, accepted: np.ndarray) -> float:
    """CDD: the mean of demographic disparities in each stratum, weighted by its size."""
    if g.strata is None:
        raise ValueError("Group variable is empty or not provided")
    total = 0.0
    for stratum in set(g.strata.tolist()):
        rows = g.strata == stratum
        d, yes = g.disfavoured[rows], accepted[rows]
        rejected = _over(int((d & ~yes).sum()), int((~yes).sum()))
        total += int(rows.sum()) * (rejected - _over(int((d & yes).sum()), int(yes.sum())))
    return total / len(g.strata)


def _accuracy(c: Counts) -> float:
    return (c.tp + c.tn) / c.all


def _entropy(g: Groups) -> float:
    """GE with exponent 2: half the squared coefficient of variation of the benefits."""
    benefit = g.predicted.astype(int) - g.positive.astype(int) + 1
    if not benefit.any():
        raise ValueError("All predictions are false negatives")
    return float(((benefit / benefit.mean()) ** 2 - 1).mean() / 2)


def _flips(g: Groups) -> float:
    """FT: how facet d would have been answered if it were like its neighbours in facet a."""
    a, d = ~g.disfavoured, g.disfavoured
    if not a.any() or not d.any():
        raise ValueError("Facet set is empty")
    try:
        table = np.array([column.astype(float) for column in g.features]).T
    except ValueError as error:
        raise ValueError("FlipTest does not support non-numeric columns") from error
    count = 5 if a.sum() > 10 else 1
    _, near = cKDTree(table[a]).query(table[d], k=[*range(1, count + 1)])
    like_a = g.predicted[a][near].mean(axis=1) > 0.5
    answers = g.predicted[d]
    return float(((like_a & ~answers).sum() - (~like_a & answers).sum()) / d.sum())


def _lp(g: Groups) -> float:
    pa, pd = _labels(g)
    return float(np.linalg.norm(pa - pd))


def _dpl(g: Groups) -> float:
    return g.a.positive / g.a.all - g.d.positive / g.d.all


Metric = Callable[[Groups], float]
PRE: Mapping[str, Metric] = {
    "CI": lambda g: (g.a.all - g.d.all) / (g.a.all + g.d.all),
    "DPL": _dpl,
    "KL": lambda g: _kl(*_labels(g)),
    "JS": _js,
    "LP": _lp,
    "TVD": lambda g: float(np.abs(np.subtract(*_labels(g))).sum() / 2),
    "KS": lambda g: float(np.abs(np.subtract(*_labels(g))).max()),
    "CDDL": lambda g: _conditional(g, g.positive),
}
POST: Mapping[str, Metric] = {
    "DPPL": lambda g: g.a.predicted / g.a.all - g.d.predicted / g.d.all,
    "DI": lambda g: _over(g.d.predicted / g.d.all, g.a.predicted / g.a.all),
    "DCA": lambda g: _minus(_over(g.a.positive, g.a.predicted), _over(g.d.positive, g.d.predicted)),
    "DCR": lambda g: _minus(
        _over(g.d.all - g.d.positive, g.d.all - g.d.predicted),
        _over(g.a.all - g.a.positive, g.a.all - g.a.predicted),
    ),
    "SD": lambda g: _minus(_over(g.d.tn, g.d.tn + g.d.fp), _over(g.a.tn, g.a.tn + g.a.fp)),
    "RD": lambda g: _minus(_over(g.a.tp, g.a.positive), _over(g.d.tp, g.d.positive)),
    "DAR": lambda g: _minus(_over(g.a.tp, g.a.predicted), _over(g.d.tp, g.d.predicted)),
    "DRR": lambda g: _minus(_over(g.d.tn, g.d.tn + g.d.fn), _over(g.a.tn, g.a.tn + g.a.fn)),
    "AD": lambda g: _accuracy(g.a) - _accuracy(g.d),
    "TE": lambda g: _minus(_over(g.d.fn, g.d.fp), _over(g.a.fn, g.a.fp)),
    "CDDPL": lambda g: _conditional(g, g.predicted),
    "FT": _flips,
    "GE": _entropy,
}
# As they stand in published reports.
DESCRIPTIONS = {
    "CI": "Class Imbalance",
    "DPL": "Difference in Positive Proportions in Labels",
    "KL": "Kullback-Liebler Divergence",
    "JS": "Jensen-Shannon Divergence",
    "LP": "L-p Norm",
    "TVD": "Total Variation Distance",
    "KS": "Kolmogorov-Smirnov Distance",
    "CDDL": "Conditional Demographic Disparity in Labels",
    "DPPL": "Difference in Positive Proportions in Predicted Labels",
    "DI": "Disparate Impact",
    "DCA": "Difference in Conditional Acceptance",
    "DCR": "Difference in Conditional Rejection",
    "SD": "Specificity Difference",
    "RD": "Recall Difference",
    "DAR": "Difference in Acceptance Rates",
    "DRR": "Difference in Rejection Rates",
    "AD": "Accuracy Difference",
    "TE": "Treatment Equality",
    "CDDPL": "Conditional Demographic Disparity in Predicted Labels",
    "FT": "Flip Test",
    "GE": "Generalized Entropy",
}
