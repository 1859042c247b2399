"""Inputs are judged by AWS's models, in AWS's words."""

from typing import Any

import pytest

from local_aws.core import api, services
from local_aws.core.coercion import coerce
from local_aws.core.errors import (
    ApiError,
    NotImplementedHere,
    UnknownOperationException,
    ValidationException,
)
from local_aws.core.operations import dispatch, operation
from local_aws.core.patterns import matches
from local_aws.core.validation import validate

SERVICES = ("sagemaker", "sagemaker-runtime", "application-autoscaling")


def refusal(action: str, **given: Any) -> ApiError:
    with pytest.raises(ApiError) as refused:
        validate(given, api.input_shape("sagemaker", action))
    return refused.value


def test_a_missing_member_is_named_as_aws_names_it() -> None:
    assert refusal("CreateModel").message == (
        "1 validation error detected: Value null at 'modelName' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_a_name_with_an_underscore_breaks_the_pattern() -> None:
    error = refusal("CreateModel", ModelName="a_b")
    assert isinstance(error, ValidationException)
    assert error.message.startswith(
        "1 validation error detected: Value 'a_b' at 'modelName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9]"
    )


def test_all_problems_are_told_at_once_with_their_place_in_lists() -> None:
    variants = [{"VariantName": "a_b", "InitialVariantWeight": -1.0, "InstanceType": "huge"}]
    error = refusal("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=variants)
    assert error.message.startswith("3 validation errors detected: ")
    for member, constraint in {
        "variantName": "Member must satisfy regular expression pattern: ",
        "initialVariantWeight": "Member must have value greater than or equal to 0",
        "instanceType": "Member must satisfy enum value set: [",
    }.items():
        place = f"at 'productionVariants.1.member.{member}'"
        assert f"{place} failed to satisfy constraint: {constraint}" in error.message


def test_too_many_items_are_counted() -> None:
    tags = [{"Key": str(number), "Value": ""} for number in range(51)]
    assert "Member must have length less than or equal to 50" in (
        refusal("CreateModel", ModelName="m", Tags=tags).message
    )


def test_the_values_of_a_map_are_judged_too() -> None:
    error = refusal("CreateModelPackage", CustomerMetadataProperties={"a": "x" * 257})
    assert "'customerMetadataProperties.a.member' failed" in error.message


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"ModelName": 7}, "modelName must be of type string, got int"),
        ({"ModelName": "m", "Tags": {}}, "tags must be of type list, got dict"),
        (
            {"ModelName": "m", "EnableNetworkIsolation": "yes"},
            "enableNetworkIsolation must be of type boolean, got str",
        ),
        ({"ModelName": "m", "Colour": "red"}, "CreateModelInput has no member Colour"),
    ],
)
def test_a_value_of_the_wrong_kind_cannot_be_read(given: dict[str, Any], told: str) -> None:
    error = refusal("CreateModel", **given)
    assert (error.code, error.message) == ("SerializationException", told)


def test_a_boolean_is_no_number() -> None:
    assert "must be of type integer, got bool" in refusal("ListModels", MaxResults=True).message


@pytest.mark.parametrize("service", SERVICES)
def test_every_pattern_of_the_models_is_understood(service: str) -> None:
    model = api.service_model(service)
    for name in model.shape_names:
        if pattern := model.shape_for(name).metadata.get("pattern"):
            matches(pattern, "")


def test_java_patterns_mean_what_they_mean_in_java() -> None:
    assert matches(r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}", "Größe der Daten")
    assert not matches(r"[\p{L}]*", "a1")
    assert matches(r"\A\S[\p{Print}]*\z", "a b")


def test_an_operation_that_aws_does_not_have_is_unknown() -> None:
    with pytest.raises(UnknownOperationException, match="sagemaker has no operation MakeCoffee"):
        dispatch("sagemaker", "MakeCoffee", {})


def test_an_operation_that_is_not_implemented_says_so() -> None:
    services.load()
    with pytest.raises(NotImplementedHere, match="CreateDomain is not implemented by the local"):
        dispatch("sagemaker", "CreateDomain", {})


def test_a_handler_of_no_operation_and_a_second_handler_are_mistakes() -> None:
    services.load()
    with pytest.raises(ValueError, match="sagemaker has no operation 'MakeCoffee'"):
        operation("sagemaker", "MakeCoffee")
    with pytest.raises(ValueError, match="sagemaker:AddTags has two handlers; keep one"):
        operation("sagemaker", "AddTags")(lambda request: {})


def test_template_values_come_in_the_types_of_the_api() -> None:
    shape = api.input_shape("sagemaker", "CreateEndpointConfig")
    template = {
        "EndpointConfigName": 7,
        "DataCaptureConfig": {"EnableCapture": "true", "InitialSamplingPercentage": "100"},
        "ProductionVariants": [{"InitialInstanceCount": "2", "InitialVariantWeight": "x"}],
    }
    assert coerce(template, shape) == {
        "EndpointConfigName": "7",
        "DataCaptureConfig": {"EnableCapture": True, "InitialSamplingPercentage": 100},
        "ProductionVariants": [{"InitialInstanceCount": 2, "InitialVariantWeight": "x"}],
    }
