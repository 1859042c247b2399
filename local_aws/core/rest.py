"""REST requests, taken apart by the bindings of AWS's API models.

An operation of a REST API has a path like `/schedules/{Name}`; its members are in the path, in the
query and in the JSON body, and botocore's models say which is where.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import unquote

from local_aws.core import api
from local_aws.core.coercion import coerce
from local_aws.core.errors import UnknownOperationException, ValidationException

Query = Mapping[str, Sequence[str]]


def read(
    service: str, method: str, path: str, query: Query, content: bytes
) -> tuple[str, dict[str, Any]]:
    """The operation that a request calls, and its input as plain JSON.

    Args:
        service: botocore's service name, e.g. `scheduler`.
        method: The HTTP method.
        path: The path, as the client sent it or unquoted.
        query: The query's values by name.
        content: The body; empty, or a JSON object.

    Raises:
        UnknownOperationException: No operation has this method and path.
        ValidationException: The body is not a JSON object.
    """
    action, labels = _operation(service, method, path)
    shape = api.input_shape(service, action)
    members = _body(content)
    for name, member in shape.members.items():
        place, key = member.serialization.get("location"), member.serialization.get("name", name)
        if place == "uri":
            members[name] = unquote(labels[key])
        elif place == "querystring" and key in query:
            values = list(query[key])
            members[name] = values if member.type_name == "list" else values[0]
    return action, coerce(members, shape)


def _operation(service: str, method: str, path: str) -> tuple[str, dict[str, str]]:
    for action, verb, pattern in _routes(service):
        if verb == method and (found := pattern.fullmatch(path)):
            return action, found.groupdict()
    raise UnknownOperationException(f"{service} has no operation {method} {path}")


@cache
def _routes(service: str) -> list[tuple[str, str, re.Pattern[str]]]:
    routes = []
    for action in api.service_model(service).operation_names:
        http = api.operation_model(service, action).http
        labelled = re.sub(r"\{(\w+)\+?\}", r"(?P<\1>.+)", http["requestUri"].split("?")[0])
        routes.append((action, http["method"], re.compile(labelled)))
    return routes


def _body(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content or b"{}")
    except ValueError as problem:
        raise ValidationException(f"The body is not JSON: {problem}") from problem
    if not isinstance(body, dict):
        raise ValidationException("The body must be a JSON object.")
    return body
