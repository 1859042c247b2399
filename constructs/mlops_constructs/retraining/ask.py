"""How an execution asks for a run, and how a thousand of them leave one that waits.

A request is a parameter beside the lock: its value says what asks and why, and the time of its last
change says when. It is served by the first run that starts after that, whoever starts it, so
nothing ever clears it and no crash can lose it.
"""

from mlops_constructs.state_machines.lock import ME, NO_SUCH_EXECUTION
from mlops_constructs.state_machines.states import (
    PATIENT_RETRIES,
    State,
    call,
    catch,
    choose,
    jsonata,
    or_else,
    when,
)

ASKING = ("data", "schedule", "person")
"""Triggers that ask for a run whatever the alarms say."""

TRIGGERS = ("drift", *ASKING, "re-check")

LONGEST_REASON = 256
"""Of a value in the registry's metadata (botocore: CreateModelPackage)."""

DATA = "data: "
"""How a request for new data begins."""


def clean(text: str) -> str:
    """``text`` in the characters that the registry's metadata takes, and as much of it as it takes.

    The class is spelled out, because what `\\w` is depends on who evaluates it.
    """
    allowed = rf"$replace({text}, /[^A-Za-z0-9_ .:\/=+@-]+/, ' ')"
    return f"$substring($trim({allowed}), 0, {LONGEST_REASON})"


def ask() -> dict[str, State]:
    """From "Write the request down" to "Take the lock", or to the end if somebody waits already.

    A note that is there at this moment makes its holder look after it, so who finds one beside a
    holder that runs needs to write nothing. A storm of events costs two reads each.
    """
    return {
        "Write the request down": call(
            "ssm",
            "putParameter",
            {
                "Name": jsonata("$target.request"),
                "Value": jsonata("$target.asks"),
                "Type": "String",
                "Overwrite": True,
            },
            retries=PATIENT_RETRIES,
            then="See who is at it",
        ),
        "See who is at it": call(
            "ssm",
            "getParameters",
            {"Names": [jsonata("$target.lock"), jsonata("$target.note")]},
            assign={
                "holder": jsonata(or_else(_value("$target.lock"), "'NONE'")),
                "left": jsonata(or_else(_value("$target.note"), "'NONE'") + " != 'NONE'"),
            },
            retries=PATIENT_RETRIES,
            then="Does somebody wait already?",
        ),
        "Does somebody wait already?": choose(
            when(f"$left and $not($holder in ['NONE', {ME}])", "Ask after the waiter"),
            otherwise="Take the lock",
        ),
        "Ask after the waiter": call(
            "sfn",
            "describeExecution",
            {"ExecutionArn": jsonata("$holder")},
            assign={"runs": jsonata("$states.result.Status = 'RUNNING'")},
            retries=[{"ErrorEquals": NO_SUCH_EXECUTION, "MaxAttempts": 0}, *PATIENT_RETRIES],
            expected=[catch(NO_SUCH_EXECUTION, then="Take the lock")],
            then="Does the waiter run?",
        ),
        "Does the waiter run?": choose(
            when("$runs", "Leave it to the holder"), otherwise="Take the lock"
        ),
    }


def _value(name: str) -> str:
    return f"$states.result.Parameters[Name = {name}].Value"
