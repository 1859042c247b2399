"""The states of an Amazon States Language machine in JSONata, as plain dicts.

Nothing flows from state to state: what a later state needs is a variable, so every state's output
is empty and no payload comes near the 256 KiB that Step Functions allows.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from collections.abc import Mapping, Sequence

State = dict[str, object]
"""One state, as the Amazon States Language writes it."""

FIRST_WAIT = 2
"""Seconds before the first look at something that changes."""

ON_FAILURE = "Tell of the failure"
"""Where every task goes when its retries are used up."""

RETRIES: Sequence[State] = (
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 1,
        "BackoffRate": 2,
        "MaxAttempts": 4,
        "JitterStrategy": "FULL",
    },
)
"""For any error: SDK integrations give throttling no name of its own that all services share."""


PATIENT_RETRIES: Sequence[State] = (
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 1,
        "BackoffRate": 2,
        "MaxDelaySeconds": 120,
        "MaxAttempts": 12,
        "JitterStrategy": "FULL",
    },
)
"""For what a storm of events does at once: about six minutes, in which Parameter Store takes some
14,000 calls at its default 40 a second."""


def jsonata(expression: str) -> str:
    """``expression`` as Step Functions evaluates it."""
    return f"{{% {expression} %}}"


def or_else(expression: str, default: str) -> str:
    """``expression``, or ``default`` where it selects nothing, which would fail the state."""
    return f"($exists({expression}) ? {expression} : {default})"


def catch(errors: Sequence[str], *, then: str, assign: Mapping[str, object] | None = None) -> State:
    """Goes to ``then`` on any of ``errors``."""
    catcher: State = {"ErrorEquals": list(errors), "Output": {}, "Next": then}
    return catcher | ({"Assign": dict(assign)} if assign else {})


REMEMBERED = {"failure": "{% $states.errorOutput %}"}
"""What a catcher assigns so that a later state can say what went wrong."""

GIVE_UP = catch(["States.ALL"], then=ON_FAILURE, assign=REMEMBERED)


def call(
    service: str,
    action: str,
    arguments: Mapping[str, object],
    *,
    then: str | None = None,
    assign: Mapping[str, object] | None = None,
    retries: Sequence[State] = RETRIES,
    expected: Sequence[State] = (),
    on_failure: State = GIVE_UP,
) -> State:
    """A task that calls an AWS API through Step Functions' SDK integration.

    Args:
        service: The SDK's service name, such as ``cloudformation``.
        action: The API action in camel case, such as ``updateStack``.
        arguments: The request.
        then: The next state; None inside `for_each`, which says what is next.
        assign: Variables to set from ``$states.result``.
        retries: What is tried again, and how often.
        expected: Catchers of errors that have a way of their own.
        on_failure: The catcher of all others.
    """
    state: State = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::aws-sdk:{service}:{action}",
        "Arguments": dict(arguments),
        "Output": {},
        "Retry": list(retries),
        "Catch": [*expected, on_failure],
    }
    return state | ({"Next": then} if then else {}) | ({"Assign": dict(assign)} if assign else {})


def invoke(
    function: str,
    payload: Mapping[str, object],
    *,
    then: str,
    assign: Mapping[str, object],
    retries: Sequence[State] = RETRIES,
) -> State:
    """A task that calls a Lambda function and takes its answer, or its error by its own name.

    It is the integration that Step Functions has for functions: the answer is in
    ``$states.result.Payload``, and what the function raises fails the task.
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html

    Args:
        function: Its name, in JSONata.
        payload: Its event.
        then: The next state.
        assign: Variables to set.
        retries: What is tried again, and how often.
    """
    arguments = {"FunctionName": jsonata(function), "Payload": dict(payload)}
    task = call("lambda", "invoke", arguments, then=then, assign=assign, retries=retries)
    return task | {"Resource": "arn:aws:states:::lambda:invoke"}


def when(condition: str, then: str, assign: Mapping[str, object] | None = None) -> State:
    """One rule of a choice."""
    rule: State = {"Condition": jsonata(condition), "Next": then}
    return rule | ({"Assign": dict(assign)} if assign else {})


def choose(*rules: State, otherwise: str) -> State:
    """The first rule that holds decides."""
    return {"Type": "Choice", "Choices": list(rules), "Default": otherwise}


def remember(assign: Mapping[str, object], *, then: str) -> State:
    """Sets variables."""
    return {"Type": "Pass", "Assign": dict(assign), "Output": {}, "Next": then}


def finish(output: Mapping[str, object]) -> State:
    """Ends the execution with ``output``."""
    return {"Type": "Pass", "Output": dict(output), "End": True}


def wait(seconds: int | str, *, then: str, assign: Mapping[str, object] | None = None) -> State:
    """Waits for a number of seconds, or what an expression says."""
    state: State = {"Type": "Wait", "Seconds": seconds, "Next": then}
    return state | ({"Assign": dict(assign)} if assign else {})


def wait_longer_each_time(*, at_most: int, then: str) -> State:
    """Waits `$seconds`, and half as long again the next time, up to ``at_most``.

    Whoever begins to wait sets the variable to the first wait's seconds.
    """
    longer = jsonata(f"$min([{at_most}, $ceil($seconds * 1.5)])")
    return wait(jsonata("$seconds"), assign={"seconds": longer}, then=then)


def for_each(
    items: str,
    task: State,
    *,
    name: str,
    output: object,
    then: str,
    assign: Mapping[str, object] | None = None,
) -> State:
    """Runs one task for each of ``items``, five at a time, and gathers its ``output``."""
    step = {key: value for key, value in task.items() if key != "Catch"}
    state: State = {
        "Type": "Map",
        "Items": jsonata(items),
        "MaxConcurrency": 5,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": name,
            "States": {name: step | {"Output": output, "End": True}},
        },
        "Output": {},
        "Catch": [GIVE_UP],
        "Next": then,
    }
    return state | ({"Assign": dict(assign)} if assign else {})
