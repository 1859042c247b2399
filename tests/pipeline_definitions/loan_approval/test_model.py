"""The model tells approved from denied applications, and does not look at whose they are."""

import json
import random
from itertools import permutations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from sklearn.metrics import roc_auc_score

from bench.scripts import entered
from pipeline_definitions.loan_approval import APPROVES_FROM, MODEL
from tests.pipeline_definitions.running import Prepared, options, pack

from .conftest import DEFINITION, SCRIPTS, Trainer, evaluate, features, inference

RACE, SEX = (list(features.FEATURES).index(name) for name in ("race", "sex"))
NO_CATEGORIES: dict[str, list[str]] = {"occ": [], "prop": []}
PARAMETERS = {p["Name"]: p["DefaultValue"] for p in DEFINITION["Parameters"]}


def asked(prepared: Prepared, part: str = "test") -> list[list[str]]:
    """The rows of a part as a request has them."""
    return [[row[name] for name in features.FEATURES] for row in prepared.rows(part)]


def answers(model: Path, rows: list[list[str]]) -> list[float]:
    body = "".join(",".join(row) + "\n" for row in rows)
    loaded = inference.model_fn(str(model))
    prediction = inference.predict_fn(inference.input_fn(body, inference.CSV), loaded)
    text, _ = inference.output_fn(prediction, inference.CSV)
    return [float(line) for line in text.splitlines()]


def booster(model: Path) -> xgboost.Booster:
    return xgboost.Booster(model_file=model / inference.MODEL_FILE)


def encoded(model: Path, rows: list[list[str]]) -> Any:
    categories = json.loads((model / inference.ENCODING_FILE).read_text())
    return inference.matrix(features.encode(rows, categories))


@pytest.mark.parametrize("race", ["black", "hispanic", "white", "", "martian"])
@pytest.mark.parametrize("sex", ["female", "male", "", "7"])
def test_race_and_sex_never_change_an_answer(model: Path, prepared: Prepared, race: str, sex: str):
    rows = asked(prepared)
    others = [list(row) for row in rows]
    for row in others:
        row[RACE], row[SEX] = race, sex
    assert answers(model, others) == answers(model, rows)


def test_all_else_may_change_an_answer(model: Path, prepared: Prepared):
    rows = asked(prepared)
    shuffled = [list(row) for row in rows]
    for place, name in enumerate(features.USED):
        column = [row[place] for row in rows]
        random.Random(name).shuffle(column)
        for row, value in zip(shuffled, column, strict=True):
            row[place] = value
    assert answers(model, shuffled) != answers(model, rows)


def test_the_trees_know_neither_race_nor_sex(model: Path):
    names = booster(model).feature_names
    assert names == [name for name in features.FEATURES if name not in ("race", "sex")]
    assert "race" not in (model / inference.ENCODING_FILE).read_text()


def test_contributions_and_what_all_begin_with_add_up_to_the_answer(
    model: Path, prepared: Prepared
):
    rows = asked(prepared)
    names, contributions = inference.explain_fn(rows, inference.model_fn(str(model)))
    assert names == list(features.USED)
    assert contributions.shape == (len(rows), len(names))
    odds = np.array([np.log(p / (1 - p)) for p in answers(model, rows)])
    left = odds - contributions.sum(axis=1)
    assert left == pytest.approx(left.mean(), abs=1e-4)


def test_what_no_tree_asks_about_contributes_nothing(model: Path, prepared: Prepared):
    names, contributions = inference.explain_fn(asked(prepared), inference.model_fn(str(model)))
    asked_about = set(booster(model).get_score(importance_type="weight"))
    moving = {n for n, column in zip(names, contributions.T, strict=True) if column.any()}
    assert moving == asked_about
    assert len(moving) > 15


def test_contributions_are_shapley_values_by_their_definition():
    """Of one tree on three yes-or-no features, all combinations of which are equally frequent."""
    names, combinations = ("gift", "self", "pubrec"), list(product((0, 1), repeat=3))
    places = [list(features.FEATURES).index(name) for name in names]
    rows = [[""] * len(features.FEATURES) for _ in combinations]
    for row, values in zip(rows, combinations, strict=True):
        for place, value in zip(places, values, strict=True):
            row[place] = str(value)
    labels = [int((g and s) or p > g) for g, s, p in combinations]
    data = inference.matrix(features.encode(rows, NO_CATEGORIES), labels)
    tree = xgboost.train(
        {"objective": "binary:logistic", "max_depth": 3, "min_child_weight": 0, "base_score": 0.5},
        data, num_boost_round=1,
    )  # fmt: skip
    odds = dict(zip(combinations, tree.predict(data, output_margin=True).tolist(), strict=True))
    found, contributions = inference.explain_fn(rows, inference.Model(tree, NO_CATEGORIES))
    columns = [found.index(name) for name in names]
    expected = [[shapley(odds, row, feature) for feature in range(3)] for row in combinations]
    assert contributions[:, columns] == pytest.approx(np.array(expected), abs=1e-5)
    assert np.abs(expected).min() > 0.01


def shapley(odds: dict[tuple[int, ...], float], row: tuple[int, ...], feature: int) -> float:
    """What a feature adds when it becomes known, on average over all orders of becoming known."""

    def known(of: set[int]) -> float:
        return float(np.mean([o for r, o in odds.items() if all(r[f] == row[f] for f in of)]))

    orders = [order[: order.index(feature)] for order in permutations(range(3))]
    return float(np.mean([known({*before, feature}) - known({*before}) for before in orders]))


def test_from_its_threshold_on_the_model_approves_about_as_many_as_lenders_did(
    model: Path, prepared: Prepared
):
    rows = prepared.rows("validation")
    approved = np.mean([p >= APPROVES_FROM for p in answers(model, asked(prepared, "validation"))])
    assert approved == pytest.approx(np.mean([row["approve"] == "1" for row in rows]), abs=0.03)


def gate_of(challenger: Path, champion: Path, prepared: Prepared, out: Path) -> dict[str, Any]:
    """What the gate reads of evaluate.py's report."""
    folders = {"challenger": pack(challenger, out / "challenger"), "test": prepared.path("test")}
    folders |= {"champion": pack(champion, out / "champion"), "evaluation": out / "evaluation"}
    with entered(SCRIPTS):
        assert evaluate.main(options(folders | {"message": out / "message"})) == 0
    report = json.loads((out / "evaluation/evaluation.json").read_text())
    assert report["rows"] == len(prepared.rows("test"))
    found: dict[str, Any] = report["gate"]
    return found


def no_champion(folder: Path) -> Path:
    folder.mkdir()
    (folder / evaluate.NO_CHAMPION).touch()
    return folder


def test_the_first_version_passes_the_gate(model: Path, prepared: Prepared, tmp_path: Path):
    gate = gate_of(model, no_champion(tmp_path / "none"), prepared, tmp_path)
    assert gate["auc"] >= PARAMETERS["MinimumAuc"]
    assert gate["improvement"] == pytest.approx(gate["auc"] - 0.5)


def test_one_that_learned_nothing_stays_below_the_floor_and_the_champion(
    model: Path, prepared: Prepared, trainer: Trainer, tmp_path: Path
):
    header, *lines = (prepared.path("train") / "train.csv").read_text().splitlines()
    labels = [line.split(",")[1] for line in lines]
    random.Random(1990).shuffle(labels)
    rows = [[line.split(",", 2)[0], label, line.split(",", 2)[2]]
            for line, label in zip(lines, labels, strict=True)]  # fmt: skip
    (tmp_path / "train.csv").write_text("\n".join([header, *(",".join(r) for r in rows)]) + "\n")
    ignorant = trainer(tmp_path)
    gate = gate_of(ignorant, model, prepared, tmp_path)
    assert gate["auc"] < PARAMETERS["MinimumAuc"]
    assert gate["improvement"] < PARAMETERS["MinimumImprovement"]


def test_a_request_without_race_and_sex_is_refused_with_the_columns(prepared: Prepared):
    body = ",".join(asked(prepared)[0][:RACE])
    with pytest.raises(ValueError) as refused:
        inference.input_fn(body, inference.CSV)
    assert str(refused.value).startswith("row 1 has 24 columns, expected 26: loanamt, ")
    assert str(refused.value).endswith(", unver, race, sex")


def test_a_word_where_a_number_belongs_is_refused_with_its_column(model: Path, prepared: Prepared):
    row = asked(prepared)[0]
    row[list(features.FEATURES).index("netw")] = "much"
    with pytest.raises(ValueError, match=r"column netw: .* expected numbers"):
        answers(model, [row])


def test_missing_values_and_unknown_codes_get_an_answer(model: Path):
    empty = [""] * len(features.FEATURES)
    empty[list(features.FEATURES).index("prop")] = "9"
    [probability] = answers(model, [empty])
    assert 0 < probability < 1


def test_the_readme_has_the_figures_of_this_model(model: Path, prepared: Prepared, tmp_path: Path):
    readme = (MODEL.folder / "README.md").read_text(encoding="utf-8")
    rows, scores = prepared.rows("test"), answers(model, asked(prepared))
    labels = [int(row["approve"]) for row in rows]
    assert f"{len(rows)} held-out applications ({labels.count(0)} denied)" in readme
    assert f"| area under the ROC curve | {roc_auc_score(labels, scores):.2f} (" in readme
    assert f"| gate | at least {PARAMETERS['MinimumAuc']}, " in readme
    for name, races in (("white", {"white"}), ("black or Hispanic", {"black", "hispanic"})):
        group = [p for p, row in zip(scores, rows, strict=True) if row["race"] in races]
        approved = np.mean([p >= APPROVES_FROM for p in group])
        [line] = [line for line in readme.splitlines() if line.startswith(f"| {name} |")]
        cells = [cell.strip() for cell in line.split("|")]
        assert (cells[2], cells[5].split()[0]) == (str(len(group)), f"{approved:.0%}".rstrip("%"))
