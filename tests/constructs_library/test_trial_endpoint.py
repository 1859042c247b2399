"""An endpoint beside whose version another is tried, in the shadow or by weight."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import AllAtOnce, Shadow, Split
from tests.constructs_library.someones_app import new_stack, of_type, synthesized, the
from tests.constructs_library.test_model_endpoint import (
    ALARM,
    CONFIG,
    ENDPOINT,
    HOSTING,
    MODEL,
    TARGET,
    endpoint_in,
)

SLOT = "/mine/churn/challenger"
SHADOW, SPLIT = Shadow(sample_percent=30), Split(weight_percent=10)


def tried_by(release: Shadow | Split, **changed: Any) -> dict[str, Any]:
    stack = new_stack()
    endpoint_in(stack, release=release, challenger_slot_name=SLOT, **changed)
    return synthesized(stack)


@pytest.fixture(scope="module")
def shadow() -> dict[str, Any]:
    return tried_by(SHADOW)


@pytest.fixture(scope="module")
def split() -> dict[str, Any]:
    return tried_by(SPLIT)


def challenger_parameter(template: dict[str, Any]) -> str:
    [name] = [n for n, p in template["Parameters"].items() if p.get("Default") == SLOT]
    return name


def condition(template: dict[str, Any]) -> str:
    [name] = [name for name in template["Conditions"] if name.endswith("HasChallenger" + name[-8:])]
    return name


def resolved(template: dict[str, Any], part: Any, *, challenger: bool) -> Any:
    """A part of a template as CloudFormation would read it, with or without a version on trial."""
    if isinstance(part, list):
        each = (resolved(template, item, challenger=challenger) for item in part)
        return [item for item in each if item != {"Ref": "AWS::NoValue"}]
    if not isinstance(part, dict):
        return part
    if "Fn::If" in part:
        name, there, not_there = part["Fn::If"]
        assert name == condition(template)
        return resolved(template, there if challenger else not_there, challenger=challenger)
    each = {name: resolved(template, value, challenger=challenger) for name, value in part.items()}
    return {name: value for name, value in each.items() if value != {"Ref": "AWS::NoValue"}}


def config(template: dict[str, Any], *, challenger: bool) -> dict[str, Any]:
    found: dict[str, Any] = resolved(
        template, the(template, CONFIG)["Properties"], challenger=challenger
    )
    return found


def model_of(template: dict[str, Any], variant: dict[str, Any]) -> dict[str, Any]:
    model: dict[str, Any] = template["Resources"][variant["ModelName"]["Fn::GetAtt"][0]]
    return model


def weights(variants: list[dict[str, Any]]) -> dict[str, int]:
    return {v["VariantName"]: v["InitialVariantWeight"] for v in variants}


@pytest.mark.parametrize("release", [SHADOW, SPLIT])
def test_without_a_version_on_trial_one_variant_serves(release: Any):
    template = tried_by(release)
    found = config(template, challenger=False)
    assert [v["VariantName"] for v in found["ProductionVariants"]] == ["AllTraffic"]
    assert "ShadowProductionVariants" not in found


def test_a_shadow_gets_its_share_of_what_the_serving_variant_gets(shadow: dict[str, Any]):
    found = config(shadow, challenger=True)
    [serving], [tried] = found["ProductionVariants"], found["ShadowProductionVariants"]
    assert (serving["VariantName"], tried["VariantName"]) == ("AllTraffic", "Challenger")
    assert tried["InitialVariantWeight"] / serving["InitialVariantWeight"] == 0.3


def test_a_split_shares_the_requests_by_weight(split: dict[str, Any]):
    found = config(split, challenger=True)
    assert weights(found["ProductionVariants"]) == {"AllTraffic": 90, "Challenger": 10}
    assert "ShadowProductionVariants" not in found


def test_the_serving_variant_comes_first_because_it_says_what_serves(split: dict[str, Any]):
    first, second = config(split, challenger=True)["ProductionVariants"]
    assert (first["VariantName"], second["VariantName"]) == ("AllTraffic", "Challenger")
    parameter = model_of(split, second)["Properties"]["Containers"][0]["ModelPackageName"]
    assert parameter["Fn::Select"][1] == {"Ref": challenger_parameter(split)}
    assert model_of(split, first)["Properties"]["Containers"][0]["ModelPackageName"] != parameter


@pytest.mark.parametrize("release", [SHADOW, SPLIT])
def test_a_weight_that_an_update_keeps_is_that_of_the_next_config(release: Any):
    template = tried_by(release)
    [alone] = config(template, challenger=False)["ProductionVariants"]
    beside = config(template, challenger=True)["ProductionVariants"][0]
    assert alone["InitialVariantWeight"] == beside["InitialVariantWeight"]


def test_shares_come_from_the_config_and_not_from_the_endpoint_before(split: dict[str, Any]):
    properties = the(split, ENDPOINT)["Properties"]
    assert properties["RetainAllVariantProperties"]
    renewed = properties["ExcludeRetainedVariantProperties"]
    assert {"VariantPropertyType": "DesiredWeight"} in renewed
    assert "DeploymentConfig" not in properties


@pytest.mark.parametrize(
    "release, instances", [(Shadow(sample_percent=100), 4), (SHADOW, 2), (SPLIT, 1)]
)
def test_a_challenger_is_as_wide_as_its_share_of_the_widest_endpoint(release: Any, instances: int):
    found = config(tried_by(release), challenger=True)
    variants = found["ProductionVariants"] + found.get("ShadowProductionVariants", [])
    assert variants[-1]["InitialInstanceCount"] == instances
    assert variants[-1]["InstanceType"] == variants[0]["InstanceType"] == HOSTING.instance_type


def test_only_the_serving_variant_is_scaled(split: dict[str, Any]):
    assert the(split, TARGET)["Properties"]["ResourceId"].endswith("/variant/AllTraffic")


def test_a_challenger_exists_only_where_something_serves(split: dict[str, Any]):
    both = split["Conditions"][condition(split)]["Fn::And"]
    has_model = the(split, ENDPOINT)["Condition"]
    assert {"Condition": has_model} in both
    [named] = [part for part in both if part != {"Condition": has_model}]
    package = {"Fn::Select": [0, {"Ref": challenger_parameter(split)}]}
    assert named == {"Fn::Not": [{"Fn::Equals": [package, "NONE"]}]}
    parameter = split["Parameters"][challenger_parameter(split)]
    assert parameter["Type"] == "AWS::SSM::Parameter::Value<CommaDelimitedList>"


def test_the_model_of_a_trial_outlives_it_because_kept_configs_name_it(split: dict[str, Any]):
    [tried] = [m for m in of_type(split, MODEL) if m["Condition"] == condition(split)]
    assert (tried["DeletionPolicy"], tried["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert {"Key": "perennial:endpoint", "Value": "churn"} in tried["Properties"]["Tags"]


def test_an_alarm_of_the_trials_config_compares_the_failures_of_both(shadow: dict[str, Any]):
    alarm = the(shadow, ALARM)
    assert alarm["Condition"] == condition(shadow)
    properties = alarm["Properties"]
    config_name = {"Fn::GetAtt": [next(iter(_named(shadow, CONFIG))), "EndpointConfigName"]}
    assert properties["AlarmName"] == {"Fn::Join": ["", ["churn-challenger-5xx-", config_name]]}
    assert (properties["Threshold"], properties["EvaluationPeriods"]) == (5, 2)
    measured = {}
    for metric in properties["Metrics"]:
        if "MetricStat" in metric:
            found = metric["MetricStat"]["Metric"]
            dimensions = {d["Name"]: d["Value"] for d in found["Dimensions"]}
            assert (found["MetricName"], metric["MetricStat"]["Stat"]) == (
                "Invocation5XXErrors",
                "Average",
            )
            assert dimensions["EndpointConfigName"] == config_name
            measured[metric["Id"]] = dimensions["VariantName"]
    assert measured == {"challenger": "Challenger", "champion": "AllTraffic"}


def _named(template: dict[str, Any], kind: str) -> list[str]:
    return [name for name, r in template["Resources"].items() if r["Type"] == kind]


def test_an_endpoint_whose_versions_are_not_tried_knows_nothing_of_challengers():
    stack = new_stack()
    endpoint = endpoint_in(stack)
    assert endpoint.has_challenger is None
    assert "hallenger" not in json.dumps(synthesized(stack))


@pytest.mark.parametrize(
    "given", [{"release": SHADOW}, {"release": AllAtOnce(), "challenger_slot_name": SLOT}]
)
def test_a_trial_without_a_slot_and_a_slot_without_a_trial_are_refused(given: dict[str, Any]):
    with pytest.raises(InvalidProps, match="must have challenger_slot_name if its release is a"):
        endpoint_in(new_stack(), **given)


def test_a_shadow_of_which_nothing_is_recorded_is_refused():
    hosting = HOSTING.model_copy(update={"capture_percent": 0})
    with pytest.raises(InvalidProps, match="with capture_percent=0: answers are compared as they"):
        tried_by(SHADOW, hosting=hosting)
    assert tried_by(SPLIT, hosting=hosting)


@pytest.mark.parametrize(
    ("trial", "setting", "lowest", "highest"),
    [
        (Shadow, "hours", 1, 168),
        (Split, "hours", 1, 168),
        (Shadow, "sample_percent", 1, 100),
        (Split, "weight_percent", 1, 50),
    ],
)
def test_a_trial_has_the_documented_bounds(
    trial: type[Shadow | Split], setting: str, lowest: int, highest: int
):
    for value in (lowest, highest):
        assert getattr(trial(**{setting: value}), setting) == value
    for value in (lowest - 1, highest + 1):
        with pytest.raises(ValidationError, match=setting):
            trial(**{setting: value})


@pytest.mark.parametrize(
    ("trial", "setting", "value"),
    [
        (Shadow, "minimum_requests", 0),
        (Shadow, "error_points", 0),
        (Split, "error_points", 100.1),
        (Split, "latency_percent", 0),
        (Shadow, "agreement_percent", 0),
        (Shadow, "agreement_percent", 100),
        (Shadow, "tolerance", -0.01),
        (Split, "agreement_percent", 90),
        (Split, "decides", "nobody"),
    ],
)
def test_bounds_that_nothing_could_meet_or_miss_are_refused(
    trial: type[Shadow | Split], setting: str, value: Any
):
    with pytest.raises(ValidationError, match=setting):
        trial(**{setting: value})
