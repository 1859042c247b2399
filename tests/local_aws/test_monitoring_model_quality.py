"""Model quality's metrics and reports, held against AWS's own published numbers.

"The page" is https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from local_aws.monitoring.stand_in import model_quality
from local_aws.monitoring.stand_in.answers import Answers
from local_aws.monitoring.stand_in.job import Job, JobError
from local_aws.monitoring.stand_in.quality_metrics import Measured, measure
from tests.local_aws.stand_in_jobs import dataset_format, job, line, metrics, put, report


def answers(*cells: tuple[str, str, int], scores: Sequence[float] | None = None) -> Answers:
    """So many rows of each label and answer."""
    rows = [(label, answer) for label, answer, count in cells for _ in range(count)]
    labels, predictions = np.array(rows).T
    given = None if scores is None else np.array(scores)
    return Answers(labels=labels, predictions=predictions, scores=given)


def values(problem: str, given: Answers) -> dict[str, float]:
    found = measure(problem, given).items()
    return {name: each.value for name, each in found if isinstance(each, Measured)}


# The page's examples of multiclass classification and of regression are of the same data: this
# confusion matrix has its mae, mse and r2 too.
SAMPLE = answers(("0", "0", 1180), ("0", "1", 510), ("1", "0", 268), ("1", "1", 138))


def test_a_regression_has_the_values_on_awss_page() -> None:
    assert values("regression", SAMPLE) == pytest.approx(
        {
            "mae": 0.3711832061068702,
            "mse": 0.3711832061068702,
            "rmse": 0.609248066149471,
            "r2": -1.3766111872212665,
        },
        rel=1e-12,
    )


def test_many_classes_have_the_values_on_awss_page() -> None:
    documented = {
        "accuracy": 0.6288167938931297,
        "weighted_recall": 0.6288167938931297,
        "weighted_precision": 0.6983172269629505,
        "weighted_f0_5": 0.6803947317178771,
        "weighted_f1": 0.6571162346664904,
        "weighted_f2": 0.6384024354394601,
    }
    found = values("multiclass_classification", SAMPLE)
    assert {name: found[name] for name in documented} == pytest.approx(documented, rel=1e-12)
    matrix = measure("multiclass_classification", SAMPLE)["confusion_matrix"]
    assert matrix == {"0": {"0": 1180, "1": 510}, "1": {"0": 268, "1": 138}}


def test_two_classes_have_the_values_on_awss_page() -> None:
    given = answers(("0", "0", 1), ("0", "1", 2), ("1", "1", 1), scores=[0.1, 0.6, 0.7, 0.9])
    found = measure("binary_classification", given)
    assert found["confusion_matrix"] == {"0": {"0": 1, "1": 2}, "1": {"0": 0, "1": 1}}
    documented = {
        "recall": 1.0,
        "precision": 0.3333333333333333,
        "accuracy": 0.5,
        "true_positive_rate": 1.0,
        "true_negative_rate": 0.33333333333333337,
        "false_positive_rate": 0.6666666666666666,
        "false_negative_rate": 0.0,
        "auc": 1.0,
        "f0_5": 0.3846153846153846,
        "f1": 0.5,
        "f2": 0.7142857142857143,
    }
    assert {name: found[name].value for name in documented} == pytest.approx(documented, rel=1e-12)
    assert {found[name].described()["standard_deviation"] for name in documented} == {"NaN"}


# github.com/aws/amazon-sagemaker-examples, model_quality_churn_sdk.ipynb at d20140ed1: the metrics
# of the baseline and the constraints that the container suggested of them.
CHURN = answers(("0", "0", 173), ("1", "0", 12), ("1", "1", 16))
CHURN_CONSTRAINTS = {
    "recall": (0.571429, "LessThanThreshold"),
    "precision": (1.0, "LessThanThreshold"),
    "accuracy": (0.940299, "LessThanThreshold"),
    "true_positive_rate": (0.571429, "LessThanThreshold"),
    "true_negative_rate": (1.0, "LessThanThreshold"),
    "false_positive_rate": (0.0, "GreaterThanThreshold"),
    "false_negative_rate": (0.428571, "GreaterThanThreshold"),
    "f0_5": (0.869565, "LessThanThreshold"),
    "f1": (0.727273, "LessThanThreshold"),
    "f2": (0.625, "LessThanThreshold"),
}


def test_suggested_constraints_are_those_that_aws_suggested() -> None:
    found = measure("binary_classification", CHURN)
    suggested = model_quality.suggested("binary_classification", found)
    assert {
        name: (each["threshold"], each["comparison_operator"])
        for name, each in suggested["binary_classification_constraints"].items()
    } == {name: (pytest.approx(t, abs=1e-6), op) for name, (t, op) in CHURN_CONSTRAINTS.items()}
    assert values("binary_classification", CHURN)[
        "accuracy_best_constant_classifier"
    ] == pytest.approx(0.860697, abs=1e-6)


def test_a_standard_deviation_needs_two_hundred_rows() -> None:
    found = measure("binary_classification", CHURN)["recall"].deviation
    assert found is not None and 0 < found < 0.15
    fewer = answers(("0", "0", 172), ("1", "0", 12), ("1", "1", 15))
    assert measure("binary_classification", fewer)["recall"].deviation is None


def test_the_violations_of_a_run_are_those_that_aws_listed() -> None:
    """The same notebook: its ten violations, from the values and deviations that they name."""
    published = {
        "auc": (0.5127590160341251, 0.007142408259978924),
        "precision": (0.6933333333333334, 0.008913499334568326),
        "true_positive_rate": (0.11353711790393013, 0.002574434249783218),
        "f1": (0.19512195121951217, 0.003988472303075431),
        "accuracy": (0.31976744186046513, 0.00424371790418494),
        "false_positive_rate": (0.13320463320463322, 0.003088585432650178),
        "true_negative_rate": (0.8667953667953667, 0.003088585432650151),
        "false_negative_rate": (0.8864628820960698, 0.002574434249783216),
        "recall": (0.11353711790393013, 0.002574434249783218),
        "f2": (0.13633980073413737, 0.0030045699484029633),
        "f0_5": (0.343, 0.001),
    }
    found = {
        name: Measured(value=value, deviation=deviation, worse="")
        for name, (value, deviation) in published.items()
    }
    constraints = {
        name: {"threshold": threshold, "comparison_operator": operator}
        for name, (threshold, operator) in CHURN_CONSTRAINTS.items()
    } | {"auc": {"threshold": 0.9395127993393898, "comparison_operator": "LessThanThreshold"}}
    listed = {each["metric_name"]: each for each in model_quality.violated(constraints, found)}
    assert set(listed) == {
        "auc",
        "precision",
        "truePositiveRate",
        "f1",
        "accuracy",
        "falsePositiveRate",
        "trueNegativeRate",
        "falseNegativeRate",
        "recall",
        "f2",
    }
    assert listed["auc"] == {
        "constraint_check_type": "LessThanThreshold",
        "description": "Metric auc with 0.5127590160341251 +/- 0.007142408259978924 was"
        " LessThanThreshold '0.9395127993393898'",
        "metric_name": "auc",
    }
    assert listed["falsePositiveRate"]["description"] == (
        "Metric falsePositiveRate with 0.13320463320463322 +/- 0.003088585432650178 was"
        " GreaterThanThreshold '0.0'"
    )


def test_a_small_number_is_written_as_the_container_writes_it() -> None:
    """A violation at ecee0a652."""
    found = {"recall": Measured(value=0.1153, deviation=5.092682820403929e-4, worse="")}
    constraints = {"recall": {"threshold": 0.5, "comparison_operator": "LessThanThreshold"}}
    (violation,) = model_quality.violated(constraints, found)
    assert "with 0.1153 +/- 5.092682820403929E-4 was" in violation["description"]


def test_a_value_on_its_threshold_violates_nothing() -> None:
    found = measure("binary_classification", CHURN)
    suggested = model_quality.suggested("binary_classification", found)
    constraints = suggested["binary_classification_constraints"]
    assert list(model_quality.violated(constraints, found)) == []


def quality_job(tmp_path: Path, lines: list[dict[str, Any]], **variables: str) -> Job:
    made = job(
        tmp_path,
        dataset_format=dataset_format("sagemakerMergeJson", "endpointOutput"),
        problem_type="BinaryClassification",
        **variables,
    )
    put(made.path("dataset_source"), lines)
    return made


ROWS = [line("1", f"{score}", label=label) for score, label in ((0.9, "1"), (0.2, "0"), (0.7, "0"))]


def test_scores_are_answers_on_either_side_of_the_threshold(tmp_path: Path) -> None:
    made = quality_job(
        tmp_path, ROWS, probability_attribute="0", probability_threshold_attribute="0.8"
    )
    assert model_quality.run(made) == "Completed: Job completed successfully with no violations."
    found = report(made, "statistics.json")
    assert found["dataset"] == {"item_count": 3}
    assert found["binary_classification_metrics"]["precision"]["value"] == 1.0
    assert metrics(made)["f1"]["Value"] == 1.0
    assert metrics(made)["auc"]["Dimensions"] == [
        {"Name": "Endpoint", "Value": "endpoint"},
        {"Name": "MonitoringSchedule", "Value": "schedule"},
    ]


# The metrics that the notebook's ListMetrics showed in aws/sagemaker/Endpoints/model-metrics.
LISTED = """
f0_5 true_negative_rate false_negative_rate recall_best_constant_classifier
precision_best_constant_classifier recall f2 f0_5_best_constant_classifier
f2_best_constant_classifier f1_best_constant_classifier auc precision
accuracy_best_constant_classifier true_positive_rate f1 accuracy false_positive_rate
"""


def test_the_metrics_are_those_that_aws_put(tmp_path: Path) -> None:
    made = quality_job(tmp_path, ROWS)
    model_quality.run(made)
    assert set(metrics(made)) == set(LISTED.split())


def test_no_metrics_are_put_if_they_are_switched_off(tmp_path: Path) -> None:
    made = quality_job(tmp_path, ROWS, publish_cloudwatch_metrics="Disabled")
    model_quality.run(made)
    assert metrics(made) == {}


def test_worse_answers_violate_a_baseline(tmp_path: Path) -> None:
    constraints = {
        "binary_classification_constraints": {
            "recall": {"threshold": 0.5, "comparison_operator": "LessThanThreshold"}
        }
    }
    (tmp_path / "constraints.json").write_text(json.dumps(constraints))
    baseline = str(tmp_path / "constraints.json")
    made = quality_job(tmp_path, ROWS, baseline_constraints=baseline)
    assert model_quality.run(made) == "Completed: Job completed successfully with no violations."
    assert report(made, "constraint_violations.json") == {"violations": []}
    put(made.path("dataset_source"), [line("1", "0.1", label="1")] * 2, name="two.jsonl")
    message = model_quality.run(made)
    assert message == "CompletedWithViolations: Job completed successfully with 1 violations."
    (violation,) = report(made, "constraint_violations.json")["violations"]
    assert violation["description"].startswith("Metric recall with 0.3333333333333333 +/- NaN was")


def test_rows_outside_the_window_are_left_out(tmp_path: Path) -> None:
    late = line("1", "0.1", label="1", moment="2021-05-18T01:00:00Z")
    made = quality_job(tmp_path, [*ROWS, late])
    model_quality.run(made)
    assert report(made, "statistics.json")["dataset"]["item_count"] == 3


@pytest.mark.parametrize(
    ("lines", "variables", "problem"),
    [
        ([line("1\n2", "0.1\n0.2", label="1")], {}, "A request has 2 answers, but 1 labels"),
        ([line("1", "yes", label="1")], {}, "'yes' is no score"),
        ([line("1", "1,0.3", label="1")], {}, "'1,0.3' is no score"),
        ([line("1", "1", label="1")], {"inference_attribute": "1"}, "'1' has no column '1'"),
        ([line("1", "a", label="b")], {"inference_attribute": "0"}, "must be numbers"),
        ([], {}, "There is no captured data between"),
        (ROWS, {"problem_type": "Clustering"}, "problem_type must be one of"),
    ],
)
def test_data_that_cannot_be_judged_fails_the_job(
    tmp_path: Path, lines: list[dict[str, Any]], variables: dict[str, str], problem: str
) -> None:
    made = quality_job(tmp_path, lines)
    given = Job(variables={**made.variables, **variables}, opt_ml=made.opt_ml)
    with pytest.raises(JobError, match=problem):
        model_quality.run(given)
