"""Training gives a model that learned, the same each time, packed with the code that serves it."""

import json
from pathlib import Path

import numpy as np
import pytest
import xgboost
from sklearn.metrics import roc_auc_score

from tests.pipeline_definitions.running import Prepared

from .conftest import HYPERPARAMETERS, Trainer, features, inference, tables, train

ENCODING_FILE, MODEL_FILE = inference.ENCODING_FILE, inference.MODEL_FILE


def test_the_archive_holds_model_encoding_and_the_serving_code(model: Path):
    files = {path.relative_to(model).as_posix() for path in model.rglob("*") if path.is_file()}
    assert files == {
        MODEL_FILE,
        ENCODING_FILE,
        "code/inference.py",
        "code/features.py",
        "code/boosting.py",
        "code/schema.json",
    }


def test_the_model_finds_what_makes_these_flights_late(model: Path, prepared: Prepared):
    table = tables.read_table(prepared.path("test"))
    booster = xgboost.Booster(model_file=model / MODEL_FILE)
    encoded = features.encode(table.rows, json.loads((model / ENCODING_FILE).read_text()))
    assert roc_auc_score(table.labels, booster.predict(inference.matrix(encoded))) > 0.7


def test_the_same_data_gives_the_same_model(model: Path, prepared: Prepared, trainer: Trainer):
    again = trainer(prepared.path("train"))
    assert (again / MODEL_FILE).read_bytes() == (model / MODEL_FILE).read_bytes()


def test_another_seed_gives_another_model(model: Path, prepared: Prepared, trainer: Trainer):
    other = trainer(prepared.path("train"), "--seed", "2")
    assert (other / MODEL_FILE).read_bytes() != (model / MODEL_FILE).read_bytes()


def test_training_stops_when_validation_gains_no_more(prepared: Prepared, trainer: Trainer):
    model = trainer(prepared.path("train"), "--rounds", "400")
    assert xgboost.Booster(model_file=model / MODEL_FILE).num_boosted_rounds() < 100


def test_categories_are_those_of_the_training_rows(model: Path):
    categories = json.loads((model / ENCODING_FILE).read_text())
    assert categories == {"carrier": ["AA", "B6", "UA"], "origin": ["JFK"], "dest": ["BOS"]}


def test_an_unseen_or_missing_category_and_a_missing_number_are_nan():
    known = ["UA", "JFK", "BOS", *["1"] * 15]
    unseen = ["XX", "", "LAX", *[""] * 15]
    encoded = features.encode([known, unseen], features.categories_of([known]))
    assert encoded.shape == (2, len(features.FEATURES))
    assert np.isnan(encoded[1]).all()
    assert encoded[0].tolist() == [0, 0, 0, *[1] * 15]


def test_a_folder_without_rows_stops_training(
    tmp_path: Path, prepared: Prepared, capsys: pytest.CaptureFixture[str]
):
    out = ["--model-dir", str(tmp_path / "model"), "--failure", str(tmp_path / "out/failure")]
    folders = ["--train", str(tmp_path), "--validation", str(prepared.path("validation"))]
    assert train.main([*folders, *out, *HYPERPARAMETERS]) == 1
    expected = f"no rows in the CSV files of {tmp_path}"
    assert capsys.readouterr().err.strip() == expected
    assert (tmp_path / "out/failure").read_text() == expected


def test_sagemakers_folders_are_the_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, prepared: Prepared
):
    monkeypatch.setenv("SM_CHANNEL_TRAIN", str(prepared.path("train")))
    monkeypatch.setenv("SM_CHANNEL_VALIDATION", str(prepared.path("validation")))
    monkeypatch.setenv("SM_MODEL_DIR", str(tmp_path))
    monkeypatch.setenv("SM_NUM_CPUS", "1")
    assert train.main(HYPERPARAMETERS) == 0
    assert (tmp_path / MODEL_FILE).is_file()
