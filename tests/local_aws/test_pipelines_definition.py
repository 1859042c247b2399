"""What CreatePipeline accepts as a definition."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.pipelines.check import check, needs
from local_aws.pipelines.definition import Definition, read
from tests.local_aws.definitions import condition, definition, fail, processing

BY_THE_SDK = Path(__file__).parents[2] / "pipeline_definitions/flight_delay/definition.json"


def judged(text: str) -> Definition:
    found = read(text)
    check(found)
    return found


def problem(text: str) -> str:
    with pytest.raises(ValidationException) as refused:
        judged(text)
    start = "Unable to parse pipeline definition. "
    assert refused.value.message.startswith(start)
    return refused.value.message.removeprefix(start)


def test_what_the_sdk_writes_is_accepted() -> None:
    text = re.sub(r"\$\{[^}]+\}", "placeholder", BY_THE_SDK.read_text())

    found = judged(text)

    assert set(found.steps) == {
        "Preprocess", "Train", "Evaluate", "Baseline", "Gate", "Register", "Fail",
    }  # fmt: skip


def test_a_step_waits_for_what_it_names_reads_and_stands_in() -> None:
    found = judged(
        definition(
            fail("First"),
            processing("Second", "true", outputs={"out": "s3://b/out"}),
            condition(
                "Gate",
                {"Type": "Equals", "LeftValue": {"Get": "Steps.Second.ExitMessage"},
                 "RightValue": "x"},
                then=[fail("Inner", {"Get": "Steps.Third.ExitMessage"})],
                DependsOn=["First"],
            ),
            processing("Third", "true"),
        )
    )  # fmt: skip

    assert needs(found.steps["Gate"]) == {"First", "Second"}
    assert needs(found.steps["Inner"]) == {"Gate", "Third"}
    assert needs(found.steps["Third"]) == set()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{", "It is not JSON", id="no-json"),
        pytest.param("[]", "The definition must be an object, got list.", id="list"),
        pytest.param('{"Version": "2020-12-01"}', "The definition has no Steps.", id="no-steps"),
        pytest.param(
            '{"Version": "2021", "Steps": []}',
            "Version must be '2020-12-01', got '2021'.",
            id="version",
        ),
        pytest.param(
            '{"Version": "2020-12-01", "Steps": [], "Stages": []}',
            "Unknown member 'Stages' of The definition; allowed: Version, Steps,",
            id="unknown-member",
        ),
    ],
)
def test_a_text_that_is_no_definition_is_refused(text: str, said: str) -> None:
    assert problem(text).startswith(said)


def getting(path: str) -> Mapping[str, Any]:
    return fail("Fail", {"Get": path})


FILE = {"PropertyFileName": "File", "OutputName": "none", "FilePath": "a.json"}


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        pytest.param(
            [{**fail(), "Type": "Sleep"}],
            "Step Fail is of unknown type 'Sleep'; allowed: Processing,",
            id="type",
        ),
        pytest.param([fail("a b")], "Step names match", id="name"),
        pytest.param(
            [fail(), fail()], "Each step needs a name of its own, got Fail twice.", id="twice"
        ),
        pytest.param(
            [fail(), condition(then=[fail()])],
            "Each step needs a name of its own, got Fail twice.",
            id="twice-in-a-branch",
        ),
        pytest.param(
            [fail(DependsOn=["Other"])],
            "Step Fail depends on 'Other', which is no step.",
            id="depends-on",
        ),
        pytest.param(
            [getting("Parameters.Nope")],
            "Step Fail reads 'Parameters.Nope', but there is no parameter Nope.",
            id="parameter",
        ),
        pytest.param(
            [getting("Steps.Nope.ExitMessage")],
            "Step Fail reads 'Steps.Nope.ExitMessage', but there is no step Nope.",
            id="step",
        ),
        pytest.param(
            [getting("Execution.Nope")],
            "Step Fail reads 'Execution.Nope', but an execution has only PipelineName,",
            id="execution",
        ),
        pytest.param(
            [getting("Nope")],
            "Step Fail reads 'Nope', but that is no path",
            id="path",
        ),
        pytest.param(
            [fail("A", DependsOn=["B"]), fail("B", DependsOn=["A"]), fail("C")],
            "Steps A, B wait for each other.",
            id="cycle",
        ),
        pytest.param(
            [fail("A", {"Get": "Steps.A.ExitMessage"})],
            "Steps A wait for each other.",
            id="itself",
        ),
        pytest.param(
            [condition("Gate", {"Type": "Like", "LeftValue": 1, "RightValue": 1})],
            "Step Gate has a condition of type 'Like'; allowed: Equals,",
            id="operator",
        ),
        pytest.param(
            [condition("Gate", {"Type": "Equals", "LeftValue": 1})],
            "Step Gate has a Equals condition without RightValue.",
            id="side",
        ),
        pytest.param(
            [processing("P", "true", PropertyFiles=[FILE]), getting("Steps.P.PropertyFiles.File")],
            "Step Fail reads 'Steps.P.PropertyFiles.File', but P has no output 'none'.",
            id="property-file-output",
        ),
        pytest.param(
            [processing("P", "true"), getting("Steps.P.PropertyFiles.File")],
            "Step Fail reads 'Steps.P.PropertyFiles.File', but P has no such property file.",
            id="property-file",
        ),
        pytest.param(
            [fail("Fail", {"Std:Join": {"On": "/"}})],
            "Step Fail has a function call that cannot be read:",
            id="join",
        ),
    ],
)
def test_a_definition_that_could_not_run_is_refused(
    steps: list[Mapping[str, Any]], said: str
) -> None:
    assert problem(definition(*steps)).startswith(said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        # https://github.com/aws/sagemaker-python-sdk/issues/4994
        pytest.param({"Nope": 1}, "Unknown Argument member 'Nope'", id="unknown-member"),
        pytest.param(
            {"ProcessingJobName": "mine"}, "Unknown Argument member 'ProcessingJobName'", id="name"
        ),
        # https://github.com/aws/sagemaker-python-sdk/issues/2345
        pytest.param({"Tags": "x"}, "Expecting start of Json Array", id="no-list"),
        # https://github.com/aws/sagemaker-python-sdk/issues/3908
        pytest.param({"NetworkConfig": "x"}, "Expecting start of Json Object", id="no-object"),
        pytest.param({"Environment": []}, "Expecting start of Json Object", id="no-map"),
    ],
)
def test_arguments_that_the_operation_does_not_have_are_refused_in_awss_words(
    arguments: Mapping[str, Any], said: str
) -> None:
    assert problem(definition(processing("P", "true", arguments=arguments))).startswith(said)


def test_all_problems_are_named_at_once() -> None:
    said = problem(definition(fail("A", DependsOn=["X"]), fail("B", {"Get": "Parameters.Y"})))

    assert "Step A depends on 'X', which is no step." in said
    assert "Step B reads 'Parameters.Y', but there is no parameter Y." in said


def test_a_step_type_that_only_aws_runs_is_refused_as_a_limit() -> None:
    with pytest.raises(NotImplementedHere) as refused:
        judged(definition({**fail("Tune"), "Type": "Tuning"}))

    assert refused.value.message == (
        "Step Tune is of type Tuning, which is not implemented by the local AWS; it runs"
        " Processing, Training, Transform, Model, RegisterModel, Condition, Fail."
    )


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        (
            {"Type": "Date"},
            "Parameter P must be of type String, Integer, Float, Boolean, got 'Date'.",
        ),
        (
            {"Type": "Integer", "DefaultValue": 0.5},
            "Parameter P is of type Integer, which 0.5 is not.",
        ),
        (
            {"Type": "Integer", "DefaultValue": True},
            "Parameter P is of type Integer, which True is not.",
        ),
        ({"EnumValues": [1]}, "Parameter P is of type String, which 1 is not."),
    ],
)
def test_a_parameter_that_no_value_fits_is_refused(parameter: dict[str, Any], said: str) -> None:
    text = json.loads(definition(fail(), parameters=[{"Name": "P", **parameter}]))
    assert problem(json.dumps(text)) == said
