"""What loan_approval says about itself, and what its pipeline asks of AWS."""

import json

from bench.scripts import load
from mlops_constructs.monitor_steps import MONITOR_STEPS
from mlops_constructs.monitoring import Attribution, Bias, ModelQuality
from pipeline_definitions.loan_approval import MODEL

from .conftest import DEFINITION, STEPS, features

[joined] = load(MONITOR_STEPS, "joined")

GATE = STEPS["Gate"]["Arguments"]
[REGISTER] = GATE["IfSteps"]
MONITORS = {type(monitor): monitor for monitor in MODEL.monitors}


def test_it_is_watched_for_quality_bias_and_attribution_and_not_for_times_it_does_not_have():
    assert set(MONITORS) == {ModelQuality, Bias, Attribution}


def test_a_group_is_seen_by_the_monitor_and_not_by_the_model():
    bias = MONITORS[Bias]
    assert isinstance(bias, Bias)
    facets = {facet.name for facet in bias.facets}
    assert facets == {"race", "sex"} == set(features.SCHEMA["unused"])
    assert bias.label == features.LABEL


def test_quality_and_bias_take_the_same_answers_for_approvals():
    quality, bias = MONITORS[ModelQuality], MONITORS[Bias]
    assert isinstance(quality, ModelQuality) and isinstance(bias, Bias)
    for name in ("probability_threshold", "ground_truth_prefix", "labels_within_hours"):
        assert getattr(quality, name) == getattr(bias, name)


def test_only_worse_answers_start_a_retraining():
    assert [kind.kind for kind, monitor in MONITORS.items() if monitor.retrains] == [
        "model-quality"
    ]


def test_the_steps_are_those_of_the_loop_without_a_baseline_of_times():
    assert list(STEPS) == ["Preprocess", "Train", "Evaluate", "ModelBaseline", "Gate"]
    assert STEPS["Gate"]["DependsOn"] == ["ModelBaseline"]
    assert REGISTER["Name"].startswith("Register")


def test_the_gate_wants_a_floor_far_above_chance_and_the_champion():
    defaults = {p["Name"]: p["DefaultValue"] for p in DEFINITION["Parameters"]}
    assert (defaults["MinimumAuc"], defaults["MinimumImprovement"]) == (0.75, 0.0)
    compared = [
        (c["Type"], c["LeftValue"]["Std:JsonGet"]["Path"], c["RightValue"]["Get"])
        for c in GATE["Conditions"]
    ]
    assert compared == [
        ("GreaterThanOrEqualTo", "gate.auc", "Parameters.MinimumAuc"),
        ("GreaterThanOrEqualTo", "gate.improvement", "Parameters.MinimumImprovement"),
    ]


def test_the_baselines_are_made_for_the_settings_of_the_monitors():
    said = STEPS["ModelBaseline"]["Arguments"]["AppSpecification"]["ContainerArguments"]
    assert all(len(part) <= 256 for part in said if isinstance(part, str))
    whole = joined.joined(said)
    told = dict(zip(whole[::2], whole[1::2], strict=True))
    for monitor in MODEL.monitors:
        settings = json.loads(told[f"--{monitor.kind}-settings"])
        assert settings == json.loads(monitor.model_dump_json())


def test_a_version_carries_the_baselines_of_its_three_monitors():
    carried = REGISTER["Arguments"]
    assert set(carried["DriftCheckBaselines"]) == {"ModelQuality", "Bias", "Explainability"}
    assert set(carried["ModelMetrics"]) == {"ModelQuality", "Bias", "Explainability"}
