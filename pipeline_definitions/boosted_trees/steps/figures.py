"""What the scores on the held-out rows say of challenger and champion."""

from collections.abc import Sequence

from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)

CHANCE_AUC = 0.5
"""What a challenger is compared with while there is no champion: a coin."""


def evaluation(
    labels: Sequence[int], challenger: Sequence[float], champion: Sequence[float] | None,
    *, package: str,
) -> dict[str, object]:  # fmt: skip
    """The report: the challenger's metrics in Model Monitor's format, and what the gate reads.

    The format is that of a model quality baseline (SageMaker developer guide, "Model quality
    metrics and Amazon CloudWatch monitoring"); one held-out set has no deviations.
    """
    auc = float(roc_auc_score(labels, challenger))
    champion_auc = None if champion is None else float(roc_auc_score(labels, champion))
    improvement = auc - (CHANCE_AUC if champion_auc is None else champion_auc)
    compared = "chance" if champion_auc is None else "champion"
    return {
        "version": 0,
        "dataset": {"item_count": len(labels)},
        "binary_classification_metrics": metrics(labels, challenger),
        "champion": {
            "auc": champion_auc,
            "package": package if champion_auc is not None else "NONE",
        },
        "gate": {
            "auc": auc,
            "improvement": improvement,
            "summary": f"challenger AUC {auc:.3f}, improvement over {compared} {improvement:+.3f}",
        },
        "rows": len(labels),
    }


def metrics(labels: Sequence[int], probabilities: Sequence[float]) -> dict[str, object]:
    """How well the probabilities tell 1 from 0; those with a decision decide at 0.5."""
    decided = [int(probability >= 0.5) for probability in probabilities]
    values = {
        "auc": roc_auc_score(labels, probabilities),
        "au_prc": average_precision_score(labels, probabilities),
        "log_loss": log_loss(labels, probabilities),
        "accuracy": accuracy_score(labels, decided),
        "precision": precision_score(labels, decided, zero_division=0),
        "recall": recall_score(labels, decided, zero_division=0),
    }
    return {
        name: {"value": float(value), "standard_deviation": "NaN"} for name, value in values.items()
    }
