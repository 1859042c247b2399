"""Clarify's bias metrics of two groups, computed from counts.

Formulas, names and signs are those of AWS's pages, of which each metric's `page` names its own:
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-post-training-bias.html

Group a is the one that bias may favour, group d the facet's. A table holds counts, or shares of
all, on its last axes; axes before them (draws, windows) are kept. Outcomes are 0 for unfavourable
and 1 for favourable:

LABELS, ANSWERS   group x outcome, as it truly was, or as the model said
BOTH              group x label x answer
LABEL_STRATA, ANSWER_STRATA   stratum x group x outcome

A value that is undefined is NaN or infinite; `why_undefined` says why. It is never 0, which
`smclarify` returns for 0 / 0. Left out is the counterfactual fliptest (FT): it looks for neighbours
by the Euclidean distance of raw columns, so it changes with a column's unit and knows no
categories.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from bias_formulas import (
    ACCEPTED,
    ACCURACY,
    ERRORS,
    FAVOURABLE,
    LABELS_TO_ANSWERS,
    RECALL,
    REJECTED,
    REJECTIONS,
    SPECIFICITY,
    A,
    D,
    Quotient,
    demographic_disparity,
    difference,
    disparate_impact,
    generalized_entropy,
    imbalance,
    jensen_shannon,
    kullback_leibler,
    norm,
)

LABELS, ANSWERS, BOTH, LABEL_STRATA, ANSWER_STRATA = (
    "labels", "answers", "labels and answers", "labels by stratum", "answers by stratum",
)  # fmt: skip
PRE, POST = "pre_training_bias_metrics", "post_training_bias_metrics"
"""When a metric is taken, in the words of Clarify's analysis.json."""


@dataclass(frozen=True)
class Metric:
    """A number that says how differently groups fare.

    Attributes:
        name: As it stands in Clarify's files.
        title: As it stands there as the metric's description.
        stage: PRE or POST.
        table: Which table it is computed from.
        value: The metric of a table.
        quotient: What it compares, where it compares the groups' quotients.
        first: The group that the other is taken from, or divided by.
        fair: The value when there is no bias.
        room: How much farther from fair than in the baseline is no news, however sure it is.
        judged: Whether a monitor judges it if nobody gave a threshold.
        undefined: When it is, of metrics without quotient.
        page: Of AWS's guide, behind clarify-.
    """

    name: str
    title: str
    stage: str
    table: str
    value: Callable[[np.ndarray], np.ndarray]
    page: str
    quotient: Quotient | None = None
    first: int = A
    fair: float = 0.0
    room: float = 0.02
    judged: bool = True
    undefined: str = ""

    def distance(self, table: np.ndarray) -> np.ndarray:
        """How far from fair; NaN where that is undefined."""
        values = np.abs(self.value(table) - self.fair)
        return np.where(np.isfinite(values), values, np.nan)


def _compared(
    name: str, title: str, stage: str, table: str, page: str, quotient: Quotient, *,
    first: int = A, room: float = 0.02,
) -> Metric:  # fmt: skip
    value = difference(quotient, first)
    return Metric(
        name, f"{title} ({name})", stage, table, value, page, quotient=quotient, first=first,
        room=room,
    )  # fmt: skip


def _of_distributions(
    name: str, title: str, page: str, value: Callable[[np.ndarray], np.ndarray]
) -> Metric:
    """Of two outcomes these say what DPL says; so they are judged only if somebody asks for it."""
    reason = "it needs records with a label in both groups"
    if name == "KL":
        reason += ", and each outcome of the others in the group"
    return Metric(
        name, f"{title} ({name})", PRE, LABELS, value, f"data-bias-metric-{page}", judged=False,
        undefined=reason,
    )  # fmt: skip


_STRATA = "it needs a stratum in which both outcomes occur"
METRICS: Sequence[Metric] = (
    Metric(
        "CI", "Class Imbalance (CI)", PRE, LABELS, imbalance, "bias-metric-class-imbalance",
        judged=False, undefined="it needs records with a label",
    ),
    _compared(
        "DPL", "Difference in Positive Proportions in Labels", PRE, LABELS,
        "data-bias-metric-true-label-imbalance", FAVOURABLE,
    ),
    _of_distributions(
        "KL", "Kullback-Leibler Divergence", "kl-divergence", kullback_leibler),
    _of_distributions(
        "JS", "Jensen-Shannon Divergence", "jensen-shannon-divergence", jensen_shannon),
    _of_distributions("LP", "L-p Norm", "lp-norm", lambda t: norm(t, 2)),
    _of_distributions(
        "TVD", "Total Variation Distance", "total-variation-distance", lambda t: norm(t, 1) / 2),
    _of_distributions(
        "KS", "Kolmogorov-Smirnov Distance", "kolmogorov-smirnov", lambda t: norm(t, np.inf)),
    Metric(
        "CDDL", "Conditional Demographic Disparity in Labels (CDDL)", PRE, LABEL_STRATA,
        demographic_disparity, "data-bias-metric-cddl", undefined=_STRATA,
    ),
    _compared(
        "DPPL", "Difference in Positive Proportions in Predicted Labels", POST, ANSWERS,
        "post-training-bias-metric-dppl", FAVOURABLE,
    ),
    Metric(
        "DI", "Disparate Impact (DI)", POST, ANSWERS, disparate_impact,
        "post-training-bias-metric-di", quotient=FAVOURABLE, fair=1.0, room=0.05,
        undefined="nobody of the others got a favourable answer",
    ),
    Metric(
        "CDDPL", "Conditional Demographic Disparity in Predicted Labels (CDDPL)", POST,
        ANSWER_STRATA, demographic_disparity, "post-training-bias-metric-cddpl", undefined=_STRATA,
    ),
    _compared(
        "DCA", "Difference in Conditional Acceptance", POST, BOTH,
        "post-training-bias-metric-dca", LABELS_TO_ANSWERS, room=0.05,
    ),
    _compared(
        "DCR", "Difference in Conditional Rejection", POST, BOTH,
        "post-training-bias-metric-dcr", REJECTIONS, first=D, room=0.05,
    ),
    _compared("RD", "Recall Difference", POST, BOTH, "post-training-bias-metric-rd", RECALL),
    _compared(
        "SD", "Specificity Difference", POST, BOTH, "post-training-bias-metric-sd", SPECIFICITY,
        first=D,
    ),
    _compared("AD", "Accuracy Difference", POST, BOTH, "post-training-bias-metric-ad", ACCURACY),
    _compared(
        "DAR", "Difference in Acceptance Rates", POST, BOTH, "post-training-bias-metric-dar",
        ACCEPTED,
    ),
    _compared(
        "DRR", "Difference in Rejection Rates", POST, BOTH, "post-training-bias-metric-drr",
        REJECTED, first=D,
    ),
    _compared(
        "TE", "Treatment Equality", POST, BOTH, "post-training-bias-metric-te", ERRORS, first=D,
        room=0.25,
    ),
    Metric(
        "GE", "Generalized Entropy (GE)", POST, BOTH, generalized_entropy,
        "post-training-bias-metric-ge", judged=False,
        undefined="it needs an answer that is as good as its label, or better",
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}
ALIASES: Mapping[str, str] = {"DCAcc": "DCA"}
"""What AWS's pages call a metric that its files call otherwise."""


def why_undefined(metric: Metric, table: np.ndarray, names: Sequence[str]) -> str:
    """Why a metric of these counts has no value, or nothing if it has one.

    Args:
        metric: The metric.
        table: Of counts, without further axes.
        names: Of group a and of group d.
    """
    if np.isfinite(metric.value(table)):
        return ""
    lacking = [] if metric.quotient is None else metric.quotient.counts(table)[1] == 0
    said = [f"no {metric.quotient.of} of {names[group]}"
            for group, none in enumerate(lacking) if none and metric.quotient]  # fmt: skip
    return " and ".join(said) or metric.undefined
