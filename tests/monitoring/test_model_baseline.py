"""The model's own code scores the held-out rows, and each monitor's baseline gets what it needs."""

import json
import statistics
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.monitoring.conftest import BEGAN, script
from tests.monitoring.linear_model import (
    INFERENCE,
    REQUEST,
    WEIGHTS,
    archive,
    held_out,
    hourly,
    requests,
)

SETTINGS = {"minimum_records": 200, "window_hours": 168, "minimum_ndcg": 0.9}

BIAS = {"label": "paid", "minimum_records": 200}

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs model_baseline.py for the monitors that are named, and returns its exit code."""

    def call(model: Path, data: Path, **monitors: dict[str, Any]) -> int:
        chosen = []
        for name, settings in monitors.items():
            option = f"--{name.replace('_', '-')}"
            chosen += [option, str(tmp_path / "out" / name)]
            chosen += [f"{option}-settings", json.dumps(settings)]
        code: int = script("model_baseline").main([
            "--model", str(model), "--test", str(data / "test"), "--data", str(data),
            "--message", str(tmp_path / "message"), *chosen,
        ])  # fmt: skip
        return code

    return call


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Any, ...]]:
    """What quality_baseline and bias_baseline were asked to describe."""
    calls: dict[str, tuple[Any, ...]] = {}
    for module in ("quality_baseline", "bias_baseline"):
        monkeypatch.setattr(
            script(module), "describe",
            lambda *given, of=module: calls.update({of: given}) or {"said.json": {"of": of}},
        )  # fmt: skip
    return calls


def answer(row: list[str]) -> float:
    return sum(float(v) * w for v, w in zip(row, WEIGHTS.values(), strict=False))


def test_quality_gets_labels_and_the_models_own_answers_in_the_order_of_time(
    run: Run, asked, tmp_path: Path
):
    rows = requests(50)
    times = [*reversed(hourly(BEGAN, 50))]
    data = held_out(tmp_path, rows, times)
    assert run(archive(tmp_path / "m"), data, model_quality={"a": 1}) == 0
    labels, answers, hours, settings, made = asked["quality_baseline"]
    assert labels == [str(n % 2) for n in reversed(range(50))]
    assert [float(text) for text in answers] == pytest.approx([*map(answer, rows[::-1])], abs=1e-5)
    assert hours.tolist() == [*range(50)]
    assert settings == {"a": 1}
    assert made.tzinfo is not None
    written = json.loads((tmp_path / "out/model_quality/said.json").read_text())
    assert written == {"of": "quality_baseline"}


def test_bias_gets_every_column_of_a_request_and_the_label_of_its_settings(
    run: Run, asked, tmp_path: Path
):
    rows = requests(20)
    data = held_out(tmp_path, rows, label=None)
    assert run(archive(tmp_path / "m"), data, bias=BIAS) == 0
    columns, labels, answers, hours, _, _ = asked["bias_baseline"]
    assert [*columns] == REQUEST
    assert columns["group"].tolist() == [row[-1] for row in rows]
    assert labels[:3] == ["0", "1", "0"]
    assert len(answers) == 20
    assert hours is None


def test_several_monitors_are_served_at_once_and_others_are_not(run: Run, asked, tmp_path: Path):
    model, data = archive(tmp_path / "m"), held_out(tmp_path, requests(400))
    assert run(model, data, attribution=SETTINGS, bias=BIAS) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["attribution", "bias"]
    assert [*asked] == ["bias_baseline"]
    kept = tmp_path / "out/attribution/model.tar.gz"
    assert kept.read_bytes() == (model / "model.tar.gz").read_bytes()


def test_attributions_are_those_of_the_models_own_explanation(run: Run, tmp_path: Path):
    rows = requests(500)
    data = held_out(tmp_path, rows, hourly(BEGAN, 500))
    assert run(archive(tmp_path / "m"), data, attribution=SETTINGS) == 0
    analysis = json.loads((tmp_path / "out/attribution/analysis.json").read_text())
    values = analysis["explanations"]["kernel_shap"]["label0"]["global_shap_values"]
    numbers = np.array([[float(value) for value in row[:-1]] for row in rows])
    expected = np.abs(numbers).mean(axis=0) * [*WEIGHTS.values()]
    used = dict(zip(WEIGHTS, expected, strict=True))
    assert values == pytest.approx({**used, "group": 0.0}, rel=1e-4)
    ours = json.loads((tmp_path / "out/attribution/attribution.json").read_text())
    assert ours["columns"] == REQUEST
    assert ours["calibration"]["windows"] == "168 hours"


def configuration(run: Run, tmp_path: Path, code: str = INFERENCE) -> dict[str, Any]:
    data = held_out(tmp_path, requests(500), hourly(BEGAN, 500))
    assert run(archive(tmp_path / "m", code), data, attribution=SETTINGS) == 0
    said: dict[str, Any] = json.loads(
        (tmp_path / "out/attribution/analysis_config.json").read_text()
    )
    return said


def test_model_monitor_is_told_what_to_ask_a_model_for(run: Run, tmp_path: Path):
    # https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-model-explainability-parameters.html
    said = configuration(run, tmp_path)
    shap = said["methods"]["shap"]
    assert said["headers"] == REQUEST
    assert {name: shap[name] for name in ("num_samples", "agg_method", "use_logit")} == {
        "num_samples": 100, "agg_method": "mean_abs", "use_logit": False,
    }  # fmt: skip
    (typical,) = shap["baseline"]
    columns = list(zip(*requests(500), strict=True))
    assert typical[-1] == statistics.mode(columns[-1])
    assert typical[:-1] == [statistics.median_low(map(float, c)) for c in columns[:-1]]


def test_probabilities_are_explained_in_log_odds(run: Run, tmp_path: Path):
    answers = INFERENCE.replace("{value:.6f}", "{1 / (1 + np.exp(-value / 9)):.6f}")
    assert configuration(run, tmp_path, answers)["methods"]["shap"]["use_logit"] is True


def test_a_models_modules_may_be_called_like_ours(run: Run, tmp_path: Path):
    code = "import capture, failure, metrics\nassert capture.OWN\n" + INFERENCE
    own = {"capture": "OWN = True", "failure": "", "metrics": ""}
    model, data = archive(tmp_path / "m", code, **own), held_out(tmp_path, requests(400))
    assert run(model, data, attribution=SETTINGS) == 0


def refusal(run: Run, tmp_path: Path, model: Path, data: Path, **monitors: Any) -> str:
    assert run(model, data, **monitors) == 1
    said = (tmp_path / "message").read_text()
    assert "\n" not in said
    return said


def without(function: str) -> str:
    return INFERENCE.replace(f"def {function}", f"def not_{function}")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (without("explain_fn"), "can't be asked for its contributions: its inference.py has no "
         "explain_fn"),
        (INFERENCE.replace("return list(model), ", "return "), "explain_fn must return the names"),
        (INFERENCE.replace("list(model), _", "['income'], _"),
         "explain_fn gives 400 x 5 contributions, and 400 rows x 1 features are needed"),
        (INFERENCE.replace("list(model), _", "['a'] * 5, _"), "explain_fn names a feature twice"),
        (INFERENCE.replace("list(model), _", "list(model), np.nan * _"), "no finite numbers"),
        (INFERENCE + "\nimport failure", "ModuleNotFoundError: No module named 'failure'"),
        (INFERENCE.replace("float(value or 0)", "int(value)"), "its code refuses every row: "
         "ValueError: invalid literal for int()"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "ended by signal 9"),
    ],
)  # fmt: skip
def test_code_that_explains_nothing_ends_in_one_sentence(
    run: Run, tmp_path: Path, code: str, says: str
):
    data = held_out(tmp_path, requests(400))
    model = archive(tmp_path / "m", code)
    assert says in refusal(run, tmp_path, model, data, attribution=SETTINGS)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (without("output_fn"), "its inference.py has no output_fn"),
        (INFERENCE.replace('"".join(', '"\\n".join('), "it answers 20 rows with 39 lines"),
        (INFERENCE.replace("float(value or 0)", "int(value)"), "invalid literal for int()"),
    ],
)
def test_code_that_answers_nothing_ends_in_one_sentence(
    run: Run, asked, tmp_path: Path, code: str, says: str
):
    data = held_out(tmp_path, requests(20))
    model = archive(tmp_path / "m", code)
    said = refusal(run, tmp_path, model, data, model_quality={})
    assert said.startswith("the model can't be asked for its answers: ")
    assert says in said


def test_what_is_no_archive_of_a_model_is_said(run: Run, tmp_path: Path):
    data = held_out(tmp_path, requests(20))
    folder = tmp_path / "none"
    folder.mkdir()
    assert "expected one model archive" in refusal(
        run, tmp_path, folder, data, attribution=SETTINGS
    )
    (folder / "model.tar.gz").write_bytes(b"nothing of the kind")
    said = refusal(run, tmp_path, folder, data, attribution=SETTINGS)
    assert said.startswith("model.tar.gz is no archive of a model: ")
    whole = (archive(tmp_path / "m") / "model.tar.gz").read_bytes()
    (folder / "model.tar.gz").write_bytes(whole[:-40])
    said = refusal(run, tmp_path, folder, data, attribution=SETTINGS)
    assert said.startswith("model.tar.gz is no archive of a model: ")


def test_an_archive_without_code_is_said(run: Run, tmp_path: Path):
    (tmp_path / "NO_CHAMPION").write_text("")
    folder = tmp_path / "marker"
    folder.mkdir()
    with tarfile.open(folder / "model.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "NO_CHAMPION", "NO_CHAMPION")
    data = held_out(tmp_path, requests(20))
    said = refusal(run, tmp_path, folder, data, attribution=SETTINGS)
    assert said == (
        "model.tar.gz is no archive of a model that answers: no code/inference.py in it"
    )


@pytest.mark.parametrize(
    ("monitors", "schema", "says"),
    [
        ({"bias": {**BIAS, "label": "approved"}}, {}, "test.csv lacks the columns approved"),
        ({"bias": {}}, {}, "--bias-settings lacks label"),
        ({"model_quality": {}}, {"label": None}, 'names no "label", which the baseline of model-'),
        ({"model_quality": {}}, {"label": "due"}, "test.csv lacks the columns due"),
        ({"attribution": []}, {}, "--attribution-settings must be a JSON object, got '[]'"),
        ({}, {}, "give a folder for at least one of model-quality, bias, attribution"),
        ({"attribution": SETTINGS}, {"time": "when"}, "test.csv lacks the columns when"),
    ],
)
def test_what_is_missing_is_named(
    run: Run, tmp_path: Path, monitors: Any, schema: dict[str, object], says: str
):
    data = held_out(tmp_path, requests(20), **schema)
    assert says in refusal(run, tmp_path, archive(tmp_path / "m"), data, **monitors)


def test_tables_without_rows_are_refused(run: Run, tmp_path: Path):
    data = held_out(tmp_path, [])
    said = refusal(run, tmp_path, archive(tmp_path / "m"), data, attribution=SETTINGS)
    assert said.startswith("no rows in the CSV files of ")
