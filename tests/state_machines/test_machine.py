"""The machine that runs the definitions in tests ends where Step Functions would end it."""

from typing import Any

import jsonata
import pytest

from tests.state_machines.machine import EndlessExecution, Execution, Undefined, evaluate

WAIT = {"Type": "Wait", "Seconds": 1, "Output": {}}


def execution(**states: Any) -> Execution:
    def api(service: str, action: str, arguments: dict[str, Any]) -> None:
        raise AssertionError(f"nothing calls {service}")

    definition = {"StartAt": "Look", "States": states}
    arn = "arn:aws:states:us-east-1:123456789012:execution:looks:one"
    return Execution(definition, api, arn, {})


def test_a_machine_that_loops_for_ever_is_stopped_and_its_last_states_are_named():
    endless = execution(Look={**WAIT, "Next": "Again"}, Again={**WAIT, "Next": "Look"})
    with pytest.raises(EndlessExecution, match=r"the last were .*Look, Again, Look, Again$"):
        endless.run()
    assert endless.events == 25_000
    assert endless.status == "RUNNING"


def test_a_machine_that_ends_is_not_stopped():
    ended = execution(Look={**WAIT, "Next": "Again"}, Again={**WAIT, "End": True}).run()
    assert (ended.status, ended.visited, ended.events) == ("SUCCEEDED", ["Look", "Again"], 4)


BINDINGS = {
    "slot": "one,two",
    "request": {
        "model": "m",
        "runs": 0,
        "held": True,
        "policy": {"hours": 3},
        "alarms": ["a", "b"],
    },
    "pages": [{"name": "first"}, {"name": "second"}],
    "one": [{"name": "only"}],
    "states": {"input": {"text": "", "nothing": None}, "context": {"Execution": {"Id": "arn"}}},
}


@pytest.mark.parametrize(
    "expression",
    [
        "$slot", "$request", "$request.model", "$request.runs", "$request.held", "$request.policy",
        "$request.policy.hours", "$request.alarms", "$pages.name", "$one.name", "$pages[0].name",
        "$states.input.text", "$states.context.Execution.Id", "$states.context.Execution",
        "$count($request.alarms) > 1 and $request.model = 'm'", "$merge([$request.policy, {}])",
        "$pages[name = 'first'].name & $request.model", "$request.policy.hours + $request.runs",
    ],
)  # fmt: skip
def test_what_it_computes_in_its_own_way_is_what_jsonata_gives(expression: str):
    library = jsonata.Jsonata.jsonata(expression).evaluate(None, BINDINGS)
    assert evaluate(f"{{% {expression} %}}", BINDINGS) == library


@pytest.mark.parametrize(
    "expression",
    ["$request.other", "$slot.model", "$states.input.nothing", "$nobody", "$one.other"],
)
def test_what_selects_nothing_or_was_never_written_fails(expression: str):
    with pytest.raises(Undefined):
        evaluate(f"{{% {expression} %}}", BINDINGS)
