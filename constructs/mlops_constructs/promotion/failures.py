"""How a promotion that can't go on ends: a person told, the lock free, the execution failed."""

from mlops_constructs.promotion.notices import notice
from mlops_constructs.promotion.states import (
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
        error: The name of the error, `Promotion.<Name>`.
        cause: One sentence for a person, in JSONata.
    """
    return when(condition, ON_FAILURE, {"failure": {"Error": error, "Cause": jsonata(cause)}})


def failures() -> dict[str, State]:
    """From `ON_FAILURE` to the end of the execution."""
    return {
        ON_FAILURE: notice(
            "'Promotion needs a person: ' & $target.endpoint",
            "$failure.Error & ': ' & $failure.Cause",
            "'What serves was left as it is. When the cause is gone, start ' & $states.context."
            "StateMachine.Id & ' again with the input of this execution (docs/runbook.md).'",
            then="Do we hold the lock?",
            on_failure=catch(["States.ALL"], then="Do we hold the lock?"),
        ),
        "Do we hold the lock?": choose(
            when("$holding", "Free the lock"), otherwise="Fail the promotion"
        ),
        "Free the lock": call(
            "ssm",
            "deleteParameters",
            {"Names": [jsonata("$target.lock")]},
            on_failure=catch(["States.ALL"], then="Fail the promotion"),
            then="Fail the promotion",
        ),
        "Fail the promotion": {
            "Type": "Fail",
            "Error": jsonata("$failure.Error"),
            "Cause": jsonata("$failure.Cause"),
        },
    }
