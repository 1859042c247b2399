"""Feature attribution: Kernel SHAP, and the comparison of rankings."""

import itertools
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from local_aws.monitoring.stand_in import clarify, explainability
from local_aws.monitoring.stand_in.job import Job, JobError
from local_aws.monitoring.stand_in.shapley import contributions
from tests.local_aws.stand_in_jobs import dataset_format, job, line, metrics, put, report

Model = Callable[[np.ndarray], np.ndarray]


def exact(model: Model, row: np.ndarray, background: np.ndarray) -> list[float]:
    """Shapley values by their definition: the mean contribution over all orders."""
    count = len(row)

    def worth(members: tuple[int, ...]) -> float:
        mixed = background.copy()
        mixed[:, list(members)] = row[list(members)]
        return float(model(mixed).mean())

    return [
        sum(
            (worth((*before, feature)) - worth(before))
            * math.factorial(len(before))
            * math.factorial(count - len(before) - 1)
            / math.factorial(count)
            for size in range(count)
            for before in itertools.combinations(set(range(count)) - {feature}, size)
        )
        for feature in range(count)
    ]


def crooked(rows: np.ndarray) -> np.ndarray:
    numbers = rows.astype(float)
    together = numbers[:, 0] * numbers[:, 1] * numbers[:, 2]
    result: np.ndarray = together + np.sin(numbers[:, 2]) + numbers[:, 3]
    return result


def test_contributions_are_shapley_values_by_their_definition() -> None:
    random = np.random.default_rng(0)
    rows, background = random.normal(size=(5, 4)), random.normal(size=(3, 4))
    found, expected = contributions(crooked, rows, background, samples=10, seed=1)
    for row, values in zip(rows, found, strict=True):
        assert values == pytest.approx(exact(crooked, row, background), abs=1e-9)
    assert expected == pytest.approx(crooked(background).mean())


def test_drawn_coalitions_are_exact_for_a_linear_model() -> None:
    random = np.random.default_rng(0)
    weights, rows = random.normal(size=20), random.normal(size=(3, 20))
    background = random.normal(size=(2, 20))
    found, _ = contributions(lambda x: x @ weights, rows, background, samples=200, seed=1)
    assert found == pytest.approx((rows - background.mean(axis=0)) * weights, abs=1e-9)


def test_contributions_add_up_to_the_score_and_are_repeatable() -> None:
    random = np.random.default_rng(0)
    rows, background = random.normal(size=(2, 14)), random.normal(size=(1, 14))
    first, expected = contributions(crooked, rows, background, samples=100, seed=7)
    again, _ = contributions(crooked, rows, background, samples=100, seed=7)
    assert first.sum(axis=1) + expected == pytest.approx(crooked(rows))
    assert (first == again).all()


def test_a_single_feature_has_it_all() -> None:
    found, _ = contributions(
        lambda x: x[:, 0] * 2, np.array([[3.0]]), np.array([[1.0]]), samples=5, seed=1
    )
    assert found.tolist() == [[4.0]]


# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-feature-attribution-drift.html
TRAINING = {"SAT score": 0.70, "GPA": 0.50, "Class rank": 0.05}
LIVE = {"SAT score": 0.10, "GPA": 0.20, "Class rank": 0.70}


def test_a_reversed_ranking_scores_what_awss_page_says() -> None:
    assert explainability.ndcg(TRAINING, LIVE) == pytest.approx(0.69, abs=5e-3)
    assert explainability.ndcg(TRAINING, TRAINING) == 1.0


def test_the_score_is_scikit_learns_which_awss_page_links_to() -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        before, now = random.random(6), random.random(6)
        names = "abcdef"
        found = explainability.ndcg(
            dict(zip(names, before, strict=True)), dict(zip(names, now, strict=True))
        )
        assert found == pytest.approx(ndcg_score([before], [now]))


def analysis(values: dict[str, float]) -> dict[str, Any]:
    described = {"global_shap_values": values, "expected_value": 0.25}
    return {"version": "1.0", "explanations": {"kernel_shap": {"label0": described}}}


def test_a_violation_is_told_as_on_awss_page() -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-model-attribution-drift-violations.html"""
    (violation,) = explainability.violations(analysis(LIVE), analysis(TRAINING))
    score = explainability.ndcg(TRAINING, LIVE)
    assert violation == {
        "label": "label0",
        "metric_name": "shap",
        "constraint_check_type": "feature_attribution_drift_check",
        "description": f"Feature attribution drift {score} exceeds threshold 0.9",
    }
    assert list(explainability.violations(analysis(TRAINING), analysis(TRAINING))) == []
    assert list(explainability.violations(analysis(LIVE), {})) == []
    with pytest.raises(JobError, match="attributions of other features"):
        list(explainability.violations(analysis({"GPA": 1.0}), analysis(TRAINING)))


# clarify-config-json-monitor-model-explainability-parameters.html, CSV Datasets
CONFIG: dict[str, Any] = {
    "headers": ["feature_1", "feature_2"],
    "methods": {"shap": {"baseline": [[0.0, 0.0]], "num_samples": 100, "agg_method": "mean_abs"}},
    "predictor": {
        "model_name": "my_model",
        "instance_type": "ml.m5.xlarge",
        "initial_instance_count": 1,
    },
}


@pytest.fixture
def shadow(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Predictors whose shadow endpoints were asked for; each answers 3x + y."""
    asked: list[Any] = []

    @contextmanager
    def endpoint(predictor: Any, score: str | None) -> Iterator[Model]:
        asked.append((predictor, score))
        yield lambda rows: rows.astype(float) @ np.array([3.0, 1.0])

    monkeypatch.setattr(explainability, "shadow_endpoint", endpoint)
    return asked


def attribution_job(tmp_path: Path, config: dict[str, Any], *, baseline: Any = None) -> Job:
    for name, content in (("config.json", config), ("analysis.json", baseline)):
        (tmp_path / name).write_text(json.dumps(content))
    given = {
        "analysis_config": str(tmp_path / "config.json"),
        "dataset_format": dataset_format("sagemakerCaptureJson", "endpointInput", "endpointOutput"),
        "probability_attribute": "1",
    }
    if baseline:
        given["baseline_constraints"] = str(tmp_path / "analysis.json")
    made = job(tmp_path, **given)
    put(made.path("dataset_source"), [line("1,2", "1,0.5"), line("3,-2", "1,0.5")])
    return made


def test_an_analysis_has_the_form_that_aws_publishes(tmp_path: Path, shadow: list[Any]) -> None:
    """The members of the baseline in the notebook
    SageMaker-Monitoring-Feature-Attribution-Drift-for-Endpoint."""
    made = attribution_job(tmp_path, CONFIG)
    assert clarify.run(made) == "Completed: Job completed successfully with no violations."
    assert report(made, "analysis.json") == {
        "version": "1.0",
        "explanations": {
            "kernel_shap": {
                "label0": {
                    "global_shap_values": {
                        "feature_1": pytest.approx(6.0),
                        "feature_2": pytest.approx(2.0),
                    },
                    "expected_value": 0.0,
                }
            }
        },
    }
    assert report(made, "constraint_violations.json") is None
    assert shadow == [(CONFIG["predictor"], "1")]
    assert "stand-in" in (made.path("output_path") / "report.html").read_text()


def test_metrics_have_the_documented_names_and_dimensions(
    tmp_path: Path, shadow: list[Any]
) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-feature-attribute-drift-cw.html"""
    made = attribution_job(tmp_path, CONFIG)
    clarify.run(made)
    found = metrics(made)
    assert set(found) == {"feature_feature_1", "feature_feature_2", "ExpectedValue"}
    for name, kind in (
        ("feature_feature_1", "GlobalShapValues"),
        ("ExpectedValue", "ExpectedValue"),
    ):
        assert {each["Name"]: each["Value"] for each in found[name]["Dimensions"]} == {
            "Endpoint": "endpoint",
            "MonitoringSchedule": "schedule",
            "ExplainabilityMethod": "KernelShap",
            "Label": "label0",
            "ValueType": kind,
        }


def test_features_that_changed_places_violate_the_baseline(
    tmp_path: Path, shadow: list[Any]
) -> None:
    swapped = analysis({"feature_1": 0.1, "feature_2": 6.0})
    made = attribution_job(tmp_path, CONFIG, baseline=swapped)
    message = clarify.run(made)
    assert message == "CompletedWithViolations: Job completed successfully with 1 violations."
    assert report(made, "constraint_violations.json")["version"] == "1.0"
    same = attribution_job(tmp_path, CONFIG, baseline=report(made, "analysis.json"))
    assert clarify.run(same) == "Completed: Job completed successfully with no violations."


@pytest.mark.parametrize(("how", "first"), [("mean_abs", 6.0), ("mean_sq", 45.0), ("median", 6.0)])
def test_local_values_are_aggregated_as_asked(
    tmp_path: Path, shadow: list[Any], how: str, first: float
) -> None:
    shap = {**CONFIG["methods"]["shap"], "agg_method": how}
    made = attribution_job(tmp_path, {**CONFIG, "methods": {"shap": shap}})
    clarify.run(made)
    label = report(made, "analysis.json")["explanations"]["kernel_shap"]["label0"]
    assert label["global_shap_values"]["feature_1"] == pytest.approx(first)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"predictor": None}, "must have a predictor"),
        ({"headers": ["one"]}, "headers names 1 features, but the data has 2"),
        ({"methods": {"shap": {}}}, "stands in for lists of rows only"),
        ({"methods": {"shap": {"baseline": "s3://a/b.csv"}}}, "stands in for lists of rows only"),
        ({"methods": {"shap": {"baseline": [[1]]}}}, "must have 2 features"),
    ],
)
def test_a_configuration_that_cannot_be_followed_fails_the_job(
    tmp_path: Path, shadow: list[Any], change: dict[str, Any], problem: str
) -> None:
    made = attribution_job(tmp_path, {**CONFIG, **change})
    with pytest.raises(JobError, match=problem):
        clarify.run(made)
