"""A model that lacks what its monitors need is refused with one sentence for each thing."""

import json
from pathlib import Path
from typing import Any

import pytest

from mlops_constructs.monitoring import (
    Attribution,
    Bias,
    DataQuality,
    Facet,
    ModelQuality,
    MonitorSettings,
)
from pipeline_definitions.spec import InvalidModels, ModelSpec, checked

SCHEMA: dict[str, Any] = {
    "time": None,
    "label": "approved",
    "features": {"income": "number", "sex": "category"},
}
EXPLAINS = "def explain_fn(rows, model):\n    return [], []\n"
QUALITY = ModelQuality(ground_truth_prefix="labels", problem_type="BinaryClassification")
BIAS = Bias(
    ground_truth_prefix="labels",
    label="approved",
    favourable=("1",),
    facets=(Facet(name="sex", values=("f",)),),
)


def model(
    folder: Path, *monitors: MonitorSettings, name: str = "loan", inference: str = EXPLAINS,
    schema: Any = SCHEMA,
) -> ModelSpec:  # fmt: skip
    """A model whose folder has these two files; None is no file, text is what the file holds."""
    steps = folder / "steps"
    steps.mkdir(parents=True, exist_ok=True)
    (steps / "inference.py").write_text(inference)
    if schema is not None:
        text = schema if isinstance(schema, str) else json.dumps(schema)
        (steps / "schema.json").write_text(text)
    return ModelSpec(name=name, folder=folder, step_scripts=("inference.py",), monitors=monitors)


def problems(*models: ModelSpec) -> list[str]:
    with pytest.raises(InvalidModels) as refused:
        checked(*models)
    return list(refused.value.problems)


def test_a_model_that_has_what_its_monitors_need_is_given_back(tmp_path: Path):
    spec = model(tmp_path, QUALITY, BIAS, Attribution())
    assert checked(spec) == (spec,)
    assert spec.request_columns == ("income", "sex")


def test_a_model_with_no_such_monitor_needs_neither_file_nor_function(tmp_path: Path):
    spec = model(tmp_path, DataQuality(), inference="", schema=None)
    assert checked(spec) == (spec,)
    assert (spec.schema, spec.request_columns) == (None, ())


@pytest.mark.parametrize(
    "inference",
    [
        pytest.param("def model_fn(model_dir): ...\n", id="no such function"),
        pytest.param("class Explainer:\n    def explain_fn(self): ...\n", id="a method"),
        pytest.param("# def explain_fn(rows, model)\n", id="a comment"),
    ],
)
def test_attributions_need_a_function_that_explains(inference: str, tmp_path: Path):
    assert problems(model(tmp_path, Attribution(), inference=inference)) == [
        "model 'loan': its Attribution monitor needs a function explain_fn(rows, model) in "
        f"{tmp_path}/steps/inference.py, and there is none; add it, or take the monitor out of "
        f"monitors= in {tmp_path}/__init__.py"
    ]


def test_attributions_without_an_inference_script_are_refused_too(tmp_path: Path):
    spec = model(tmp_path, Attribution())
    spec.inference_script.unlink()
    missing, explaining = problems(spec)
    assert missing.startswith(f"model 'loan': no step script at {tmp_path}/steps/inference.py")
    assert "explain_fn(rows, model)" in explaining


def test_monitors_of_answers_need_to_know_what_a_request_holds(tmp_path: Path):
    assert problems(model(tmp_path, QUALITY, BIAS, Attribution(), schema=None)) == [
        f"model 'loan': no {tmp_path}/steps/schema.json, which tells ModelQuality, Bias, "
        "Attribution what a request holds; add it, or take them out of monitors= in "
        f"{tmp_path}/__init__.py"
    ]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("{", "is no JSON (Expecting property name enclosed in double quotes: "
         "line 1 column 2 (char 1))"),
        ([], 'must hold "features", each column of a request with "number" or "category", '
         "got None"),
        ({"features": {}}, 'must hold "features", each column of a request with "number" or '
         '"category", got {}'),
        ({"features": {"a": "text"}}, 'must hold "features", each column of a request with '
         """"number" or "category", got {'a': 'text'}"""),
        ({"features": {"a": "number"}, "label": 1},
         'must hold in "label" the name of a column, or null, got 1'),
        ({"features": {"a": "number"}, "time": []},
         'must hold in "time" the name of a column, or null, got []'),
        ({"features": {"a": "number"}, "label": "a"},
         "has the label 'a' among its features; a request can't know it"),
    ],
)  # fmt: skip
def test_a_schema_that_is_none_is_refused(schema: Any, said: str, tmp_path: Path):
    assert problems(model(tmp_path, QUALITY, schema=schema)) == [
        f"model 'loan': {tmp_path}/steps/schema.json {said}"
    ]


def test_what_the_schema_does_not_know_is_said_at_once(tmp_path: Path):
    facets = (Facet(name="race", values=("1",)), Facet(name="age", values=("old",)))
    monitor = BIAS.model_copy(update={"label": "granted", "facets": facets})
    change = f"; change {tmp_path}/steps/schema.json or {tmp_path}/__init__.py"
    assert problems(model(tmp_path, DataQuality(), monitor)) == [
        "model 'loan': its DataQuality monitor needs the column that says when, but there is no "
        f'"time"{change}',
        "model 'loan': its Bias monitor has the label 'granted', but that of the tables is "
        f"'approved'{change}",
        "model 'loan': its Bias monitor has the facet 'race', but a request holds only income, "
        f"sex{change}",
        "model 'loan': its Bias monitor has the facet 'age', but a request holds only income, "
        f"sex{change}",
    ]


@pytest.mark.parametrize("monitor", [QUALITY, BIAS], ids=lambda monitor: monitor.kind)
def test_monitors_with_labels_need_the_tables_to_have_one(monitor: MonitorSettings, tmp_path: Path):
    spec = model(tmp_path, monitor, schema=SCHEMA | {"label": None})
    assert problems(spec) == [
        f"model 'loan': its {type(monitor).__name__} monitor needs the column that says what truly "
        f'happened, but there is no "label"; change {tmp_path}/steps/schema.json or '
        f"{tmp_path}/__init__.py"
    ]


@pytest.mark.parametrize("prefix", ["loan", "loan/labels"])
def test_labels_that_would_start_trainings_are_refused(prefix: str, tmp_path: Path):
    monitor = QUALITY.model_copy(update={"ground_truth_prefix": prefix})
    assert problems(model(tmp_path, monitor)) == [
        f"model 'loan': ground_truth_prefix {prefix!r} lies below 'loan', where its training data "
        "lies, so that labels would start trainings; choose one beside it in "
        f"{tmp_path}/__init__.py"
    ]


def test_a_prefix_that_only_begins_alike_is_another_folder(tmp_path: Path):
    monitor = QUALITY.model_copy(update={"ground_truth_prefix": "loan-labels"})
    assert checked(model(tmp_path, monitor))


def test_labels_among_another_models_training_data_are_refused(tmp_path: Path):
    monitor = QUALITY.model_copy(update={"ground_truth_prefix": "churn/labels"})
    assert problems(model(tmp_path / "a", monitor), model(tmp_path / "b", name="churn")) == [
        "model 'loan': ground_truth_prefix 'churn/labels' lies below 'churn', where the training "
        f"data of model 'churn' lies; choose one beside it in {tmp_path}/a/__init__.py"
    ]


@pytest.mark.parametrize("prefix", ["labels", "labels/churn"])
def test_two_models_can_not_have_their_labels_among_each_others(prefix: str, tmp_path: Path):
    other = QUALITY.model_copy(update={"ground_truth_prefix": prefix})
    models = (
        model(tmp_path / "a", QUALITY, BIAS),
        model(tmp_path / "b", other, name="churn"),
    )
    assert problems(*models) == [
        f"models 'loan' and 'churn' have their labels below 'labels' and {prefix!r}, among each "
        "other's; a label does not say of which model it is, so change a ground_truth_prefix in "
        f"{tmp_path}/a/__init__.py or {tmp_path}/b/__init__.py"
    ]
