"""How an execution that can't go on ends: a person told once, and the lock free.

Who has told it ends as SUCCEEDED, with the outcome `failed`. FAILED is left to those that could
not, and a rule tells of them. So nothing is told by both: the event of an execution's end has no
member of ours that a rule could tell them apart by, but for the status
(https://docs.aws.amazon.com/step-functions/latest/dg/cw-events.html), and since it is delivered as
best effort (https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-states.html) the rule is
no messenger of what the machine can tell itself.
"""

from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.states import (
    ON_FAILURE,
    State,
    call,
    catch,
    choose,
    finish,
    jsonata,
    when,
)

FAILED = "failed"
"""The outcome of an execution that could not go on and has told people so."""

TOLD = "End as failed"
"""The state that ends with it; its output says why, in `error` and `cause`."""


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
            assign={"heard": True},
            then="Do we hold the lock?",
            on_failure=catch(["States.ALL"], then="Do we hold the lock?", assign={"heard": False}),
        ),
        "Do we hold the lock?": choose(
            when("$holding", "Free the lock"), otherwise="Do people know?"
        ),
        "Free the lock": call(
            "ssm",
            "deleteParameters",
            {"Names": [jsonata("$target.lock")]},
            on_failure=catch(["States.ALL"], then="Do people know?"),
            then="Do people know?",
        ),
        "Do people know?": choose(when("$heard", TOLD), otherwise=fail),
        **ends(fail),
    }


def ends(fail: str) -> dict[str, State]:
    """`TOLD`, for who has told why, and ``fail``, for who could not."""
    error, cause = jsonata("$failure.Error"), jsonata("$failure.Cause")
    return {
        TOLD: finish({"outcome": FAILED, "error": error, "cause": cause}),
        fail: {"Type": "Fail", "Error": error, "Cause": cause},
    }
