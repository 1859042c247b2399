"""The machine as a document: what the Amazon States Language and its limits ask of it."""

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import get_session
from jsonata.jsonata import Jsonata

from mlops_constructs.promotion.observe import STUCK_STACK
from mlops_constructs.state_machines.served import STUCK_ENDPOINT
from mlops_constructs.state_machines.states import ON_FAILURE
from tests.promotion.names import operation
from tests.promotion.promote import DEFINITION, released, start
from tests.state_machines.machine import variables_read

STATES: dict[str, dict[str, Any]] = DEFINITION["States"]
MAPPED = {
    name: step
    for state in STATES.values()
    if state["Type"] == "Map"
    for name, step in state["ItemProcessor"]["States"].items()
}
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"} | MAPPED


def targets(state: dict[str, Any]) -> Iterator[str]:
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for branch in [*state.get("Catch", []), *state.get("Choices", [])]:
        yield branch["Next"]


def expressions(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for value in part.values():
            yield from expressions(value)
    elif isinstance(part, list):
        for value in part:
            yield from expressions(value)
    elif isinstance(part, str) and part.startswith("{%"):
        yield part


def assigned(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if isinstance(part.get("Assign"), dict):
            yield part["Assign"]
        for value in part.values():
            yield from assigned(value)
    elif isinstance(part, list):
        for value in part:
            yield from assigned(value)


def test_every_state_is_reached_and_every_way_leads_somewhere():
    reached: set[str] = set()
    ahead = deque([DEFINITION["StartAt"]])
    while ahead:
        name = ahead.popleft()
        if name not in reached:
            reached.add(name)
            ahead.extend(targets(STATES[name]))
    assert reached == STATES.keys()


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_tried_again(name: str):
    assert TASKS[name]["Retry"][-1]["MaxAttempts"] > 0


@pytest.mark.parametrize("name", [n for n, s in STATES.items() if s["Type"] in ("Task", "Map")])
def test_every_task_has_a_way_out_that_catches_all(name: str):
    *expected, last = STATES[name]["Catch"]
    assert last["ErrorEquals"] == ["States.ALL"]
    assert all("States.ALL" not in catcher["ErrorEquals"] for catcher in expected)


def test_every_way_to_give_up_says_why():
    for name, state in STATES.items():
        for branch in [*state.get("Catch", []), *state.get("Choices", [])]:
            if branch["Next"] == ON_FAILURE:
                assert "failure" in branch.get("Assign", {}), name


@pytest.mark.parametrize("name", TASKS)
def test_every_task_calls_an_operation_that_exists_with_its_required_members(name: str):
    service, action = TASKS[name]["Resource"].split(":")[-2:]
    shape = operation(service, action).input_shape
    assert shape is not None
    members = {member[0].upper() + member[1:] for member in shape.members}
    required = {member[0].upper() + member[1:] for member in shape.required_members}
    assert required <= TASKS[name]["Arguments"].keys() <= members


def test_no_result_flows_on_so_that_no_payload_nears_its_limit():
    assert all(STATES[name]["Output"] == {} for name in TASKS if name in STATES)


def test_every_expression_can_be_parsed():
    for expression in expressions(DEFINITION):
        Jsonata.jsonata(expression[2:-2].strip())


def test_no_expression_uses_operators_newer_than_jsonata_2_0_6():
    for expression in expressions(DEFINITION):
        assert not re.search(r"\?\?|\?:", expression), expression


def test_no_variable_hides_a_function():
    """In JSONata `$round` is a function until a variable of that name is bound."""
    functions = Jsonata.static_frame.bindings
    names = {name for assign in assigned(DEFINITION) for name in assign}
    assert "sum" in functions
    assert not names & functions.keys()


def test_no_assignment_reads_what_another_of_the_same_state_writes():
    """AWS reads all of them before it writes any; an emulator may not."""
    for assign in assigned(DEFINITION):
        for name in assign:
            others = json.dumps({key: value for key, value in assign.items() if key != name})
            assert not re.search(rf"\${name}\b", others), (name, others)


def test_every_variable_that_is_read_is_written():
    names = {name for assign in assigned(DEFINITION) for name in assign}
    for expression in expressions(DEFINITION):
        assert variables_read(expression) <= names | {"states"}, expression


def test_names_of_states_fit_in_80_characters():
    assert max(map(len, STATES)) <= 80


def statuses(service: str, shape: str) -> list[str]:
    model = get_session().get_service_model(service)
    return list(model.shape_for(shape).enum)


def test_every_status_of_a_stack_is_stuck_or_passing_or_accepts_an_update():
    accept = {
        status
        for status in statuses("cloudformation", "StackStatus")
        if status not in STUCK_STACK and "IN_PROGRESS" not in status
    }
    assert accept == {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
    assert set(STUCK_STACK) < set(statuses("cloudformation", "StackStatus"))


def test_every_status_of_an_endpoint_is_stuck_or_passing_or_in_service():
    passing = set(statuses("sagemaker", "EndpointStatus")) - {*STUCK_ENDPOINT, "InService"}
    assert passing == {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}


EVENTS = {"Task": 5, "Choice": 2, "Wait": 2, "Pass": 2, "Fail": 1}
"""History events of a state, at most: entered, scheduled, started, succeeded or failed, exited."""


def test_an_update_of_970_minutes_and_its_rollback_fit_in_the_history():
    world = released(1)
    world.register(2)
    world.broken.add(2)
    settle = world._settle
    until = {"rest": 2 * 970 * 60.0}

    def slowly() -> None:
        until["rest"] -= world.slept[-1]
        if until["rest"] <= 0:
            settle()

    world._settle = slowly  # type: ignore[method-assign]
    execution = start(world).run()
    assert execution.output["outcome"] == "rolled back"
    assert sum(EVENTS[STATES[name]["Type"]] for name in execution.visited) < 25_000


def test_each_update_of_an_execution_has_a_token_of_its_own():
    world = released(1)
    world.register(2)
    world.silent.add(2)
    start(world).run()
    tokens = [given["ClientRequestToken"] for name, given in world.calls if name == "updateStack"]
    assert len(set(tokens)) == len(tokens) == 2
    shape = operation("cloudformation", "updateStack").input_shape
    assert shape is not None
    token = shape.members["ClientRequestToken"].metadata
    assert all(re.fullmatch(token["pattern"], given) for given in tokens)
    assert all(len(given) <= token["max"] for given in tokens)


def test_looks_are_quick_again_after_a_long_deploy():
    world = released(1)
    world.register(2)
    world.deploy()
    settle = world._settle
    world._settle = lambda: settle() if len(world.slept) >= 6 else None  # type: ignore[method-assign]
    start(world).run()
    assert world.slept == [2, 3, 5, 8, 12, 18, 2]


def test_looks_are_quick_at_first_and_a_minute_apart_later():
    world = released(1)
    world.register(2)
    world._settle = lambda: None  # type: ignore[method-assign]

    def end() -> None:
        if len(world.slept) == 12:
            world.status = "UPDATE_ROLLBACK_FAILED"

    world.on_wait = end
    start(world).run()
    assert world.slept[:5] == [2, 3, 5, 8, 12]
    assert world.slept[-1] == 60
