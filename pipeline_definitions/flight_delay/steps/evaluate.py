"""Challenger and champion on the same held-out flights, each answering with its own code."""

import argparse
import csv
import json
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from failing import exit_code
from features import BadData
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)
from tables import Table, read_table

NO_CHAMPION = "NO_CHAMPION"
"""The one file of the archive that stands where a champion's would while there is none."""

CHANCE_AUC = 0.5
"""What a challenger is compared with while there is no champion: a coin."""


@dataclass(frozen=True)
class Scores:
    """Probabilities that the held-out flights are late."""

    challenger: list[float]
    champion: list[float] | None


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    options = _options(argv)
    return exit_code(partial(run, options), options.message)


def run(options: argparse.Namespace) -> None:
    """Score, compare, write."""
    table = read_table(options.test)
    challenger = score(options.challenger, options.test)
    if challenger is None:
        raise BadData(f"the archive in {options.challenger} is no model; it holds {NO_CHAMPION}")
    scores = Scores(challenger, score(options.champion, options.test))
    options.evaluation.mkdir(parents=True, exist_ok=True)
    report = evaluation(table.labels, scores, package=options.champion_package)
    text = json.dumps(report, indent=2) + "\n"
    (options.evaluation / "evaluation.json").write_text(text, encoding="utf-8")
    write_predictions(options.evaluation / "predictions.csv", table, scores)
    print(report["gate"])


def score(archive: Path, test: Path) -> list[float] | None:
    """The probabilities of the model in the folder's one archive; None if it holds no model.

    Raises:
        BadData: If there is not one archive, or its code fails on the held-out rows.
    """
    found = sorted(archive.glob("*.gz"))
    if len(found) != 1:
        raise BadData(f"expected one model archive (.tar.gz) in {archive}, got {len(found)}")
    with TemporaryDirectory() as unpacked:
        with tarfile.open(found[0]) as tar:
            tar.extractall(unpacked, filter="data")
        if (Path(unpacked) / NO_CHAMPION).is_file():
            return None
        return _answers(Path(unpacked), test, name=archive.name)


def _answers(model: Path, test: Path, *, name: str) -> list[float]:
    script = Path(__file__).parent / "score.py"
    answers: list[float] = []
    for table in sorted(test.glob("*.csv")):
        command = [sys.executable, "-I", str(script), str(model), str(table)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = done.stderr.strip().rpartition("\n")[2]
            raise BadData(f"the {name}'s own code fails on the held-out flights: {last}")
        answers += [float(line) for line in done.stdout.split()]
    return answers


def evaluation(labels: Sequence[int], scores: Scores, *, package: str) -> dict[str, object]:
    """The report: the challenger's metrics in Model Monitor's format, and what the gate reads.

    The format is that of a model quality baseline (SageMaker developer guide, "Model quality
    metrics and Amazon CloudWatch monitoring"); one held-out set has no deviations.
    """
    auc = float(roc_auc_score(labels, scores.challenger))
    champion_auc = (
        None if scores.champion is None else float(roc_auc_score(labels, scores.champion))
    )
    improvement = auc - (CHANCE_AUC if champion_auc is None else champion_auc)
    compared = "chance" if champion_auc is None else "champion"
    return {
        "version": 0,
        "dataset": {"item_count": len(labels)},
        "binary_classification_metrics": metrics(labels, scores.challenger),
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
    """How well the probabilities tell late from punctual; those with a decision decide at 0.5."""
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


def write_predictions(path: Path, table: Table, scores: Scores) -> None:
    """`predictions.csv`: flight_id, label, challenger_score, champion_score (empty without one)."""
    champion: Sequence[float | str] = scores.champion or [""] * len(table.ids)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(["flight_id", "label", "challenger_score", "champion_score"])
        writer.writerows(zip(table.ids, table.labels, scores.challenger, champion, strict=True))


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    processing = Path("/opt/ml/processing")
    for name in ("challenger", "champion", "test"):
        parser.add_argument(f"--{name}", type=Path, default=processing / "input" / name)
    parser.add_argument("--evaluation", type=Path, default=processing / "output/evaluation")
    parser.add_argument("--message", type=Path, default=Path("/opt/ml/output/message"))
    parser.add_argument("--champion-package", default="NONE")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
