"""The container that a pipeline registers its versions with."""

import json
from typing import Any

import pytest
from aws_cdk import Stack

from mlops_constructs.problems import InvalidProps
from mlops_constructs.training import RegisteredContainer
from pipeline_definitions.definition import load_definition
from pipeline_definitions.flight_delay import MODEL
from tests.constructs_library.someones_app import new_stack

URI = "${XgboostAccount}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/sagemaker-xgboost:3.2-0"
ACCOUNTS = {"XgboostAccount": "683313688378"}


def registering(*containers: dict[str, Any]) -> str:
    said = {"InferenceSpecification": {"Containers": containers}}
    step = {"Type": "RegisterModel", "Arguments": said}
    return json.dumps({"Steps": [{"Type": "Condition", "Arguments": {"IfSteps": [step]}}]})


def resolved(text: str) -> Any:
    stack: Stack = new_stack()
    return stack.resolve(text)


def refused(*containers: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidProps) as refusal:
        RegisteredContainer.of("churn", registering(*containers), ACCOUNTS)
    return list(refusal.value.problems)


def test_it_is_found_in_the_definition_of_a_model_of_the_app():
    body = load_definition(MODEL).body
    found = RegisteredContainer.of("flight-delay", body, ACCOUNTS)
    assert resolved(found.image) == {"Fn::Sub": [URI, ACCOUNTS]}
    assert found.environment["SAGEMAKER_PROGRAM"] == "inference.py"
    assert resolved(found.environment["SAGEMAKER_REGION"]) == {"Fn::Sub": "${AWS::Region}"}


def test_an_image_of_ones_own_stays_as_it_is():
    found = RegisteredContainer.of("churn", registering({"Image": "mine:1"}), {})
    assert (found.image, found.environment) == ("mine:1", {})


@pytest.mark.parametrize("count", [0, 2])
def test_none_and_several_are_refused(count: int):
    [said] = refused(*[{"Image": "mine:1"}] * count)
    assert said == (
        "model 'churn' can't be served by MultiModel: all its archives run in one container, and "
        f"its pipeline registers {count}; serve it by RealTime"
    )


def test_what_only_a_run_knows_is_refused():
    step = {"Get": "Steps.Build.Image"}
    [said] = refused({"Image": step, "Environment": {"MODE": step, "PLAIN": "1"}})
    assert said == (
        "model 'churn' can't be served by MultiModel: Image, MODE of the container that its "
        "pipeline registers is known in a run only; write it into pipeline.py"
    )
