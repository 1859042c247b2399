"""Clarify's bias metrics and reports, held against AWS's own published numbers."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from local_aws.monitoring.stand_in import bias, clarify
from local_aws.monitoring.stand_in.bias_metrics import POST, PRE
from local_aws.monitoring.stand_in.bias_table import selected
from local_aws.monitoring.stand_in.groups import Counts, Groups
from local_aws.monitoring.stand_in.job import JobError
from tests.local_aws.stand_in_jobs import dataset_format, job, line, metrics, put, report

# A baseline that AWS's container wrote (github.com/aws/amazon-sagemaker-examples, notebook
# sm-clarify_model_bias_monitor_for_endpoint_json), of its validation-dataset.json: facet Sex with
# 456 and 210 rows, of which 143 and 17 are positive. The answers follow from the numbers: no other
# confusion matrices have this AD, DPPL and RD together with this GE.
A = Counts(tp=86, fp=36, fn=57, tn=277)
D = Counts(tp=8, fp=2, fn=9, tn=191)
PUBLISHED = {
    "AD": -0.15156641604010024,
    "DAR": -0.09508196721311479,
    "DCA": -0.5278688524590163,
    "DCR": 0.027874251497005953,
    "DI": 0.17798594847775176,
    "DPPL": 0.2199248120300752,
    "DRR": 0.12565868263473046,
    "GE": 0.0841186702174704,
    "RD": 0.1308103661044837,
    "SD": 0.10465328014037645,
    "TE": 2.916666666666667,
    "CI": 0.36936936936936937,
    "DPL": 0.2326441102756892,
    "JS": 0.04508199943437752,
    "KL": 0.22434464102537785,
    "KS": 0.2326441102756892,
    "LP": 0.32900845595810163,
    "TVD": 0.2326441102756892,
}


def groups(a: Counts, d: Counts, **members: Any) -> Groups:
    """Rows with these confusion matrices."""
    cells = [
        (facet, label, answer)
        for facet, counts in ((False, a), (True, d))
        for label, answer, count in (
            (True, True, counts.tp),
            (False, True, counts.fp),
            (True, False, counts.fn),
            (False, False, counts.tn),
        )
        for _ in range(count)
    ]
    facet, label, answer = np.array(cells, bool).T
    return Groups(disfavoured=facet, positive=label, predicted=answer, **members)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_metric_is_what_awss_container_published(name: str) -> None:
    assert {**PRE, **POST}[name](groups(A, D)) == pytest.approx(PUBLISHED[name], rel=1e-12)


# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-<name>.html
@pytest.mark.parametrize(
    ("name", "a", "d", "value"),
    [
        ("AD", Counts(tp=60, fp=10, fn=20, tn=10), Counts(tp=40, fp=10, fn=40, tn=10), 0.2),
        ("TE", Counts(tp=43, fp=6, fn=8, tn=43), Counts(tp=20, fp=2, fn=5, tn=23), 1.167),
        ("DAR", Counts(tp=35, fp=35, fn=1, tn=1), Counts(tp=40, fp=60, fn=1, tn=1), 0.10),
        ("DRR", Counts(tp=1, fp=1, fn=20, tn=80), Counts(tp=1, fp=1, fn=10, tn=40), 0.0),
        ("DCA", Counts(tp=60, fp=0, fn=10, tn=30), Counts(tp=20, fp=10, fn=0, tn=20), 0.5),
        ("RD", Counts(tp=65, fp=10, fn=5, tn=20), Counts(tp=20, fp=5, fn=7, tn=18), 0.19),
        ("SD", Counts(tp=65, fp=10, fn=5, tn=20), Counts(tp=20, fp=5, fn=7, tn=18), 0.1159),
        ("DPPL", Counts(tp=30, fp=30, fn=20, tn=20), Counts(tp=25, fp=25, fn=25, tn=25), 0.1),
    ],
)
def test_a_metric_is_that_of_the_example_on_its_page(
    name: str, a: Counts, d: Counts, value: float
) -> None:
    assert POST[name](groups(a, d)) == pytest.approx(value, abs=6e-3)


def test_kullback_and_leibler_say_what_their_page_says() -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-data-bias-metric-kl-divergence.html"""
    a, d = Counts(tp=8, fp=0, fn=0, tn=2), Counts(tp=3, fp=0, fn=0, tn=7)
    assert PRE["KL"](groups(a, d)) == pytest.approx(0.53, abs=5e-3)


def test_a_disparity_within_strata_is_their_weighted_mean() -> None:
    """Women are 46 of 100 who are rejected and 32 of 100 who are accepted: 0.14, on CDD's page."""
    a, d = Counts(tp=68, fp=0, fn=0, tn=54), Counts(tp=32, fp=0, fn=0, tn=46)
    one = groups(a, d, strata=np.full(200, "college"))
    assert PRE["CDDL"](one) == pytest.approx(0.14)
    with pytest.raises(ValueError, match="Group variable is empty"):
        PRE["CDDL"](groups(a, d))


def test_a_ratio_to_nothing_is_infinite_and_an_empty_facet_is_no_number() -> None:
    a, d = Counts(tp=1, fp=1, fn=1, tn=1), Counts(tp=1, fp=0, fn=1, tn=1)
    assert POST["TE"](groups(a, d)) == math.inf
    with pytest.raises(ValueError, match="Facet set is empty"):
        PRE["DPL"](groups(a, Counts(tp=0, fp=0, fn=0, tn=0)))


def test_a_flip_test_counts_who_would_be_answered_otherwise_among_neighbours() -> None:
    near = np.array(["0", "1", "0", "1"], object)
    answers = np.array([False, True, True, False])
    facet = np.array([False, False, True, True])
    found = Groups(disfavoured=facet, positive=answers, predicted=answers, features=[near])
    assert POST["FT"](found) == 0.0
    shifted = Groups(
        disfavoured=facet,
        positive=answers,
        predicted=np.array([True, True, False, False]),
        features=[near],
    )
    assert POST["FT"](shifted) == 1.0


CONFIG = {
    "headers": ["Age", "Sex", "Target"],
    "label": "Target",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "Sex", "value_or_threshold": [0]}],
    "methods": {
        "pre_training_bias": {"methods": ["CI", "DPL"]},
        "post_training_bias": {"methods": ["DPPL", "DI", "TE"]},
    },
}


def rows(a: Counts, d: Counts) -> list[dict[str, Any]]:
    """Merged records with these confusion matrices."""
    found = groups(a, d)
    return [
        line(f"40,{int(not facet)}", f"{int(answer)},0.5", label=str(int(label)))
        for facet, label, answer in zip(
            found.disfavoured, found.positive, found.predicted, strict=True
        )
    ]


def analysis_of(tmp_path: Path, a: Counts, d: Counts, *, baseline: Any = None) -> Any:
    config = tmp_path / "analysis_config.json"
    config.write_text(json.dumps(CONFIG))
    given = {
        "analysis_config": str(config),
        "dataset_format": dataset_format("sagemakerMergeJson", "endpointInput", "endpointOutput"),
        "inference_attribute": "0",
    }
    if baseline:
        (tmp_path / "baseline.json").write_text(json.dumps(baseline))
        given["baseline_constraints"] = str(tmp_path / "baseline.json")
    made = job(tmp_path, **given)
    put(made.path("dataset_source"), rows(a, d))
    return made, clarify.run(made)


def test_an_analysis_has_the_form_that_aws_publishes(tmp_path: Path) -> None:
    """The form, with its names and order, is that of the published baseline."""
    made, message = analysis_of(tmp_path, A, D)
    assert message == "Completed: Job completed successfully with no violations."
    assert report(made, "analysis.json") == {
        "version": "1.0",
        "post_training_bias_metrics": {
            "label": "Target",
            "facets": {
                "Sex": [
                    {
                        "value_or_threshold": "0",
                        "metrics": [
                            {
                                "name": "DI",
                                "description": "Disparate Impact (DI)",
                                "value": pytest.approx(PUBLISHED["DI"]),
                            },
                            {
                                "name": "DPPL",
                                "description": "Difference in Positive Proportions in Predicted"
                                " Labels (DPPL)",
                                "value": pytest.approx(PUBLISHED["DPPL"]),
                            },
                            {
                                "name": "TE",
                                "description": "Treatment Equality (TE)",
                                "value": pytest.approx(PUBLISHED["TE"]),
                            },
                        ],
                    }
                ]
            },
            "label_value_or_threshold": "1",
        },
        "pre_training_bias_metrics": {
            "label": "Target",
            "facets": {
                "Sex": [
                    {
                        "value_or_threshold": "0",
                        "metrics": [
                            {
                                "name": "CI",
                                "description": "Class Imbalance (CI)",
                                "value": pytest.approx(PUBLISHED["CI"]),
                            },
                            {
                                "name": "DPL",
                                "description": "Difference in Positive Proportions in Labels (DPL)",
                                "value": pytest.approx(PUBLISHED["DPL"]),
                            },
                        ],
                    }
                ]
            },
            "label_value_or_threshold": "1",
        },
    }
    assert report(made, "constraint_violations.json") is None


def test_metrics_have_the_documented_names_and_dimensions(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-cw.html"""
    made, _ = analysis_of(tmp_path, A, Counts(tp=8, fp=0, fn=9, tn=193))
    found = metrics(made)
    assert set(found) == {f"bias_metric_{name}" for name in ("CI", "DPL", "DPPL", "DI", "TE")}
    dimensions = {each["Name"]: each["Value"] for each in found["bias_metric_DPPL"]["Dimensions"]}
    assert dimensions == {
        "Endpoint": "endpoint",
        "MonitoringSchedule": "schedule",
        "BiasStage": "Post-Training",
        "Label": "Target",
        "LabelValue": "1",
        "Facet": "Sex",
        "FacetValue": "0",
    }
    pre = {each["Name"]: each["Value"] for each in found["bias_metric_CI"]["Dimensions"]}
    assert pre["BiasStage"] == "Pre-training"
    assert found["bias_metric_TE"]["Value"] == 2.348543e108
    assert found["bias_metric_CI"]["Timestamp"] == "2021-05-18T00:00:00Z"


def test_the_same_data_again_violates_nothing(tmp_path: Path) -> None:
    made, _ = analysis_of(tmp_path, A, D)
    baseline = report(made, "analysis.json")
    again, message = analysis_of(tmp_path, A, D, baseline=baseline)
    assert message == "Completed: Job completed successfully with no violations."
    assert report(again, "constraint_violations.json") is None


def test_a_facet_that_is_answered_worse_violates_the_baseline(tmp_path: Path) -> None:
    """Members and text as in the published run (its violations of CDDPL, DAR, ... TE)."""
    made, _ = analysis_of(tmp_path, A, D)
    baseline = report(made, "analysis.json")
    again, message = analysis_of(tmp_path, A, Counts(tp=0, fp=0, fn=17, tn=193), baseline=baseline)
    assert message == "CompletedWithViolations: Job completed successfully with 3 violations."
    found = report(again, "constraint_violations.json")
    assert found["version"] == "1.0"
    assert [each["metric_name"] for each in found["violations"]] == ["DI", "DPPL", "TE"]
    assert found["violations"][2] == {
        "facet": "Sex",
        "facet_value": "0",
        "metric_name": "TE",
        "constraint_check_type": "bias_drift_check",
        "description": "Metric value Infinity doesn't meet the baseline constraint requirement"
        " 2.916666666666667",
    }


@pytest.mark.parametrize(
    ("now", "violated"), [(0.1, False), (-0.1, False), (-0.3, True), (0.3, True), (0.2, False)]
)
def test_farther_from_zero_is_worse_whatever_the_sign(now: float, violated: bool) -> None:
    """clarify-model-monitor-bias-drift-violations.html: 0.2 before; 0.1 is none, -0.3 is one."""

    def analysis(value: float) -> dict[str, Any]:
        metric = {"name": "DPPL", "description": "", "value": value}
        facets = {"Age": [{"value_or_threshold": "40", "metrics": [metric]}]}
        empty = {"label": "L", "facets": {}, "label_value_or_threshold": "1"}
        return {
            "post_training_bias_metrics": {**empty, "facets": facets},
            "pre_training_bias_metrics": empty,
        }

    assert bool(list(bias.violations(analysis(now), analysis(0.2)))) is violated


def test_a_value_selects_its_rows_and_a_number_may_be_a_lower_bound() -> None:
    two, many = np.array(["0", "1", "1"], object), np.array(["20", "41", "40", "60"], object)
    assert selected(two, [1]).tolist() == [False, True, True]
    assert selected(many, [40]).tolist() == [False, True, False, True]
    assert selected(many, [40, 60]).tolist() == [False, False, True, True]
    assert selected(np.array(["a", "b"], object), ["b"]).tolist() == [False, True]


def test_a_method_that_there_is_not_fails_the_job(tmp_path: Path) -> None:
    made, _ = analysis_of(tmp_path, A, D)
    config = {**CONFIG, "methods": {"pre_training_bias": {"methods": ["DPPL"]}}}
    with pytest.raises(JobError, match=r"methods of pre_training_bias_metrics must be of CI"):
        bias.analyze(made, config)
    with pytest.raises(JobError, match=r"The data has no column 'Gender'; it has Age, Sex\."):
        bias.analyze(made, {**CONFIG, "facet": [{"name_or_index": "Gender"}]})
    with pytest.raises(JobError, match=r"headers names 1 features, but the data has 2\."):
        bias.analyze(made, {**CONFIG, "headers": ["Age", "Target"]})
