"""Pipeline definitions, step by step."""

import json
from pathlib import Path
from typing import Any

import pytest

from review.assembly import Asset, Stack
from review.findings import Guard, PipelineChange
from review.pipelines import gate_guards, pipeline_changes
from review.resources import StackPair
from tests.review.handmade import PLACE, pair, template

PIPELINE = "AWS::SageMaker::Pipeline"


def figure(name: str) -> dict[str, Any]:
    file = {"Get": "Steps.Evaluate.PropertyFiles.E"}
    return {"Std:JsonGet": {"PropertyFile": file, "Path": name}}


def asks(sign: str, name: str, limit: Any) -> dict[str, Any]:
    return {"Type": sign, "LeftValue": figure(name), "RightValue": limit}


def gate(*conditions: dict[str, Any], inner: list[Any] | None = None) -> dict[str, Any]:
    arguments = {"Conditions": list(conditions), "IfSteps": inner or [], "ElseSteps": []}
    return {"Name": "Gate", "Type": "Condition", "Arguments": arguments, "DependsOn": ["Evaluate"]}


def job(name: str, **arguments: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "Processing", "Arguments": arguments}


def definition(*steps: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    """The definition as a template has it, with what the template fills in."""
    declared = [{"Name": name, "DefaultValue": value} for name, value in parameters.items()]
    body = json.dumps({"Version": "2020-12-01", "Parameters": declared, "Steps": list(steps)})
    return {"PipelineName": "p", "PipelineDefinition": {"PipelineDefinitionBody": body}}


def both(before: dict[str, Any], after: dict[str, Any]) -> list[StackPair]:
    return [pair(template(P=(PIPELINE, before)), template(P=(PIPELINE, after)))]


def guards(before: dict[str, Any], after: dict[str, Any]) -> list[Guard]:
    return list(gate_guards(both(before, after)))


def change(before: dict[str, Any], after: dict[str, Any]) -> PipelineChange:
    [found] = pipeline_changes(both(before, after))
    return found


LEAST = {"Get": "Parameters.Least"}
WEAKER = {
    "a lower floor": (
        definition(gate(asks("GreaterThanOrEqualTo", "auc", 0.7))),
        definition(gate(asks("GreaterThanOrEqualTo", "auc", 0.6))),
    ),
    "a lower default of a parameter": (
        definition(gate(asks("GreaterThanOrEqualTo", "auc", LEAST)), Least=0.7),
        definition(gate(asks("GreaterThanOrEqualTo", "auc", LEAST)), Least=0.6),
    ),
    "a higher ceiling": (
        definition(gate(asks("LessThan", "error", 0.1))),
        definition(gate(asks("LessThan", "error", 0.2))),
    ),
    "a limit on the left": (
        definition(gate({"Type": "LessThan", "LeftValue": 0.7, "RightValue": figure("auc")})),
        definition(gate({"Type": "LessThan", "LeftValue": 0.6, "RightValue": figure("auc")})),
    ),
    "one demand less": (
        definition(gate(asks("GreaterThan", "auc", 0.7), asks("GreaterThan", "gain", 0))),
        definition(gate(asks("GreaterThan", "auc", 0.7))),
    ),
    "equal is enough": (
        definition(gate(asks("GreaterThan", "gain", 0))),
        definition(gate(asks("GreaterThanOrEqualTo", "gain", 0))),
    ),
    "no gate": (definition(gate(asks("GreaterThan", "gain", 0))), definition()),
}


@pytest.mark.parametrize("case", WEAKER)
def test_a_gate_that_lets_more_through_is_told(case: str):
    [guard] = guards(*WEAKER[case])
    assert guard.kind == "gate"


@pytest.mark.parametrize("case", WEAKER)
def test_a_gate_that_lets_less_through_is_not(case: str):
    before, after = WEAKER[case]
    assert guards(after, before) == []


def test_a_gate_is_told_by_what_it_asks_for():
    [guard] = guards(*WEAKER["a lower default of a parameter"])
    assert (guard.before, guard.after) == ("auc ≥ Least (0.7)", "auc ≥ Least (0.6)")


def test_an_alternative_makes_a_gate_ask_for_something_else():
    low = asks("GreaterThan", "auc", 0.7)
    either = {"Type": "Or", "Conditions": [low, asks("Equals", "reason", "forced")]}
    [guard] = guards(definition(gate(low)), definition(gate(either)))
    assert guard.told == "no longer asks for `auc > 0.7` at gate `Gate`"
    assert guard.after == "(auc > 0.7 or reason = forced)"


def registers(status: str) -> dict[str, Any]:
    step = {"Name": "Register", "Type": "RegisterModel"}
    return definition({**step, "Arguments": {"ModelApprovalStatus": status}})


def test_a_version_that_nobody_has_to_approve_is_told():
    [guard] = guards(registers("PendingManualApproval"), registers("Approved"))
    assert (guard.kind, guard.after) == ("approval", "Approved")


def test_the_other_way_round_is_no_weaker_guard():
    assert guards(registers("Approved"), registers("PendingManualApproval")) == []


def test_steps_that_come_and_go_and_change_are_told():
    before = definition(job("A", Count=1), job("B", Count=1))
    after = definition(job("A", Count=2), job("C", AppSpecification={"ImageUri": "i:2"}))
    steps = {one.name: one for one in change(before, after).steps}
    assert {name: one.change for name, one in steps.items()} == {
        "A": "changed",
        "B": "removed",
        "C": "added",
    }
    assert steps["A"].details == (("Count", "1", "2"),)
    assert steps["C"].details == (("AppSpecification.ImageUri", None, "i:2"),)


def test_an_edge_is_a_dependency_or_something_that_a_step_takes_from_another():
    taken = {"Get": "Steps.A.ProcessingOutputConfig.Outputs['x'].S3Output.S3Uri"}
    before = definition(job("A"), job("B"), job("C"))
    after = definition(job("A"), job("B", Input=taken), {**job("C"), "DependsOn": ["B"]})
    assert change(before, after).order == ("+ A → B", "+ B → C")


def test_what_stands_behind_a_gate_is_one_of_its_steps():
    before = definition(gate(inner=[job("Register")]))
    after = definition(gate(), job("Register"))
    assert change(before, after).order == ("- Gate (if) → Register",)


def test_a_default_that_changes_is_told():
    assert change(definition(Least=0.7), definition(Least=0.6)).parameters == (
        ("Least", "0.7", "0.6"),
    )


def filled(uri: str) -> dict[str, Any]:
    body = definition(job("A", Code="${CodeUri}"), job("B"))["PipelineDefinition"]
    text = body["PipelineDefinitionBody"]
    sub = {"Fn::Sub": [text, {"CodeUri": uri}]}
    return {"PipelineDefinition": {"PipelineDefinitionBody": sub}}


def test_the_steps_that_use_what_is_filled_in_are_named():
    assert change(filled("s3://b/1.gz"), filled("s3://b/2.gz")).filled == (("CodeUri", "", ("A",)),)


def test_a_definition_that_is_an_asset_is_read_from_there(tmp_path: Path):
    sides = []
    for number in (1, 2):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps({"Parameters": [], "Steps": [job("A", Count=number)]}))
        key = f"digest{number}.json"
        told = {"PipelineDefinitionS3Location": {"Bucket": "b", "Key": key}}
        asset = {f"digest{number}": Asset(f"digest{number}", "Definition", path)}
        made = template(P=(PIPELINE, {"PipelineDefinition": told}))
        sides.append(Stack("Stack", made, {"environment": PLACE}, asset))
    [found] = pipeline_changes([StackPair("Stack", *sides)])
    assert found.steps[0].details == (("Count", "1", "2"),)


def machine(**states: Any) -> dict[str, Any]:
    text = json.dumps({"StartAt": "A", "States": states})
    join = {"Fn::Join": ["", [text[:9], text[9:]]]}
    return template(M=("AWS::StepFunctions::StateMachine", {"DefinitionString": join}))


def test_states_of_a_machine_are_compared_too():
    before = machine(A={"Type": "Wait", "Seconds": 5, "Next": "B"}, B={"Type": "Succeed"})
    after = machine(A={"Type": "Wait", "Seconds": 9, "Next": "C"}, C={"Type": "Fail"})
    [found] = pipeline_changes([pair(before, after)])
    assert {one.name: one.change for one in found.steps} == {
        "A": "changed",
        "B": "removed",
        "C": "added",
    }


@pytest.mark.parametrize("body", ["not JSON", '{"Steps"', {"Ref": "Parameter"}, 5])
def test_a_definition_that_can_not_be_read_is_no_change_here(body: Any):
    told = {"PipelineDefinition": {"PipelineDefinitionBody": body}}
    assert list(pipeline_changes(both(told, told))) == []
