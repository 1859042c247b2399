"""The baseline of a bias monitor: what Clarify would report, and limits that follow from it."""

from collections.abc import Mapping
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
import smclarify.bias.report as smclarify
from pydantic import TypeAdapter

from mlops_constructs.monitoring.settings import Bias
from tests.monitoring.conftest import script
from tests.monitoring.loans import MADE, SETTINGS, Loans, described, loans, refusing

Failure = script("failure").Failure
metrics = script("bias_metrics")

# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-run.html, analysis results
SECTION = {
    "type": "object",
    "required": ["label", "label_value_or_threshold", "facets"],
    "additionalProperties": False,
    "properties": {
        "label": {"type": "string"},
        "label_value_or_threshold": {"type": "string"},
        "facets": {"additionalProperties": {"type": "array", "items": {
            "type": "object",
            "required": ["value_or_threshold", "metrics"],
            "additionalProperties": False,
            "properties": {
                "value_or_threshold": {"type": "string"},
                "metrics": {"type": "array", "items": {
                    "type": "object",
                    "required": ["name", "description", "value"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {"type": "string"}, "description": {"type": "string"},
                        "value": {"type": ["number", "null"]}, "error": {"type": "string"},
                    },
                }},
            },
        }}},
    },
}  # fmt: skip
STAGES = ("pre_training", "post_training")
ANALYSIS = {
    "type": "object",
    "required": ["version", "pre_training_bias_metrics", "post_training_bias_metrics"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "1.0"},
        "pre_training_bias_metrics": SECTION, "post_training_bias_metrics": SECTION,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def known() -> Loans:
    return refusing(loans(4_000), 0.1)


@pytest.fixture(scope="module")
def files(known: Loans) -> dict[str, Any]:
    return described(known, group_variable="city")


def of_black(section: Mapping[str, Any]) -> dict[str, Any]:
    (facet,) = section["facets"]["black"]
    return {metric["name"]: metric["value"] for metric in facet["metrics"]}


def limits(files: Mapping[str, Any], facet: int = 0) -> dict[str, Any]:
    said = files["bias.json"]["facets"][facet]["metrics"]
    return {name: metric["limit"] for name, metric in said.items()}


def test_the_analysis_has_the_documented_layout(files):
    jsonschema.validate(files["analysis.json"], ANALYSIS)
    assert files["analysis.json"]["post_training_bias_metrics"]["label"] == "approved"


@pytest.mark.parametrize("stage", list(smclarify.StageType), ids=lambda stage: stage.value)
def test_the_analysis_has_the_values_of_awss_own_report(known: Loans, files, stage):
    table = pd.DataFrame({
        "black": known.black.astype(int), "city": known.columns["city"],
        "approved": known.approved, "said": (known.answers >= 0.5).astype(int),
    })  # fmt: skip
    columns = [smclarify.LabelColumn(name, table[name], [1]) for name in ("approved", "said")]
    (theirs,) = smclarify.bias_report(
        table, smclarify.FacetColumn("black", [1]), columns[0], stage, columns[1],
        group_variable=table["city"],
    )  # fmt: skip
    expected = {m["name"]: m["value"] for m in theirs["metrics"] if m["name"] != "FT"}
    ours = files["analysis.json"][f"{stage.value}_bias_metrics"]
    assert of_black(ours) == pytest.approx(expected)
    assert ours["facets"]["black"][0]["value_or_threshold"] == theirs["value_or_threshold"]


def test_a_metric_without_a_value_says_why_as_smclarify_does():
    everyone_right = loans(600)
    right = everyone_right.answered(everyone_right.approved * 0.8)
    section = described(right)["analysis.json"]["post_training_bias_metrics"]
    (treatment,) = [m for m in section["facets"]["black"][0]["metrics"] if m["name"] == "TE"]
    assert treatment["value"] is None
    assert treatment["error"] == (
        "no favourable answers with an unfavourable label of black≠1 and no favourable answers "
        "with an unfavourable label of black=1"
    )


def test_model_monitors_configuration_names_columns_in_the_order_of_a_request(files):
    # https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-bias-parameters.html
    assert files["analysis_config.json"] == {
        "version": "1.0",
        "headers": ["income", "black", "city", "approved"],
        "label": "approved",
        "label_values_or_threshold": [1],
        "facet": [{"name_or_index": "black", "value_or_threshold": [1]}],
        "group_variable": "city",
    }


def bounds(files: Mapping[str, Any]) -> dict[str, float]:
    sections = (files["constraints.json"][f"{stage}_bias_metrics"] for stage in STAGES)
    return {name: value for section in sections for name, value in of_black(section).items()}


def test_model_monitor_gets_bounds_in_the_layout_of_the_analysis(files):
    jsonschema.validate(files["constraints.json"], ANALYSIS)
    ours = {name: limit for name, limit in limits(files).items() if limit is not None}
    assert set(bounds(files)) == set(ours)
    for name, bound in bounds(files).items():
        assert abs(bound - metrics.BY_NAME[name].fair) >= ours[name]


def test_a_bound_is_on_the_side_of_fair_where_the_baseline_is(files):
    measured = {
        name: value for stage in STAGES
        for name, value in of_black(files["analysis.json"][f"{stage}_bias_metrics"]).items()
    }  # fmt: skip
    for name, bound in bounds(files).items():
        fair = metrics.BY_NAME[name].fair
        assert (bound < fair) == (measured[name] < fair)


def test_windows_like_the_baseline_hardly_ever_have_a_bare_value_beyond_a_bound(known, files):
    counts = script("bias_counts")
    rules = counts.Rules(["1"], 0.5)
    labels = rules.labels(known.approved.astype(str))
    answers = rules.answers(known.answers.astype(str))
    groups = counts.groups(known.columns["black"], ["1"])
    cities = counts.strata(known.columns["city"], ["north", "south"])
    chance, beyond = np.random.default_rng(5), []
    for _ in range(1_000):
        rows = chance.integers(len(known), size=SETTINGS["minimum_records"])
        tables = counts.tables(
            groups[rows], labels[rows], answers[rows], stratum=cities[rows], strata=3
        )
        asked = [(metrics.BY_NAME[name], bound) for name, bound in bounds(files).items()]
        beyond.append(
            any(of.distance(tables[of.table]) > abs(bound - of.fair) for of, bound in asked)
        )
    assert 0 < np.mean(beyond) <= 0.05


def test_it_takes_the_settings_as_their_class_dumps_them(known: Loans):
    settings = Bias(
        ground_truth_prefix="labels", label="approved", favourable=("1",),
        facets=({"name": "black", "values": ("1",)},), group_variable="city",
    )  # fmt: skip
    dumped = TypeAdapter(dict[str, Any]).validate_json(settings.model_dump_json())
    found = script("bias_baseline").describe(
        known.columns, known.approved.astype(str), known.answers.astype(str), None, dumped, MADE
    )
    assert limits(found)["DPPL"] > 0
    assert found["bias.json"]["made"] == f"{MADE:%Y-%m-%dT%H:%M:%SZ}"


def test_a_limit_is_farther_from_fair_than_the_baseline_is(files):
    for name, said in files["bias.json"]["facets"][0]["metrics"].items():
        if said["limit"] is not None:
            metric = metrics.BY_NAME[name]
            assert said["limit"] >= abs(said["value"] - metric.fair) + metric.room


def test_more_held_out_rows_make_narrower_limits():
    few, many = limits(described(loans(600))), limits(described(loans(20_000)))
    for name in ("DPPL", "DI", "RD", "AD"):
        assert many[name] < few[name] / 2


def test_what_is_only_shown_has_no_limit(files):
    found = limits(files)
    without = {"CI", "KL", "JS", "LP", "TVD", "KS", "GE"}
    assert {name for name, limit in found.items() if limit is None} == without


def test_a_group_of_few_has_no_limits_and_that_is_said():
    said = described(loans(600, share=0.03))["bias.json"]["facets"][0]
    assert said["records"]["group"] < 30
    assert said["metrics"]["DPPL"]["limit"] is None
    assert said["metrics"]["DPPL"]["why"] == (
        f"black=1 has {said['records']['group']} records, and at least 30 are needed"
    )


def test_a_share_of_few_has_no_limit_though_the_group_is_large_enough():
    said = described(loans(400, share=0.09))["bias.json"]["facets"][0]["metrics"]
    assert said["SD"]["limit"] is None
    assert "unfavourable labels, and at least 10 are needed" in said["SD"]["why"]
    assert said["DPPL"]["limit"] is not None


def test_windows_that_go_farther_than_chance_widen_limits():
    known = loans(6_000)
    hours = np.arange(6_000) * 1_344 // 6_000
    odd_week = known.black & (hours < 168) & (np.arange(6_000) % 2 == 0)
    moved = known.answered(np.where(odd_week, 0.1, known.answers))
    in_time, at_once = described(moved, times=hours), described(moved)
    assert limits(in_time)["DPPL"] > limits(at_once)["DPPL"] + 0.1
    assert in_time["bias.json"]["calibration"]["on"] == "records, and windows of 168 hours"
    assert at_once["bias.json"]["calibration"]["on"] == "records"


def test_rows_of_less_than_two_windows_are_taken_as_they_come():
    hours = np.arange(600) * 300 // 600
    found = described(loans(600), times=hours)
    assert found["bias.json"]["calibration"]["on"] == "records"


def test_all_checks_together_are_beyond_their_limits_in_at_most_5_of_100_draws(known: Loans):
    counts, limiting = script("bias_counts"), script("bias_limits")
    rules = counts.Rules(["1"], 0.5)
    tables = counts.tables(
        counts.groups(known.columns["black"], ["1"]), rules.labels(known.approved.astype(str)),
        rules.answers(known.answers.astype(str)),
    )  # fmt: skip
    found = limiting.limits([tables], None)
    cells = script("bias_intervals").posterior(tables[metrics.BOTH], 4_000, seed=99)
    drawn = {
        metrics.BOTH: cells,
        metrics.LABELS: cells.sum(axis=-1),
        metrics.ANSWERS: cells.sum(axis=-2),
    }
    beyond = [
        metrics.BY_NAME[name].distance(drawn[metrics.BY_NAME[name].table]) > limit
        for (_, name), limit in found.items()
    ]
    rings = np.any(beyond, axis=0).mean()
    assert 0.02 < rings < 0.06  # 0.05 if no room were left where the baseline is sure


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"facets": [{"name": "race", "values": ["1"]}]},
         "a request has no column race; it has income, black, city"),
        ({"group_variable": "town"}, "a request has no column town; it has income, black, city"),
        ({"facets": [{"name": "black", "values": ["yes"]}]},
         r"no held-out row is of black=yes; values of black: \['0', '1'\]"),
        ({"facets": [{"name": "black", "values": ["0", "1"]}]},
         r"no held-out row is of black≠0,1; values of black: \['0', '1'\]"),
        ({"favourable": ["yes"]},
         "no held-out row has a label approved that is favourable; favourable are yes"),
        ({"favourable": ["0", "1"]}, "no held-out row has a label approved that is unfavourable"),
        ({"group_variable": "income"},
         "group_variable income has 70 values; at most 50 can be compared each by itself"),
        ({"thresholds": {"DDP": 0.1}}, "thresholds are for CI, DPL, .*; got one for DDP"),
        ({"facets": []}, "need at least one facet and one favourable"),
        ({"facets": [{"name": "black"}]}, r"are none of a bias monitor \(KeyError: 'values'\)"),
    ],
)  # fmt: skip
def test_what_can_not_be_meant_is_refused(change: dict[str, Any], says: str):
    with pytest.raises(Failure, match=says):
        described(loans(600), **change)


def test_numbers_and_text_say_the_same_value():
    counts = script("bias_counts")
    found = counts.groups(np.array(["1", "1.0", " 1 ", "0", "", None], dtype=object), ["1"])
    assert found.tolist() == [1, 1, 1, 0, counts.UNKNOWN, counts.UNKNOWN]


def test_an_answer_from_0_to_1_is_a_probability_and_others_are_classes():
    rules = script("bias_counts").Rules(["1", "granted"], 0.6)
    texts = np.array(["0.6", "0.59", "1", "granted", "refused", "2", ""], dtype=object)
    assert rules.answers(texts).tolist() == [1, 0, 1, 1, 0, 0, -1]


def test_each_name_of_difference_in_conditional_acceptance_is_understood():
    told = script("bias_settings").settings_of({**SETTINGS, "thresholds": {"DCAcc": 0.3}})
    assert told.thresholds == {"DCA": 0.3}
