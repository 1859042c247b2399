"""All machines as documents: what the Amazon States Language and its limits ask of them."""

import json
import re
from collections import deque
from typing import Any

import pytest
from jsonata.jsonata import Jsonata

from mlops_constructs.monitoring import DataQuality
from mlops_constructs.monitoring.explained_states import explained_definition
from mlops_constructs.monitoring.report_states import report_definition
from mlops_constructs.promotion.definition import definition as promotion
from mlops_constructs.retraining.definition import definition as retraining
from mlops_constructs.state_machines.states import ON_FAILURE
from tests.state_machines.anatomy import assigned, expressions, operation, targets, tasks
from tests.state_machines.machine import variables_read

MACHINES: dict[str, dict[str, Any]] = {
    "promotion": promotion(),
    "retraining": retraining(),
    "report": report_definition(endpoint_name="dev-churn", settings=DataQuality()),
    "explained": explained_definition(endpoint_name="dev-churn"),
}


@pytest.fixture(params=MACHINES)
def definition(request: pytest.FixtureRequest) -> dict[str, Any]:
    return MACHINES[request.param]


def test_every_state_is_reached_and_every_way_leads_somewhere(definition: dict[str, Any]):
    reached: set[str] = set()
    ahead = deque([definition["StartAt"]])
    while ahead:
        name = ahead.popleft()
        if name not in reached:
            reached.add(name)
            ahead.extend(targets(definition["States"][name]))
    assert reached == definition["States"].keys()


def test_every_task_is_tried_again(definition: dict[str, Any]):
    for name, task in tasks(definition).items():
        assert task["Retry"][-1]["MaxAttempts"] > 0, name


def test_every_task_has_a_way_out_that_catches_all(definition: dict[str, Any]):
    for name, state in definition["States"].items():
        if state["Type"] in ("Task", "Map"):
            *expected, last = state["Catch"]
            assert last["ErrorEquals"] == ["States.ALL"], name
            assert all("States.ALL" not in catcher["ErrorEquals"] for catcher in expected), name


def test_every_way_to_give_up_says_why(definition: dict[str, Any]):
    for name, state in definition["States"].items():
        for branch in [*state.get("Catch", []), *state.get("Choices", [])]:
            if branch["Next"] == ON_FAILURE:
                assert "failure" in branch.get("Assign", {}), name


def test_every_task_calls_an_operation_that_exists_with_its_required_members(
    definition: dict[str, Any],
):
    for name, task in tasks(definition).items():
        service, action = task["Resource"].split(":")[-2:]
        shape = operation(service, action).input_shape
        assert shape is not None, name
        members = {member[0].upper() + member[1:] for member in shape.members}
        required = {member[0].upper() + member[1:] for member in shape.required_members}
        assert required <= task["Arguments"].keys() <= members, name


def test_no_result_flows_on_so_that_no_payload_nears_its_limit(definition: dict[str, Any]):
    states = definition["States"]
    assert all(states[name]["Output"] == {} for name in tasks(definition) if name in states)


def test_every_expression_can_be_parsed(definition: dict[str, Any]):
    for expression in expressions(definition):
        Jsonata.jsonata(expression[2:-2].strip())


def test_no_expression_uses_operators_newer_than_jsonata_2_0_6(definition: dict[str, Any]):
    for expression in expressions(definition):
        assert not re.search(r"\?\?|\?:", expression), expression


def test_no_variable_hides_a_function(definition: dict[str, Any]):
    """In JSONata `$round` is a function until a variable of that name is bound."""
    functions = Jsonata.static_frame.bindings
    names = {name for assign in assigned(definition) for name in assign}
    assert "sum" in functions
    assert not names & functions.keys()


def test_no_assignment_reads_what_another_of_the_same_state_writes(definition: dict[str, Any]):
    """AWS reads all of them before it writes any; an emulator may not."""
    for assign in assigned(definition):
        for name in assign:
            others = json.dumps({key: value for key, value in assign.items() if key != name})
            assert not re.search(rf"\${name}\b", others), (name, others)


def test_every_variable_that_is_read_is_written(definition: dict[str, Any]):
    names = {name for assign in assigned(definition) for name in assign}
    for expression in expressions(definition):
        assert variables_read(expression) <= names | {"states"}, expression


def test_names_of_states_fit_in_80_characters(definition: dict[str, Any]):
    assert max(map(len, definition["States"])) <= 80
