"""What Model Monitor's attribution job is told of a version, but for the model that serves it.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-model-explainability-parameters.html
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from columns import CATEGORY

SAMPLES, SAMPLES_A_COLUMN = 100, 5
"""Coalitions of columns that the model is asked about for each record: what AWS's example has, and
more where many columns would leave too few equations for their values."""

SEED = 2013


def configuration(
    kinds: Mapping[str, str], columns: Mapping[str, np.ndarray], answers: Sequence[str]
) -> dict[str, Any]:
    """The part that does not depend on where the version is served.

    Contributions are in log-odds, as xgboost's own are, if all answers are probabilities.

    Args:
        kinds: Of a request's columns, in its order: number or category.
        columns: Of the held-out rows, as text.
        answers: Of the model to them.
    """
    shap: dict[str, Any] = {
        "baseline": [[typical(columns[name], kind) for name, kind in kinds.items()]],
        "num_samples": max(SAMPLES, SAMPLES_A_COLUMN * len(kinds)),
        "agg_method": "mean_abs",
        "use_logit": _probabilities(answers),
        "seed": SEED,
    }
    return {"version": "1.0", "headers": [*kinds], "methods": {"shap": shap}}


def typical(texts: np.ndarray, kind: str) -> str | float:
    """What stands for a column that a coalition leaves out: a value that occurs in it.

    The lower median of numbers, the most frequent category; nothing if there is none.
    """
    there = [text for text in texts.tolist() if text.strip()]
    if not there:
        return ""
    if kind == CATEGORY:
        return str(Counter(there).most_common(1)[0][0])
    return sorted(map(float, there))[(len(there) - 1) // 2]


def _probabilities(answers: Sequence[str]) -> bool:
    try:
        return all(0 < float(answer) < 1 for answer in answers)
    except ValueError:
        return False
