"""The machine that runs the definitions in tests ends where Step Functions would end it."""

from typing import Any

import pytest

from tests.state_machines.machine import EndlessExecution, Execution

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
