"""An endpoint's answers are the model's own."""

import json
from pathlib import Path

import numpy as np
import pytest
import xgboost

from tests.pipeline_definitions.running import Prepared

from .conftest import features, inference

FEATURES, BadData, CSV = features.FEATURES, features.BadData, inference.CSV

FLIGHT = ["UA", "JFK", "BOS", "585", "735", "2", "187", "39.02", "26.06", "59.37", "270", "10.35",
          "", "0", "1012.0", "10", "2004", "55"]  # fmt: skip


def answers(model: Path, body: str | bytes) -> list[float]:
    asked = inference.input_fn(body, CSV)
    prediction = inference.predict_fn(asked, inference.model_fn(str(model)))
    text, content_type = inference.output_fn(prediction, CSV)
    assert content_type == CSV
    return [float(line) for line in text.splitlines()]


def test_answers_equal_the_models_own(model: Path, prepared: Prepared):
    rows = [[row[name] for name in FEATURES] for row in prepared.rows("test")]
    categories = json.loads((model / "encoding.json").read_text())
    as_numbers = np.array(
        [
            [
                categories[name].index(value) if name in categories else float(value or "nan")
                for name, value in zip(FEATURES, row, strict=True)
            ]
            for row in rows
        ]
    )
    data = xgboost.DMatrix(
        as_numbers,
        feature_names=list(FEATURES),
        feature_types=["c" if kind == "category" else "q" for kind in FEATURES.values()],
        enable_categorical=True,
    )
    own = xgboost.Booster(model_file=model / "model.json").predict(data)
    asked = "\n".join(",".join(row) for row in rows)
    assert np.array_equal(np.array(answers(model, asked), dtype=np.float32), own)


def test_one_probability_a_row(model: Path):
    scores = answers(model, ",".join(FLIGHT) + "\n" + ",".join(FLIGHT))
    assert len(scores) == 2
    assert scores[0] == scores[1]
    assert 0 < scores[0] < 1


def test_bytes_and_text_are_the_same_request(model: Path):
    body = ",".join(FLIGHT)
    assert answers(model, body.encode()) == answers(model, body)


def test_an_unknown_airline_and_missing_values_get_an_answer(model: Path):
    assert answers(model, ",".join(["ZZ", *[""] * (len(FEATURES) - 1)]))


def test_a_content_type_may_name_its_charset():
    assert inference.input_fn(",".join(FLIGHT), "text/csv; charset=utf-8") == [FLIGHT]


def test_a_row_of_other_width_is_refused_with_the_expected_columns():
    body = ",".join(FLIGHT) + "\n" + ",".join(FLIGHT[:-1])
    with pytest.raises(ValueError) as refused:
        inference.input_fn(body, CSV)
    assert str(refused.value) == f"row 2 has 17 columns, expected 18: {', '.join(FEATURES)}"


def test_an_empty_request_is_refused():
    with pytest.raises(BadData, match="the request holds no rows; send one example a row"):
        inference.input_fn("\n", CSV)


def test_another_content_type_is_refused():
    with pytest.raises(BadData, match="content type is 'application/json', expected text/csv"):
        inference.input_fn("{}", "application/json")


def test_a_header_is_refused_as_what_it_is_not(model: Path):
    with pytest.raises(BadData, match=r"column sched_dep_minute: .* expected numbers"):
        answers(model, ",".join(FEATURES))
