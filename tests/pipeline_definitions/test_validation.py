"""Each kind of mistake in a definition is found without AWS, and said in one sentence."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline_definitions.definition import load_definition
from pipeline_definitions.flight_delay import MODEL
from pipeline_definitions.validation import definition_problems

SOUND: dict[str, Any] = json.loads(load_definition(MODEL).body)

Steps = dict[str, dict[str, Any]]
Spoil = Callable[[dict[str, Any], Steps], object]


def arguments(steps: Steps, name: str) -> dict[str, Any]:
    found: dict[str, Any] = steps[name]["Arguments"]
    return found


def problems_after(spoil: Spoil) -> list[str]:
    """What is found after one mistake has been made in a sound definition."""
    definition = copy.deepcopy(SOUND)
    steps = {step["Name"]: step for step in definition["Steps"]}
    branches = steps["Gate"]["Arguments"]
    steps |= {step["Name"]: step for b in ("IfSteps", "ElseSteps") for step in branches[b]}
    spoil(definition, steps)
    return definition_problems(definition)


def check_step(kind: str, check: str) -> dict[str, Any]:
    """A check step like those of the SDK, on the arguments of Baseline."""
    baseline = next(step for step in SOUND["Steps"] if step["Name"] == "Baseline")
    job = copy.deepcopy(baseline["Arguments"])
    return {"Name": "Check", "Type": kind, "CheckType": check, "Arguments": job}


MISTAKES: dict[str, tuple[Spoil, str]] = {
    "an empty ResourceConfig": (
        lambda d, s: arguments(s, "Train").update(ResourceConfig={}),
        "step 'Train': Arguments.ResourceConfig is empty; leave it out, or give it some of",
    ),
    "a ResourceConfig without instances": (
        lambda d, s: arguments(s, "Train")["ResourceConfig"].pop("InstanceType"),
        "step 'Train': Arguments.ResourceConfig names no instances; it needs InstanceType and",
    ),
    "a Join where an integer belongs": (
        lambda d, s: arguments(s, "Train")["ResourceConfig"].update(
            VolumeSizeInGB={"Std:Join": {"On": "", "Values": ["3", "0"]}}
        ),
        "step 'Train': Arguments.ResourceConfig.VolumeSizeInGB takes an integer, got a Std:Join",
    ),
    "a placeholder where an integer belongs": (
        lambda d, s: arguments(s, "Train")["StoppingCondition"].update(
            MaxRuntimeInSeconds="${Seconds}"
        ),
        "Arguments.StoppingCondition.MaxRuntimeInSeconds takes an integer, got '${Seconds}'",
    ),
    "a text parameter where an integer belongs": (
        lambda d, s: arguments(s, "Train")["ResourceConfig"].update(
            InstanceCount={"Get": "Parameters.Reason"}
        ),
        "InstanceCount takes an integer, got Reason, which is a String parameter",
    ),
    "a truth where an integer belongs": (
        lambda d, s: arguments(s, "Train")["ResourceConfig"].update(InstanceCount=True),
        "step 'Train': Arguments.ResourceConfig.InstanceCount takes an integer, got True",
    ),
    "a variable where a structure belongs": (
        lambda d, s: arguments(s, "Train").update(StoppingCondition={"Get": "Parameters.Reason"}),
        "step 'Train': Arguments.StoppingCondition takes a structure, got the variable",
    ),
    "a member the API does not know": (
        lambda d, s: arguments(s, "Evaluate").update(Image="x"),
        "step 'Evaluate': Arguments has no member Image; CreateProcessingJob knows",
    ),
    "a member the API requires": (
        lambda d, s: arguments(s, "Preprocess").pop("RoleArn"),
        "step 'Preprocess': Arguments lacks RoleArn, which CreateProcessingJob requires",
    ),
    "a word that is none of the API's": (
        lambda d, s: arguments(s, "Register").update(ModelApprovalStatus="Maybe"),
        "step 'Register': Arguments.ModelApprovalStatus takes one of Approved, Rejected, Pending",
    ),
    "a default that is none of the API's": (
        lambda d, s: d["Parameters"][-1].update(DefaultValue="ml.m5.tiny"),
        "InstanceType (the default of TrainingInstanceType) takes one of",
    ),
    "characters that the registry refuses": (
        lambda d, s: arguments(s, "Register")["CustomerMetadataProperties"].update(Why='{"a": 1}'),
        "step 'Register': Arguments.CustomerMetadataProperties.Why takes text that matches",
    ),
    "a text that is too long": (
        lambda d, s: arguments(s, "Register")["CustomerMetadataProperties"].update(Why="x" * 257),
        "Arguments.CustomerMetadataProperties.Why takes 1 to 256 characters, got 257",
    ),
    "a number out of range": (
        lambda d, s: arguments(s, "Train")["StoppingCondition"].update(MaxRuntimeInSeconds=0),
        "Arguments.StoppingCondition.MaxRuntimeInSeconds takes at least 1, got 0",
    ),
    "a list where text belongs": (
        lambda d, s: arguments(s, "Train").update(RoleArn=["a"]),
        "step 'Train': Arguments.RoleArn takes text, got ['a']",
    ),
    "more entries than the API takes": (
        lambda d, s: arguments(s, "Train").update(
            InputDataConfig=arguments(s, "Train")["InputDataConfig"] * 11
        ),
        "step 'Train': Arguments.InputDataConfig takes 1 to 20 entries, got 22",
    ),
    "a property file on an unknown output": (
        lambda d, s: s["Evaluate"]["PropertyFiles"][0].update(OutputName="report"),
        "property file 'Evaluation' is on output 'report'; the step has evaluation",
    ),
    "an unknown property file": (
        lambda d, s: s["Evaluate"].pop("PropertyFiles"),
        "Steps.Evaluate.PropertyFiles.Evaluation: step 'Evaluate' has no such property file",
    ),
    "an unknown output of a step": (
        lambda d, s: arguments(s, "Preprocess")["ProcessingOutputConfig"]["Outputs"].pop(0),
        "step 'Preprocess' has no output 'train'",
    ),
    "a step that is not there": (
        lambda d, s: d["Steps"].pop(1),
        "Steps.Train.ModelArtifacts.S3ModelArtifacts: no other step is called 'Train'; there are",
    ),
    "a step of which nothing is named": (
        lambda d, s: arguments(s, "Train").update(RoleArn={"Get": "Steps.Preprocess"}),
        "step 'Train': Steps.Preprocess names a step, but nothing of it",
    ),
    "a dependency on a step that is not there": (
        lambda d, s: s["Baseline"].update(DependsOn=["Judge"]),
        "step 'Baseline': DependsOn names 'Judge', which is no other step",
    ),
    "a dependency on itself": (
        lambda d, s: s["Baseline"].update(DependsOn=["Baseline"]),
        "step 'Baseline': DependsOn names 'Baseline', which is no other step",
    ),
    "an undeclared parameter": (
        lambda d, s: d["Parameters"].pop(0),
        "step 'Preprocess': Parameters.InputDataUri: no such parameter; there are DataVersion",
    ),
    "an unknown execution variable": (
        lambda d, s: arguments(s, "Train").update(RoleArn={"Get": "Execution.Name"}),
        "step 'Train': Execution.Name: no such variable; there are CurrentDateTime",
    ),
    "a reference of no kind": (
        lambda d, s: arguments(s, "Train").update(RoleArn={"Get": "Outputs.Role"}),
        "step 'Train': Outputs.Role: expected Parameters., Execution. or Steps.",
    ),
    "a JsonGet without a path": (
        lambda d, s: arguments(s, "Gate")["Conditions"][0]["LeftValue"]["Std:JsonGet"].pop("Path"),
        "step 'Gate': Std:JsonGet has no Path",
    ),
    "two steps of one name": (
        lambda d, s: s["Register"].update(Name="Train"),
        "2 steps are called 'Train'; their names must differ",
    ),
    "two parameters of one name": (
        lambda d, s: d["Parameters"].append(d["Parameters"][0]),
        "2 parameters are called 'InputDataUri'; their names must differ",
    ),
    "a parameter of unknown type": (
        lambda d, s: d["Parameters"][0].update(Type="Number"),
        "parameter 'InputDataUri': Type is 'Number', expected one of String, Integer, Float",
    ),
    "a default of another type": (
        lambda d, s: d["Parameters"][5].update(DefaultValue="0.9"),
        "parameter 'MinimumAuc': DefaultValue is '0.9', expected a Float",
    ),
    "a parameter with an underscore": (
        lambda d, s: d["Parameters"].append({"Name": "a_b", "Type": "String"}),
        "parameter 'a_b': a name is letters, digits and inner hyphens",
    ),
    "a step with a space in its name": (
        lambda d, s: s["Fail"].update(Name="Fail it"),
        "step 'Fail it': a name is 1 to 64 letters, digits and inner hyphens",
    ),
    "a type of step that does not exist": (
        lambda d, s: s["Baseline"].update(Type="Process"),
        "step 'Baseline': Type is 'Process', expected one of",
    ),
    "a CheckType of another kind of check": (
        lambda d, s: d["Steps"].append(check_step("QualityCheck", "DATA_BIAS")),
        "step 'Check': CheckType is 'DATA_BIAS', expected one of DATA_QUALITY, MODEL_QUALITY",
    ),
    "a condition of unknown type": (
        lambda d, s: arguments(s, "Gate")["Conditions"][0].update(Type="AtLeast"),
        "step 'Gate': Arguments.Conditions[0].Type is 'AtLeast', expected one of Equals",
    ),
    "a nested condition of unknown type": (
        lambda d, s: arguments(s, "Gate").update(
            Conditions=[{"Type": "Not", "Condition": {"Type": "Never"}}]
        ),
        "step 'Gate': Arguments.Conditions[0].Not.Type is 'Never', expected one of Equals",
    ),
    "a condition without its operand": (
        lambda d, s: arguments(s, "Gate")["Conditions"][1].pop("RightValue"),
        "step 'Gate': Arguments.Conditions[1] lacks RightValue, which GreaterThanOrEqualTo",
    ),
    "no conditions": (
        lambda d, s: arguments(s, "Gate").update(Conditions=[]),
        "step 'Gate': Arguments.Conditions is empty; without one the step decides nothing",
    ),
    "no branches": (
        lambda d, s: arguments(s, "Gate").update(IfSteps=[], ElseSteps=[]),
        "step 'Gate': Arguments has neither IfSteps nor ElseSteps; one of the branches needs",
    ),
    "a failure without a message": (
        lambda d, s: arguments(s, "Fail").pop("ErrorMessage"),
        "step 'Fail': Arguments.ErrorMessage is empty; say why the pipeline fails",
    ),
    "no steps": (
        lambda d, s: d.update(Steps=[]),
        "Steps is empty; a pipeline has at least one step",
    ),
    "another version": (
        lambda d, s: d.update(Version="2021-01-01"),
        "Version is '2021-01-01', expected '2020-12-01'",
    ),
}


@pytest.mark.parametrize(("spoil", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_found(spoil: Spoil, sentence: str):
    found = problems_after(spoil)
    assert [problem for problem in found if sentence in problem], found


def test_a_sound_definition_has_no_problems():
    assert problems_after(lambda d, s: None) == []


@pytest.mark.parametrize(
    ("kind", "check"), [("QualityCheck", "MODEL_QUALITY"), ("ClarifyCheck", "DATA_BIAS")]
)
def test_check_steps_are_understood(kind: str, check: str):
    assert problems_after(lambda d, s: d["Steps"].append(check_step(kind, check))) == []


def test_several_mistakes_are_found_at_once():
    def spoil(definition: dict[str, Any], steps: Steps) -> None:
        for name in ("an empty ResourceConfig", "another version", "no conditions"):
            MISTAKES[name][0](definition, steps)

    found = problems_after(spoil)
    assert {problem.partition(":")[0] for problem in found} == {
        "Version is '2021-01-01', expected '2020-12-01'",
        "step 'Train'",
        "step 'Gate'",
    }


@pytest.mark.parametrize(
    "value",
    [
        {"Get": "Steps.Train.TrainingJobName"},
        {"Get": "Execution.PipelineExecutionId"},
        {"Std:Join": {"On": "/", "Values": ["a", {"Get": "Parameters.Reason"}]}},
        "${RoleArn}",
    ],
)
def test_variables_and_placeholders_stand_for_any_text(value: object):
    assert problems_after(lambda d, s: arguments(s, "Baseline").update(RoleArn=value)) == []
