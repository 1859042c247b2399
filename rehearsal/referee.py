"""Second opinions: each figure that the story shows is computed once more, by scikit-learn."""

import csv
import io
from typing import Any

from sklearn.metrics import roc_auc_score

from rehearsal.arrows import StoryBroke
from rehearsal.timeline import Timeline
from rehearsal.world import World


def predictions(world: World, package: dict[str, Any]) -> list[dict[str, str]]:
    """The rows of `predictions.csv` beside the package's evaluation report."""
    report = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    text = world.read_bytes(report.rpartition("/")[0] + "/predictions.csv").decode()
    return list(csv.DictReader(io.StringIO(text)))


def check_metrics(world: World, timeline: Timeline, package: dict[str, Any]) -> None:
    """Hold the AUCs of challenger and champion against scikit-learn's on the saved predictions.

    Raises:
        StoryBroke: one differs.
    """
    report = world.read_json(package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"])
    rows = predictions(world, package)
    labels = [int(row["label"]) for row in rows]
    claims = {
        "auc": (report["binary_classification_metrics"]["auc"]["value"], "challenger_score"),
        "champion_auc": (report["champion"]["auc"], "champion_score"),
    }
    checked: dict[str, float] = {}
    for name, (claimed, column) in claims.items():
        if claimed is None:
            continue
        computed = float(roc_auc_score(labels, [float(row[column]) for row in rows]))
        if abs(claimed - computed) > 1e-9:
            raise StoryBroke(f"the package claims {name} {claimed}, scikit-learn says {computed}")
        checked |= {name: claimed, f"scikit_learn_{name}": computed}
    timeline.record("rehearsal", "metrics checked", rows=len(rows), **checked)
