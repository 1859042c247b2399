"""Universal targets: `arn:aws:scheduler:::aws-sdk:<service>:<apiAction>`.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

import json
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_aws.core import api
from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.scheduling.call import Call

PREFIX = "arn:aws:scheduler:::aws-sdk:"
# The AWS SDK for Java 2's names of services for which botocore has quite another.
_OTHER_NAMES = {
    "cloudwatchevents": "events",
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "sfn": "stepfunctions",
}
# The page's list of prefixes of operations that only read.
_UNSUPPORTED = (
    *("get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read"),
    *("lookup", "discover", "validate", "batchGet", "batchDescribe", "batchRead", "transactGet"),
    *("adminGet", "adminList", "testMigration", "retrieve", "testConnection"),
    *("translateDocument", "isAuthorized", "invokeModel"),
)


def check(arn: str, given: str | None) -> None:
    """Refuse a target that CreateSchedule refuses; what the API makes of Input shows at each call.

    Raises:
        ValidationException: The action only reads or is none, or there is no JSON as Input.
        NotImplementedHere: botocore has no such service.
    """
    operation_of(arn)
    if given is None:
        raise ValidationException("You must provide an input to set this target for your schedule.")
    if not isinstance(_read(given), dict):
        raise ValidationException("JSON syntax error in input for the target.")


def operation_of(arn: str) -> tuple[str, str]:
    """botocore's names of the service and operation of a target.

    Raises:
        ValidationException: The action only reads, or the service has none of this name.
        NotImplementedHere: botocore has no such service.
    """
    name, _, api_action = arn.removeprefix(PREFIX).partition(":")
    service = _services().get(name)
    if service is None:
        raise NotImplementedHere(f"Scheduler: the local AWS has no service {name!r} to call")
    actions = {
        each[0].lower() + each[1:]: each for each in api.service_model(service).operation_names
    }
    if api_action.startswith(_UNSUPPORTED) or api_action not in actions:
        raise ValidationException(f"{api_action} API is not supported.")
    return service, actions[api_action]


def call(arn: str, text: str) -> Call:
    """The call of a target whose Input has its context attributes filled in."""
    service, action = operation_of(arn)
    shape = api.input_shape(service, action)
    return Call(service, action, _members(_read(text), shape), text)


@cache
def _services() -> dict[str, str]:
    """botocore's name of each service, by the service id as an ARN writes it."""
    named = {each.replace("-", ""): each for each in api.session().get_available_services()}
    return {**named, **_OTHER_NAMES}


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _members(value: Any, shape: Shape) -> Any:
    """The value with members in the API's case: Input writes them all in PascalCase, as AWS's SDK
    integrations do, whatever the API itself calls them."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        names = {each[0].upper() + each[1:]: each for each in shape.members}
        return {
            names.get(name, f"{name} (not in PascalCase)" if name in shape.members else name): (
                _members(item, shape.members[names[name]]) if name in names else item
            )
            for name, item in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_members(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {name: _members(item, shape.value) for name, item in value.items()}
    return value
