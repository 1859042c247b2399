"""Answers requests: examples in, for each the probability of its label out.

The XGBoost image calls the functions that end in `_fn` but one (SageMaker Python SDK, "Use XGBoost
with the SageMaker Python SDK", on serving a model in script mode); `explain_fn` is for monitors.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from boosting import xgboost
from features import CATEGORY, USED, BadData, encode, read_requests

CSV = "text/csv"
MODEL_FILE = "model.json"
ENCODING_FILE = "encoding.json"


@dataclass(frozen=True)
class Model:
    """A trained model and the categories it knows."""

    booster: xgboost.Booster
    categories: dict[str, list[str]]


def model_fn(model_dir: str) -> Model:
    """The model in its unpacked archive."""
    folder = Path(model_dir)
    booster = xgboost.Booster({"nthread": 1})  # requests are small, and come several at once
    booster.load_model(folder / MODEL_FILE)
    categories = json.loads((folder / ENCODING_FILE).read_text(encoding="utf-8"))
    return Model(booster, categories)


def input_fn(body: str | bytes, content_type: str) -> list[list[str]]:
    """The rows of a request.

    Raises:
        ValueError: If it is not text/csv, or a row has not a value for each column.
    """
    if content_type.partition(";")[0].strip() != CSV:
        raise BadData(f"the content type is {content_type!r}, expected {CSV}")
    return read_requests(body.decode("utf-8") if isinstance(body, bytes) else body)


def predict_fn(rows: list[list[str]], model: Model) -> np.ndarray:
    """The probability of each row's label to be 1.

    In place: making a DMatrix of a request takes several times as long as answering it.
    """
    probabilities: np.ndarray = model.booster.inplace_predict(encode(rows, model.categories))
    return probabilities


def output_fn(prediction: np.ndarray, accept: str) -> tuple[str, str]:
    """One probability a row, and its content type: without one, captures would be base64."""
    return "".join(f"{probability:.9g}\n" for probability in prediction.tolist()), CSV


def explain_fn(rows: list[list[str]], model: Model) -> tuple[list[str], np.ndarray]:
    """How much each used column moved each row's answer: names, and SHAP values, a row each.

    They are in log-odds. XGBoost's last column, the answer that all rows begin with, is left out
    (XGBoost's documentation of Booster.predict, on pred_contribs).
    """
    data = matrix(encode(rows, model.categories))
    contributions: np.ndarray = model.booster.predict(data, pred_contribs=True)
    return list(USED), contributions[:, :-1]


def matrix(encoded: np.ndarray, labels: list[int] | None = None) -> xgboost.DMatrix:
    """Encoded rows as XGBoost takes them."""
    return xgboost.DMatrix(
        encoded, label=labels, feature_names=list(USED),
        feature_types=["c" if kind == CATEGORY else "q" for kind in USED.values()],
        enable_categorical=True,
    )  # fmt: skip
