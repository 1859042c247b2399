"""How an execution that can't go on ends: a person told, the lock free, the execution failed."""

from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.states import (
    ON_FAILURE,
    State,
    call,
    catch,
    choose,
    jsonata,
    when,
)


def failure(condition: str, error: str, cause: str) -> State:
    """A rule of a choice that gives up.

    Args:
        condition: When it does, in JSONata.
        error: The name of the error, `<Machine>.<Name>`.
        cause: One sentence for a person, in JSONata.
    """
    return when(condition, ON_FAILURE, {"failure": {"Error": error, "Cause": jsonata(cause)}})


def failures(*, noun: str, left_behind: str) -> dict[str, State]:
    """From `ON_FAILURE` to the end of the execution.

    Args:
        noun: What an execution is, such as `promotion`.
        left_behind: A sentence about what is as it was.
    """
    fail = f"Fail the {noun}"
    return {
        ON_FAILURE: notice(
            f"'{noun.capitalize()} needs a person: ' & $target.endpoint",
            "$failure.Error & ': ' & $failure.Cause",
            f"'{left_behind} When the cause is gone, start ' & $states.context."
            "StateMachine.Id & ' again with the input of this execution (docs/runbook.md).'",
            then="Do we hold the lock?",
            on_failure=catch(["States.ALL"], then="Do we hold the lock?"),
        ),
        "Do we hold the lock?": choose(when("$holding", "Free the lock"), otherwise=fail),
        "Free the lock": call(
            "ssm",
            "deleteParameters",
            {"Names": [jsonata("$target.lock")]},
            on_failure=catch(["States.ALL"], then=fail),
            then=fail,
        ),
        fail: {
            "Type": "Fail",
            "Error": jsonata("$failure.Error"),
            "Cause": jsonata("$failure.Cause"),
        },
    }
