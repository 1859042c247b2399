"""A stage whose versions are tried before they are released, down to its templates."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack, assertions

from mlops_constructs.serving import AllAtOnce, Shadow, Split
from mlops_constructs.testing import TemplateSnapshot
from tests.linted import findings
from tests.stacks.own_stage import Templates, of_type, own_stage, platform, templates_of

SERVING, OPERATIONS = "Own-Serving-flight-delay", "Own-Operations"
PIPELINE = "AWS::SageMaker::Pipeline"
STATE_MACHINE = "AWS::StepFunctions::StateMachine"
SLOT = "/perennial/own/flight-delay/challenger"
TRIALS = [Shadow(hours=12, sample_percent=50), Split(weight_percent=20, decides="person")]


@pytest.fixture(scope="module", params=TRIALS, ids=["shadow", "split"])
def trial(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module")
def stacks(trial: Any) -> dict[str, Any]:
    """Name to stack; cdk-nag has nothing against them, or synthesis would fail."""
    stage = platform(own_stage(release=trial))
    stage.synth()
    return {child.stack_name: child for child in stage.node.children if isinstance(child, Stack)}


@pytest.fixture(scope="module")
def templates(stacks: dict[str, Any]) -> Templates:
    return {name: assertions.Template.from_stack(stack).to_json() for name, stack in stacks.items()}


def created(templates: Templates) -> list[str]:
    return [json.dumps(slot) for slot in of_type(templates, "Custom::ModelSlot")]


def told(templates: Templates) -> str:
    value: str = json.dumps(templates[SERVING]["Outputs"]["PromotionInput"]["Value"])
    return value.replace('\\\\\\"', '"').replace('\\"', '"')


def test_the_foundation_makes_a_second_slot(templates: Templates):
    slots = created(templates)
    assert len(slots) == 2
    assert sum(SLOT in slot for slot in slots) == 1


def test_the_serving_stack_reads_it_and_means_it(templates: Templates):
    defaults = {p["Default"] for p in templates[SERVING]["Parameters"].values()}
    assert SLOT in defaults
    assert "HasChallenger" in json.dumps(templates[SERVING]["Conditions"])


def test_promotions_are_told_how_versions_are_tried(templates: Templates, trial: Any):
    text = told(templates)
    assert f'"kind": "{trial.kind}"' in text
    assert f'"hours": {trial.hours}' in text
    assert f'"decides": "{trial.who_decides}"' in text
    assert "perennial-own-artifacts" in text


def test_the_approval_the_recheck_and_the_alarm_tell_the_same(templates: Templates):
    rules = of_type({SERVING: templates[SERVING]}, "AWS::Events::Rule")
    inputs = [json.dumps(t) for rule in rules for t in rule["Targets"] if "InputTransformer" in t]
    schedules = of_type({SERVING: templates[SERVING]}, "AWS::Scheduler::Schedule")
    inputs += [json.dumps(schedule["Target"]["Input"]) for schedule in schedules]
    of_promotions = [text for text in inputs if "Own-Serving-flight-delay" in text]
    assert len(of_promotions) == 3
    assert all("trial" in text and "decides" in text for text in of_promotions)


def test_the_alarm_of_a_challenger_starts_a_promotion(templates: Templates):
    patterns = [
        rule["EventPattern"]
        for rule in of_type({SERVING: templates[SERVING]}, "AWS::Events::Rule")
        if rule["EventPattern"]["source"] == ["aws.cloudwatch"]
    ]
    assert [p["detail"]["alarmName"] for p in patterns] == [
        [{"prefix": "own-flight-delay-challenger-5xx-"}]
    ]


def test_the_comparison_is_the_one_that_the_machine_starts(templates: Templates):
    names = [p["PipelineName"] for p in of_type({SERVING: templates[SERVING]}, PIPELINE)]
    assert names == ["own-flight-delay-comparison"]
    machine = json.dumps(of_type({OPERATIONS: templates[OPERATIONS]}, STATE_MACHINE))
    assert "$target.endpoint & '-comparison'" in machine
    allowed = json.dumps(of_type({OPERATIONS: templates[OPERATIONS]}, "AWS::IAM::Policy"))
    assert "pipeline/own-*-comparison" in allowed


@pytest.mark.parametrize(
    "name", [SERVING, pytest.param(OPERATIONS, marks=pytest.mark.nightly)], ids=["one", "all"]
)
def test_cfn_lint_finds_nothing(templates: Templates, tmp_path: Path, name: str):
    template = tmp_path / "trial.template.json"
    template.write_text(json.dumps(templates[name]))
    assert findings(template) == []


def test_the_serving_stack_is_as_it_was_reviewed(
    stacks: dict[str, Any], template_snapshot: TemplateSnapshot
):
    template_snapshot(stacks[SERVING])


def test_a_model_whose_versions_are_not_tried_has_nothing_of_it():
    found = templates_of(own_stage(release=AllAtOnce()))
    assert len(created(found)) == 1
    assert "hallenger" not in json.dumps(found[SERVING])
    assert "trial" not in told(found)
    policies = json.dumps(of_type({OPERATIONS: found[OPERATIONS]}, "AWS::IAM::Policy"))
    assert "StartPipelineExecution" in policies  # retraining's
    assert "-comparison" not in policies and "challenger" not in policies
