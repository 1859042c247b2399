"""The slot is made if it is absent, and never written by CloudFormation again."""

import json
from typing import Any

import pytest
from aws_cdk import Tags

from mlops_constructs.foundation import ModelSlot
from tests.constructs_library.someones_app import actions, new_stack, statements, synthesized, the

NAME = "/mine/churn/slot"


def slot_template(**stack: Any) -> dict[str, Any]:
    made = new_stack(**stack)
    ModelSlot(made, "Slot", slot_name=NAME)
    return synthesized(made)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return slot_template()


def slot_of(template: dict[str, Any]) -> dict[str, Any]:
    return the(template, "Custom::ModelSlot")["Properties"]


def text(value: Any) -> str:
    """The literal parts of a joined string."""
    return (
        value if isinstance(value, str) else "".join(p for p in value["Fn::Join"][1] if p is str(p))
    )


def test_it_is_created_empty_unless_it_is_there(template: dict[str, Any]):
    call = json.loads(text(slot_of(template)["Create"]))
    assert (call["service"], call["action"]) == ("SSM", "putParameter")
    assert call["parameters"]["Name"] == NAME
    assert (call["parameters"]["Type"], call["parameters"]["Value"]) == ("StringList", "NONE,NONE")
    assert call["ignoreErrorCodesMatching"] == "ParameterAlreadyExists"
    assert "Overwrite" not in call["parameters"]


def test_neither_an_update_nor_a_destroy_calls_anything(template: dict[str, Any]):
    assert not {"Update", "Delete"} & slot_of(template).keys()


def test_no_template_owns_the_parameter(template: dict[str, Any]):
    assert not [r for r in template["Resources"].values() if r["Type"] == "AWS::SSM::Parameter"]


def test_a_tag_or_a_description_changes_nothing_about_it():
    stack = new_stack(description="told anew", tags={"cost-center": "7"})
    ModelSlot(stack, "Slot", slot_name=NAME)
    Tags.of(stack).add("team", "churn")
    assert slot_of(synthesized(stack)) == slot_of(slot_template())


def test_its_function_may_put_that_parameter_and_nothing_else(template: dict[str, Any]):
    [statement] = statements(template)
    assert actions(statement) == ["ssm:PutParameter"]
    assert text(statement["Resource"]).endswith("parameter/mine/churn/slot")


def test_many_slots_share_one_function():
    stack = new_stack()
    for name in ("churn", "fraud"):
        ModelSlot(stack, name, slot_name=f"/mine/{name}/slot")
    the(synthesized(stack), "AWS::Lambda::Function")


def test_a_name_that_does_not_begin_at_the_root_is_refused():
    with pytest.raises(ValueError, match="slot_name must begin with a slash, got 'churn/slot'"):
        ModelSlot(new_stack(), "Slot", slot_name="churn/slot")
