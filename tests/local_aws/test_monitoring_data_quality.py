"""Data quality's statistics, distances and checks."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from local_aws.monitoring.stand_in import columns, data_quality
from local_aws.monitoring.stand_in.job import Job, JobError
from tests.local_aws.stand_in_jobs import dataset_format, job, line, metrics, put, report

BOTH = dataset_format("sagemakerCaptureJson", "endpointInput", "endpointOutput")


# github.com/awslabs/deequ, KLLDistanceTest: the library that AWS's image is built on.
def test_numbers_are_as_far_apart_as_deequ_says() -> None:
    sketch = {
        "numerical_statistics": {"distribution": {"kll": {"sketch": {"data": [[1, 2, 3, 4]]}}}}
    }
    cells = ["2", "3", "4", "5"]
    assert columns.drift(sketch, cells, robust=False) == 0.25
    assert columns.drift(sketch, cells, robust=True) == 0.0


@pytest.mark.parametrize(
    ("now", "distance"),
    [
        ({"a": 11, "b": 20, "c": 25, "d": 10, "e": 10}, 0.06015037593984962),
        ({"f": 11, "a": 20, "c": 25, "d": 10, "e": 10}, 0.2857142857142857),
    ],
)
def test_categories_are_as_far_apart_as_deequ_says(now: dict[str, int], distance: float) -> None:
    before = {"a": 10, "b": 20, "c": 25, "d": 10, "e": 5}
    assert columns.categorical(before, now) == pytest.approx(distance, rel=1e-12)
    buckets = [{"value": value, "count": count} for value, count in before.items()]
    baseline = {"string_statistics": {"distribution": {"categorical": {"buckets": buckets}}}}
    cells = [value for value, count in now.items() for _ in range(count)]
    assert columns.drift(baseline, cells, robust=True) == 0.0


def test_a_distance_from_a_sketch_is_that_of_kolmogorov_and_smirnov() -> None:
    random = np.random.default_rng(1)
    before, now = random.normal(size=1000), random.normal(0.5, size=500)
    baseline = columns.statistics("x", [str(value) for value in before], "Fractional")
    found = columns.drift(baseline, [str(value) for value in now], robust=False)
    assert found == pytest.approx(stats.ks_2samp(before, now).statistic, abs=1e-9)
    many = columns.statistics("x", [str(v) for v in random.normal(size=50_000)], "Fractional")
    (*below, top) = many["numerical_statistics"]["distribution"]["kll"]["sketch"]["data"]
    assert not any(below) and len(top) <= 2048
    assert 0.15 < (columns.drift(many, [str(v) for v in now], robust=False) or 0) < 0.3


def test_a_baseline_without_a_sketch_is_compared_by_its_buckets() -> None:
    buckets = [
        {"lower_bound": 0.0, "upper_bound": 1.0, "count": 5.0},
        {"lower_bound": 1.0, "upper_bound": 2.0, "count": 5.0},
    ]
    baseline = {"numerical_statistics": {"distribution": {"kll": {"buckets": buckets}}}}
    assert columns.drift(baseline, ["3", "4"], robust=False) == 1.0
    assert columns.drift({}, ["3", "4"], robust=False) is None


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-2", ""], "Integral"),
        (["1", "2.5"], "Fractional"),
        (["1e5", ".5"], "Fractional"),
        (["1", "NJ"], "String"),
        (["", ""], "Unknown"),
    ],
)
def test_a_columns_type_is_inferred(cells: list[str], kind: str) -> None:
    assert columns.inferred_type(cells) == kind


FEATURES = [
    {"name": "Churn", "inferred_type": "Integral", "completeness": 1.0},
    {"name": "Minutes", "inferred_type": "Fractional", "completeness": 1.0},
    {
        "name": "State",
        "inferred_type": "String",
        "completeness": 0.5,
        "string_constraints": {"domains": ["NJ", "OH"]},
    },
]
# What AWS's container writes into a baseline (model-monitor-byoc-constraints.html in 2020).
CONFIG = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Simple",
    },
}


def quality_job(
    tmp_path: Path,
    rows: list[tuple[str, str]],
    *,
    features: list[dict[str, Any]] = FEATURES,
    config: dict[str, Any] | None = None,
    statistics: Any = None,
    **variables: str,
) -> Job:
    """Captured requests and answers, with a baseline."""
    constraints = {"version": 0, "features": features, "monitoring_config": config or CONFIG}
    (tmp_path / "constraints.json").write_text(json.dumps(constraints))
    given = {"baseline_constraints": str(tmp_path / "constraints.json"), "dataset_format": BOTH}
    if statistics:
        (tmp_path / "statistics.json").write_text(json.dumps(statistics))
        given["baseline_statistics"] = str(tmp_path / "statistics.json")
    made = job(tmp_path, **{**given, **variables})
    put(made.path("dataset_source"), [line(request, answer) for request, answer in rows])
    return made


def violations(made: Job) -> list[dict[str, str]]:
    data_quality.run(made)
    found: list[dict[str, str]] = report(made, "constraint_violations.json")["violations"]
    return found


def checks(made: Job) -> list[tuple[str, str]]:
    return [(each["feature_name"], each["constraint_check_type"]) for each in violations(made)]


QUIET = [("120.5,NJ", "1"), ("80.0,OH", "0")]


def test_quiet_data_violates_nothing(tmp_path: Path) -> None:
    made = quality_job(tmp_path, QUIET)
    assert data_quality.run(made) == "Completed: Job completed successfully with no violations."
    assert report(made, "constraint_violations.json") == {"violations": []}


def test_a_type_that_does_not_match_is_told_as_aws_tells_it(tmp_path: Path) -> None:
    """sm-model_monitor_introduction: a violation of the label's column, which holds predictions."""
    rows = [("120.5,NJ", "0.5"), ("80.0,OH", "0.25")]
    (violation,) = violations(quality_job(tmp_path, rows))
    assert violation == {
        "feature_name": "Churn",
        "constraint_check_type": "data_type_check",
        "description": "Data type match requirement is not met. Expected data type: Integral,"
        " Expected match: 100.0%. Observed: Only 0.0% of data is Integral.",
    }


def test_a_few_wrong_values_are_too_many_for_a_threshold_of_one(tmp_path: Path) -> None:
    """The share is that of the other columns in the same report."""
    rows = [("1.5,NJ", "1")] * 1970 + [("1.5,NJ", "0.5")] * 7
    (violation,) = violations(quality_job(tmp_path, rows))
    assert violation["description"].endswith("Only 99.64592817400101% of data is Integral.")
    tolerant = {**CONFIG, "datatype_check_threshold": 0.9}
    assert checks(quality_job(tmp_path, rows, config=tolerant)) == []


def test_each_check_finds_what_it_is_for(tmp_path: Path) -> None:
    rows = [("120.5,TX", "1"), (",OH", "0")]
    assert checks(quality_job(tmp_path, rows)) == [
        ("Minutes", "completeness_check"),
        ("State", "categorical_values_check"),
    ]


@pytest.mark.parametrize(
    ("row", "name", "check", "counts"),
    [
        (("120.5", "1"), "Missing columns", "missing_column_check", (2, 3)),
        (("120.5,NJ,1", "1"), "Extra columns", "extra_column_check", (4, 3)),
    ],
)
def test_another_number_of_columns_is_told(
    tmp_path: Path, row: tuple[str, str], name: str, check: str, counts: tuple[int, int]
) -> None:
    (violation,) = violations(quality_job(tmp_path, [row]))
    assert (violation["feature_name"], violation["constraint_check_type"]) == (name, check)
    assert violation["description"].endswith(
        f"Number of columns in current dataset: {counts[0]}, Number of columns in baseline"
        f" constraints: {counts[1]}"
    )


def test_a_shifted_column_drifts_from_its_baseline(tmp_path: Path) -> None:
    before = [(f"{value}.5,NJ", "1") for value in range(100)]
    first = quality_job(tmp_path, before)
    data_quality.run(first)
    statistics = report(first, "statistics.json")
    assert checks(quality_job(tmp_path, before, statistics=statistics)) == []
    assert metrics(first).keys() >= {"feature_baseline_drift_Minutes", "feature_data_Minutes"}
    (tmp_path / "later").mkdir()
    after = [(f"{value + 30}.5,OH", "1") for value in range(100)]
    found = violations(quality_job(tmp_path / "later", after, statistics=statistics))
    assert [each["feature_name"] for each in found] == ["Minutes", "State"]
    assert found[0]["description"].startswith("Baseline drift distance: 0.3")
    assert found[0]["description"].endswith(" exceeds threshold: 0.1")
    looser = {
        **CONFIG,
        "distribution_constraints": {
            "comparison_threshold": 0.5,
            "categorical_comparison_threshold": 1.0,
        },
    }
    made = quality_job(tmp_path / "later", after, statistics=statistics, config=looser)
    assert checks(made) == []
    off = {**CONFIG, "distribution_constraints": {"perform_comparison": "Disabled"}}
    assert checks(quality_job(tmp_path / "later", after, statistics=statistics, config=off)) == []


def test_nothing_is_checked_if_that_is_switched_off(tmp_path: Path) -> None:
    made = quality_job(
        tmp_path, [(",TX", "x")], config={**CONFIG, "evaluate_constraints": "Disabled"}
    )
    assert checks(made) == []
    own = [
        {**each, "monitoringConfigOverrides": {"evaluate_constraints": "Disabled"}}
        for each in FEATURES
    ]
    assert checks(quality_job(tmp_path, [(",TX", "x")], features=own)) == []


def test_metrics_have_the_documented_names(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-cloudwatch.html"""
    made = quality_job(tmp_path, QUIET)
    data_quality.run(made)
    found = metrics(made)
    assert set(found) == {
        "feature_data_Churn",
        "feature_data_Minutes",
        "feature_non_null_Churn",
        "feature_non_null_Minutes",
        "feature_non_null_State",
    }
    assert found["feature_data_Minutes"]["StatisticValues"] == {
        "SampleCount": 2,
        "Sum": 200.5,
        "Minimum": 80.0,
        "Maximum": 120.5,
    }
    assert found["feature_non_null_State"]["Value"] == 2.0


def test_no_metrics_are_put_if_the_baseline_says_so(tmp_path: Path) -> None:
    made = quality_job(tmp_path, QUIET, config={**CONFIG, "emit_metrics": "Disabled"})
    data_quality.run(made)
    assert metrics(made) == {}


def test_statistics_have_the_documented_members(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html"""
    made = quality_job(tmp_path, QUIET)
    data_quality.run(made)
    found = report(made, "statistics.json")
    assert found["dataset"] == {"item_count": 2}
    numerical, text = (found["features"][n] for n in (1, 2))
    described = numerical["numerical_statistics"]
    assert set(described) == {"common", "mean", "sum", "std_dev", "min", "max", "distribution"}
    assert described["common"] == {"num_present": 2, "num_missing": 0}
    kll = described["distribution"]["kll"]
    assert len(kll["buckets"]) == 10 and set(kll["sketch"]) == {"parameters", "data"}
    assert text["string_statistics"]["distinct_count"] == 2
    suggested = report(made, "constraints.json")
    assert [each["inferred_type"] for each in suggested["features"]] == [
        "Integral",
        "Fractional",
        "String",
    ]


def test_the_environment_chooses_the_sides_and_leaves_columns_out(tmp_path: Path) -> None:
    only_input = dataset_format("sagemakerCaptureJson", "endpointInput")
    made = quality_job(tmp_path, QUIET, features=FEATURES[1:], dataset_format=only_input)
    assert checks(made) == []
    made = quality_job(tmp_path, QUIET, features=FEATURES[1:], exclude_features_attribute="0")
    assert checks(made) == []


def test_the_input_of_a_transform_is_read_with_its_header(tmp_path: Path) -> None:
    made = quality_job(tmp_path, [], dataset_format='{"csv": {"header": true}}')
    (made.path("dataset_source") / "one.csv").write_text("Churn,Minutes,State\n1,2.5,NJ\n")
    assert checks(made) == []
    made = quality_job(tmp_path, [], dataset_format='{"csv": {"header": false}}')
    assert ("Churn", "data_type_check") in checks(made)


@pytest.mark.parametrize(
    ("rows", "config", "problem"),
    [
        ([("1,NJ", "1"), ("1", "1")], CONFIG, "different numbers of columns"),
        ([("1,NJ\n2,OH", "1")], CONFIG, "A request and its answer have different numbers of rows"),
        ([], CONFIG, "There is no captured data"),
        (
            [("1.5,NJ", "1")],
            {**CONFIG, "distribution_constraints": {"categorical_drift_method": "ChiSquared"}},
            "stands in for LInfinity only, got 'ChiSquared'",
        ),
    ],
)
def test_data_that_cannot_be_judged_fails_the_job(
    tmp_path: Path, rows: list[tuple[str, str]], config: dict[str, Any], problem: str
) -> None:
    statistics = {"features": [{"name": "State"}]}
    with pytest.raises(JobError, match=problem):
        data_quality.run(quality_job(tmp_path, rows, config=config, statistics=statistics))
