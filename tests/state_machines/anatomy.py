"""The parts of a definition, and botocore's models of what it calls."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import OperationModel
from botocore.session import Session
from botocore.validate import ParamValidator

SDK_NAMES = {"sfn": "stepfunctions"}
"""botocore's names where they differ from the SDK for Java's, which Step Functions uses."""

IAM_SERVICES = {"sfn": "states"}
"""IAM's prefixes where they differ from the names of the SDK for Java."""

IAM_ACTIONS = {
    "lambda:Invoke": ("lambda:InvokeFunction",),
    "s3:CopyObject": ("s3:GetObject", "s3:PutObject"),
    "s3:HeadObject": ("s3:GetObject",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
}
"""What IAM asks for where an operation has another name.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
https://docs.aws.amazon.com/lambda/latest/dg/permissions-user-function.html
"""

EVENTS = {"Task": 5, "Map": 4, "Choice": 2, "Wait": 2, "Pass": 2, "Fail": 1}
"""History events of a state, at most: entered, scheduled, started, succeeded or failed, exited.

Those of a Map come besides those of its iterations.
"""

ALLOWED_EVENTS = 25_000
"""In the history of one execution, which fails when it reaches them.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""


@cache
def operation(service: str, action: str) -> OperationModel:
    """botocore's model of what an SDK integration calls."""
    model = _session().get_service_model(SDK_NAMES.get(service, service))
    return model.operation_model(action[0].upper() + action[1:])


_session = cache(Session)


@cache
def mistakes(service: str, action: str, arguments: str) -> str:
    """What AWS's API model finds wrong with the arguments of a call, which are in JSON."""
    shape, given = operation(service, action).input_shape, json.loads(arguments)
    assert shape is not None
    if service == "sfn":
        # Its own API has camel case names, which SDK integrations write in Pascal case.
        given = {name[0].lower() + name[1:]: value for name, value in given.items()}
    if service == "lambda":
        # Step Functions writes the event of a function as JSON; to the API it is bytes.
        given["Payload"] = json.dumps(given["Payload"]).encode()
    return str(ParamValidator().validate(given, shape).generate_report())


def tasks(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All tasks by name, those within a Map included."""
    states = definition["States"]
    mapped = {
        name: step
        for state in states.values()
        if state["Type"] == "Map"
        for name, step in state["ItemProcessor"]["States"].items()
    }
    return {name: state for name, state in states.items() if state["Type"] == "Task"} | mapped


def called(definition: dict[str, Any]) -> set[str]:
    """The IAM actions of its tasks."""
    found = set()
    for task in tasks(definition).values():
        service, action = task["Resource"].split(":")[-2:]
        name = f"{IAM_SERVICES.get(service, service)}:{action[0].upper()}{action[1:]}"
        found |= set(IAM_ACTIONS.get(name, (name,)))
    return found


def targets(state: dict[str, Any]) -> Iterator[str]:
    """Where a state may go on."""
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for branch in [*state.get("Catch", []), *state.get("Choices", [])]:
        yield branch["Next"]


def expressions(part: Any) -> Iterator[str]:
    """All JSONata in it."""
    if isinstance(part, dict):
        for value in part.values():
            yield from expressions(value)
    elif isinstance(part, list):
        for value in part:
            yield from expressions(value)
    elif isinstance(part, str) and part.startswith("{%"):
        yield part


def assigned(part: Any) -> Iterator[dict[str, Any]]:
    """All its assignments."""
    if isinstance(part, dict):
        if isinstance(part.get("Assign"), dict):
            yield part["Assign"]
        for value in part.values():
            yield from assigned(value)
    elif isinstance(part, list):
        for value in part:
            yield from assigned(value)


def history(definition: dict[str, Any], visited: list[str]) -> int:
    """The most events that an execution which visited these states has in its history."""
    states = definition["States"]
    return sum(EVENTS[states[name]["Type"]] for name in visited)
