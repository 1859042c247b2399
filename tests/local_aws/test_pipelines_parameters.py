"""Values of an execution's parameters."""

import pytest

from local_aws.core.errors import ValidationException
from local_aws.pipelines.definition import read
from local_aws.pipelines.parameters import typed
from tests.local_aws.definitions import definition, fail

DEFINITION = read(
    definition(
        fail(),
        parameters=[
            {"Name": "Reason", "Type": "String", "DefaultValue": "a person"},
            {"Name": "Rounds", "Type": "Integer", "DefaultValue": 3},
            {"Name": "Minimum", "Type": "Float", "DefaultValue": 0.5},
            {"Name": "Dry", "Type": "Boolean", "DefaultValue": False},
            {"Name": "Size", "EnumValues": ["small", "large"], "DefaultValue": "small"},
            {"Name": "Input"},
        ],
    )
)
DEFAULTS = {"Reason": "a person", "Rounds": 3, "Minimum": 0.5, "Dry": False, "Size": "small"}


def test_defaults_stand_for_what_is_not_given() -> None:
    assert typed(DEFINITION, {"Input": "s3://b"}) == {**DEFAULTS, "Input": "s3://b"}


def test_texts_become_values_of_the_parameters_types() -> None:
    given = {
        "Rounds": "7",
        "Minimum": "1",
        "Dry": "True",
        "Reason": "7",
        "Input": "",
        "Size": "large",
    }

    values = typed(DEFINITION, given)

    assert values == {
        "Reason": "7", "Rounds": 7, "Minimum": 1.0, "Dry": True, "Size": "large", "Input": "",
    }  # fmt: skip
    assert isinstance(values["Minimum"], float)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(ValidationException) as refused:
        typed(DEFINITION, {"Nope": "1", "Rounds": "many", "Dry": "0", "Size": "huge"})

    assert refused.value.message == (
        "Invalid pipeline parameters. Unknown parameter 'Nope'."
        " Parameter 'Rounds' is of type Integer, got 'many'."
        " Parameter 'Dry' is of type Boolean, got '0'."
        " Parameter 'Size' must be one of small, large, got 'huge'."
        " Parameter 'Input' has no default and needs a value."
    )
