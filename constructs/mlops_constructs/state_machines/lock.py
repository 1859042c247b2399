"""One execution at a time for each model, and no wake-up lost.

EventBridge can't name the executions it starts, so an SSM parameter made without overwrite is the
lock, and its value the ARN of the execution that holds it. Who finds it held leaves a note; the
holder looks for one after it has let go. docs/decisions/promotion.md reasons it through.

The variables of the protocol are `$target.lock` and `$target.note`, names of parameters; `$holding`
and `$told`, at first false and empty.
"""

from collections.abc import Mapping, Sequence

from mlops_constructs.state_machines.states import (
    REMEMBERED,
    RETRIES,
    State,
    call,
    catch,
    choose,
    jsonata,
    or_else,
    wait,
    when,
)

# Step Functions documents the suffix Exception for every name, though the APIs' own have none.
HELD = ["Ssm.ParameterAlreadyExistsException"]
NO_SUCH_EXECUTION = ["Sfn.ExecutionDoesNotExistException"]

ME = "$states.context.Execution.Id"
AT_ONCE: list[State] = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}]
"""Retries between reading a lock and taking it over: shorter than `TAKE_OVER` together."""

TAKE_OVER = 5
"""Seconds until all who found the same dead holder have written; the last one has the lock."""


def lock(
    *, look: str, assign: Mapping[str, object], retries: Sequence[State] = RETRIES
) -> dict[str, State]:
    """From "Take the lock" to a look, or to the end if another execution holds the lock.

    Args:
        look: The state that every round begins with.
        assign: Variables to set before it.
        retries: What is tried again, and how often, where there is no hurry.
    """
    return _take(look, assign, retries) | _held(retries) | _stale()


def unlock(*, then: str, retries: Sequence[State] = RETRIES) -> dict[str, State]:
    """From "Read the note": goes round again if there is one, else lets go and looks once more.

    Args:
        then: Where it goes on without lock and note.
        retries: What is tried again, and how often.
    """
    return {
        "Read the note": call(
            "ssm",
            "getParameters",
            {"Names": [jsonata("$target.note")]},
            assign={
                "left": jsonata(
                    or_else("$states.result.Parameters[0].Value", "'NONE'") + " != 'NONE'"
                )
            },
            retries=retries,
            then="Was a note left?",
        ),
        "Was a note left?": choose(
            when("$left and $holding", "Clear the note"),
            when("$left", "Take the lock"),
            when("$holding", "Release the lock"),
            otherwise=then,
        ),
        "Release the lock": call(
            "ssm",
            "deleteParameters",
            {"Names": [jsonata("$target.lock")]},
            assign={"holding": False},
            retries=retries,
            then="Read the note",
        ),
    }


def _take(look: str, assign: Mapping[str, object], retries: Sequence[State]) -> dict[str, State]:
    return {
        "Take the lock": call(
            "ssm",
            "putParameter",
            {"Name": jsonata("$target.lock"), "Value": jsonata(ME), "Type": "String"},
            assign={"holding": True},
            retries=[{"ErrorEquals": HELD, "MaxAttempts": 0}, *retries],
            expected=[catch(HELD, then="Read the lock")],
            then="Clear the note",
        ),
        "Clear the note": call(
            "ssm",
            "putParameter",
            _note("NONE"),
            assign=assign,
            retries=retries,
            then=look,
        ),
    }


def _held(retries: Sequence[State]) -> dict[str, State]:
    return {
        "Read the lock": call(
            "ssm",
            "getParameters",
            {"Names": [jsonata("$target.lock")]},
            assign={"holder": jsonata(or_else("$states.result.Parameters[0].Value", "'NONE'"))},
            retries=retries,
            then="Who holds the lock?",
        ),
        "Who holds the lock?": choose(
            when(f"$holder = {ME}", "Clear the note", {"holding": True}),
            when("$holder = 'NONE'", "Wait for the lock"),
            when("$holder = $told", "Leave it to the holder"),
            otherwise="Ask after the holder",
        ),
        # AWS asks for half a minute between a parameter's deletion and its creation.
        "Wait for the lock": wait(2, then="Take the lock"),
        "Ask after the holder": call(
            "sfn",
            "describeExecution",
            {"ExecutionArn": jsonata("$holder")},
            assign={"runs": jsonata("$states.result.Status = 'RUNNING'")},
            retries=[{"ErrorEquals": NO_SUCH_EXECUTION, "MaxAttempts": 0}, *AT_ONCE],
            expected=[catch(NO_SUCH_EXECUTION, then="Take over the lock", assign=REMEMBERED)],
            then="Does the holder run?",
        ),
        "Does the holder run?": choose(
            when("$runs", "Leave a note"), otherwise="Take over the lock"
        ),
        "Leave a note": call(
            "ssm",
            "putParameter",
            _note(jsonata(ME)),
            assign={"told": jsonata("$holder")},
            retries=retries,
            then="Read the lock",
        ),
        "Leave it to the holder": {
            "Type": "Pass",
            "Output": {"outcome": "left to the holder of the lock", "holder": jsonata("$holder")},
            "End": True,
        },
    }


def _stale() -> dict[str, State]:
    return {
        "Take over the lock": call(
            "ssm",
            "putParameter",
            {
                "Name": jsonata("$target.lock"),
                "Value": jsonata(ME),
                "Type": "String",
                "Overwrite": True,
            },
            retries=AT_ONCE,
            then="Let others take over",
        ),
        "Let others take over": wait(TAKE_OVER, then="Read the lock"),
    }


def _note(value: str) -> dict[str, object]:
    """Overwritten rather than deleted, so that it can be left again at once."""
    return {"Name": jsonata("$target.note"), "Value": value, "Type": "String", "Overwrite": True}
