"""What reaches the monitor from an archive of XGBoost are Shapley values, by their definition."""

import json
from collections.abc import Callable
from itertools import combinations
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from tests.monitoring.conftest import script
from tests.monitoring.linear_model import archive

FEATURES = ["age", "debt", "income", "rooms"]

INFERENCE = """
from pathlib import Path

import numpy as np
import xgboost


def model_fn(folder):
    text = (Path(folder) / "code" / "model.py").read_bytes()
    return xgboost.Booster({"nthread": 1}, model_file=bytearray(text))


def input_fn(body, content_type):
    rows = [line.split(",") for line in body.splitlines()]
    return xgboost.DMatrix(
        np.array([[float(value) for value in row[:4]] for row in rows]),
        feature_names=["age", "debt", "income", "rooms"],
    )


def explain_fn(rows, model):
    return model.feature_names, model.predict(rows, pred_contribs=True)[:, :-1]
"""


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return np.random.default_rng(4).normal(size=(400, len(FEATURES))).round(3)


@pytest.fixture(scope="module")
def booster(values: np.ndarray) -> xgboost.Booster:
    age, debt, income, _ = values.T
    late = (2 * age - debt * (income > 0) + income > 0).astype(float)
    data = xgboost.DMatrix(values, label=late, feature_names=FEATURES)
    parameters = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.5, "nthread": 1}
    return xgboost.train(parameters, data, num_boost_round=6)


def expected(tree: dict[str, Any], row: dict[str, float], known: frozenset[str]) -> float:
    """What a tree answers if only some features are known; at others, both ways by their cover.

    Lundberg, Erion and Lee, "Consistent individualized feature attribution for tree ensembles",
    2018, algorithm 1.
    """
    if "leaf" in tree:
        return float(tree["leaf"])
    yes, no = (
        next(child for child in tree["children"] if child["nodeid"] == tree[side])
        for side in ("yes", "no")
    )
    if tree["split"] in known:
        child = yes if row[tree["split"]] < np.float32(tree["split_condition"]) else no
        return expected(child, row, known)
    total = yes["cover"] + no["cover"]
    return sum(child["cover"] / total * expected(child, row, known) for child in (yes, no))


def shapley(worth: Callable[[frozenset[str]], float], feature: str) -> float:
    """A player's share by Shapley's formula, over all coalitions of the others."""
    others = [name for name in FEATURES if name != feature]
    n = len(FEATURES)
    return sum(
        factorial(len(s)) * factorial(n - len(s) - 1) / factorial(n)
        * (worth(frozenset({*s, feature})) - worth(frozenset(s)))
        for size in range(n) for s in combinations(others, size)
    )  # fmt: skip


def test_contributions_are_the_shapley_values_of_the_trees(
    booster: xgboost.Booster, values: np.ndarray, tmp_path: Path
):
    booster.save_model(tmp_path / "model.json")
    packed = archive(tmp_path / "m", INFERENCE, model=(tmp_path / "model.json").read_text())
    scoring = script("scoring")
    rows = [[*map(str, row), "ignored"] for row in values[:12]]
    with scoring.unpacked(packed / "model.tar.gz") as model:
        found = scoring.explained(model, rows)
    assert found.names == FEATURES
    trees = [json.loads(tree) for tree in booster.get_dump(dump_format="json", with_stats=True)]
    for row, contributions in zip(values[:12], found.contributions, strict=True):
        said = dict(zip(FEATURES, np.float32(row).tolist(), strict=True))
        wanted = [
            shapley(lambda known, said=said: sum(expected(t, said, known) for t in trees), name)
            for name in FEATURES
        ]
        assert contributions == pytest.approx(wanted, abs=1e-5)
