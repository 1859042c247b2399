"""Challenger and champion are judged by the same flights, each by its own code."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from bench.scripts import entered
from mlops_constructs.archive import archive
from mlops_constructs.training.training_pipeline import NO_CHAMPION
from tests.pipeline_definitions.running import Prepared, options, pack

from .conftest import SCRIPTS, Trainer, evaluate

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/dev-flight-delay/1"
OWN_CODE = """
CSV = "text/csv"
def model_fn(folder): return None
def input_fn(body, content_type): return body.split()
def predict_fn(rows, model): return [1 / float(row) for row in rows]
def output_fn(scores, accept): return "\\n".join(map(str, scores))
"""


@dataclass(frozen=True)
class Judged:
    """What evaluate.py wrote."""

    report: dict[str, Any]
    rows: list[dict[str, str]]

    def scores(self, who: str) -> list[float]:
        return [float(row[f"{who}_score"]) for row in self.rows]

    @property
    def labels(self) -> list[int]:
        return [int(row["label"]) for row in self.rows]


def judge(prepared: Prepared, challenger: Path, champion: Path, out: Path, *more: str) -> int:
    """Runs evaluate.py, and returns its exit code."""
    folders = {
        "challenger": challenger,
        "champion": champion,
        "test": prepared.path("test"),
        "evaluation": out / "evaluation",
        "message": out / "message",
    }
    with entered(SCRIPTS):
        code: int = evaluate.main([*options(folders), *more])
    return code


def written(out: Path) -> Judged:
    report = json.loads((out / "evaluation/evaluation.json").read_text())
    with (out / "evaluation/predictions.csv").open(newline="") as lines:
        return Judged(report, list(csv.DictReader(lines)))


def with_own_code(folder: Path, column: str) -> Path:
    """An archive whose code asks for one column, and is quick to load."""
    (folder / "model/code").mkdir(parents=True)
    (folder / "model/code/features.py").write_text(f"FEATURES = {{{column!r}: 'q'}}")
    (folder / "model/code/inference.py").write_text(OWN_CODE)
    return pack(folder / "model", folder / "archive")


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_own_code(tmp_path_factory.mktemp("quick"), "sched_arr_minute")


@pytest.fixture(scope="module")
def judged(
    prepared: Prepared, model: Path, trainer: Trainer, tmp_path_factory: pytest.TempPathFactory
) -> Judged:
    """A challenger beside a champion that had learned from a tenth of its data."""
    folder = tmp_path_factory.mktemp("judged")
    lines = (prepared.path("train") / "train.csv").read_text().splitlines()
    (folder / "train.csv").write_text("\n".join([lines[0], *lines[1:80]]) + "\n")
    champion = pack(trainer(folder), folder / "champion")
    challenger = pack(model, folder / "challenger")
    assert judge(prepared, challenger, champion, folder, "--champion-package", ARN) == 0
    return written(folder)


def test_both_aucs_are_scikit_learns_on_the_saved_predictions(judged: Judged):
    challenger, champion = judged.scores("challenger"), judged.scores("champion")
    assert challenger != champion
    auc = judged.report["binary_classification_metrics"]["auc"]["value"]
    assert auc == pytest.approx(roc_auc_score(judged.labels, challenger), abs=1e-12)
    champion_auc = pytest.approx(roc_auc_score(judged.labels, champion), abs=1e-12)
    assert judged.report["champion"] == {"auc": champion_auc, "package": ARN}


def test_the_gate_reads_the_auc_and_what_it_gains_on_the_champion(judged: Judged):
    gate = judged.report["gate"]
    gained = gate["auc"] - judged.report["champion"]["auc"]
    assert gate["auc"] == judged.report["binary_classification_metrics"]["auc"]["value"]
    assert gate["improvement"] == pytest.approx(gained)
    assert gate["summary"] == (
        f"challenger AUC {gate['auc']:.3f}, improvement over champion {gained:+.3f}"
    )


def test_the_other_metrics_are_scikit_learns_too(judged: Judged):
    labels, scores = judged.labels, judged.scores("challenger")
    metrics = judged.report["binary_classification_metrics"]
    assert metrics["log_loss"]["value"] == pytest.approx(log_loss(labels, scores))
    assert metrics["au_prc"]["value"] == pytest.approx(average_precision_score(labels, scores))
    decided = [score >= 0.5 for score in scores]
    right = sum(said == bool(label) for said, label in zip(decided, labels, strict=True))
    assert metrics["accuracy"]["value"] == pytest.approx(right / len(labels))


def test_predictions_are_of_the_held_out_flights_in_their_order(judged: Judged, prepared: Prepared):
    flights = prepared.rows("test")
    assert [row["flight_id"] for row in judged.rows] == [flight["flight_id"] for flight in flights]
    assert [row["label"] for row in judged.rows] == [flight["late"] for flight in flights]
    assert judged.report["rows"] == len(flights)


def test_with_no_champion_the_comparison_is_with_chance(
    prepared: Prepared, quick: Path, no_champion: Path, tmp_path: Path
):
    judge(prepared, quick, no_champion, tmp_path, "--champion-package", "NONE")
    found = written(tmp_path)
    assert found.report["champion"] == {"auc": None, "package": "NONE"}
    assert found.report["gate"]["improvement"] == found.report["gate"]["auc"] - 0.5
    assert {row["champion_score"] for row in found.rows} == {""}
    assert "improvement over chance" in found.report["gate"]["summary"]


def test_a_champion_answers_with_its_own_code_and_columns(
    prepared: Prepared, quick: Path, tmp_path: Path
):
    champion = with_own_code(tmp_path, "distance")
    assert judge(prepared, quick, champion, tmp_path) == 0
    assert set(written(tmp_path).scores("champion")) == {1 / 187}
    assert set(written(tmp_path).scores("challenger")) == {1 / 735}


def test_a_champion_whose_columns_are_gone_stops_the_run_with_its_name(
    prepared: Prepared, quick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    champion = with_own_code(tmp_path / "champion", "fog").rename(tmp_path / "champion/champion")
    assert judge(prepared, quick, champion, tmp_path) == 1
    said = capsys.readouterr().err.strip()
    assert said == (
        "the champion's own code fails on the held-out rows: the table lacks the columns fog"
    )
    assert (tmp_path / "message").read_text() == said


def test_a_challenger_must_be_a_model(
    prepared: Prepared, no_champion: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert judge(prepared, no_champion, no_champion, tmp_path) == 1
    assert "is no model; it holds NO_CHAMPION" in capsys.readouterr().err


def test_a_folder_without_an_archive_is_refused(
    prepared: Prepared, quick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    empty = tmp_path / "champion"
    empty.mkdir()
    assert judge(prepared, quick, empty, tmp_path) == 1
    assert (
        capsys.readouterr().err.strip() == f"expected one model archive (.tar.gz) in {empty}, got 0"
    )


def test_the_archive_that_the_platform_ships_is_taken_for_no_champion(
    prepared: Prepared, quick: Path, tmp_path: Path
):
    (tmp_path / "champion").mkdir()
    (tmp_path / "champion/0a1b2c.gz").write_bytes(archive(NO_CHAMPION).content)
    assert judge(prepared, quick, tmp_path / "champion", tmp_path) == 0
    assert written(tmp_path).report["champion"]["auc"] is None
