"""How Step Functions names the errors of the services that a state machine calls."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.session import get_session

from rehearsal.on_aws.seen import NOT_SO_FAR, Seen, unseen
from rehearsal.on_aws.telling import Told
from rehearsal.world import World

SERVICES = {"sfn": "stepfunctions", "cloudwatchlogs": "logs"}
"""Where the name of a resource type is not boto3's."""

CAUSE = re.compile(r"\(Service: [^,()]+, Status Code: \d{3}, Request ID: [^()]+\)")


def error_names(world: World, told: Told) -> Seen:
    """Every error in Promotion's and Retraining's histories, held against botocore's models."""
    errors = list(_errors(world, told))
    if not errors:
        return _none(told)
    wrong = sorted({error for service, error, _ in errors if not _is_javas(service, error)})
    names = ", ".join(sorted({error for _, error, _ in errors}))
    return Seen(not wrong, f"{', '.join(wrong)} otherwise" if wrong else f"seen: {names}")


def error_cause(world: World, told: Told) -> Seen:
    """The causes of the same errors."""
    causes = [cause for _, _, cause in _errors(world, told)]
    if not causes:
        return _none(told)
    wrong = [cause for cause in causes if not CAUSE.search(cause)]
    return Seen(not wrong, (wrong or causes)[0])


def _none(told: Told) -> Seen:
    return unseen("no call of a state machine was refused") if told.names else NOT_SO_FAR


def _errors(world: World, told: Told) -> Iterator[tuple[str, str, str]]:
    """Service, error and cause of each refused call."""
    if told.names is None:
        return
    states = world.client("stepfunctions")
    for machine in (told.names.promotion, told.names.retraining):
        listed = states.get_paginator("list_executions").paginate(stateMachineArn=machine)
        for arn in [e["executionArn"] for page in listed for e in page["executions"]]:
            pages = states.get_paginator("get_execution_history").paginate(executionArn=arn)
            for event in [event for page in pages for event in page["events"]]:
                yield from _error(event)


def _error(event: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    found = event.get("taskFailedEventDetails", {})
    kind = found.get("resourceType", "")
    if kind.startswith("aws-sdk:"):
        yield kind.removeprefix("aws-sdk:"), found.get("error", ""), found.get("cause", "")


def _is_javas(service: str, error: str) -> bool:
    """Whether AWS's SDK for Java 2 has an exception of that name for that service."""
    named, _, exception = error.partition(".")
    return named.lower() == service and exception in _exceptions(service, named)


@cache
def _exceptions(service: str, named: str) -> frozenset[str]:
    model = get_session().get_service_model(SERVICES.get(service, service))
    shapes = (model.shape_for(name) for name in model.shape_names)
    errors = [shape for shape in shapes if shape.type_name == "structure" and
              shape.metadata.get("exception")]  # fmt: skip
    modelled = {shape.name.removesuffix("Exception") + "Exception" for shape in errors}
    return frozenset(modelled | {f"{named}Exception"})
