"""The runtime endpoint's wire format: REST, with members in headers and a body of bytes."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.model import Shape

from local_aws.core import api
from local_aws.core.operations import dispatch, dispatch_waiting
from local_aws.hosting.runtime_errors import ModelError

SERVICE, ACTION, ASYNC_ACTION = "sagemaker-runtime", "InvokeEndpoint", "InvokeEndpointAsync"
Answer = tuple[int, dict[str, str], bytes]


async def invoke(name: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Answer POST /endpoints/<name>/invocations.

    Which header carries which member is botocore's knowledge.

    Raises:
        ApiError: Any error but ModelError, which has members of its own.
    """
    try:
        output = await dispatch_waiting(SERVICE, ACTION, _params(ACTION, name, headers, body))
    except ModelError as error:
        content = {"Message": error.message, **error.members}
        answer = {"content-type": "application/json", "x-amzn-errortype": error.code}
        return error.status, answer, json.dumps(content).encode()
    return 200, _sent(ACTION, output), output["Body"]


def invoke_async(name: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Answer POST /endpoints/<name>/async-invocations.

    Raises:
        ApiError: Any error.
    """
    output = dispatch(SERVICE, ASYNC_ACTION, _params(ASYNC_ACTION, name, headers, body))
    content = json.dumps({"InferenceId": output["InferenceId"]}).encode()
    sent = {"content-type": "application/json", **_sent(ASYNC_ACTION, output)}
    return 202, sent, content


def _params(action: str, name: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    received = {header.lower(): value for header, value in headers.items()}
    params: dict[str, Any] = {"EndpointName": name, "Body": body}
    for member, (header, kind) in _input_headers(action).items():
        if header in received:
            value = received[header]
            params[member] = int(value) if kind == "integer" and value.isdigit() else value
    return params


def _sent(action: str, output: Mapping[str, Any]) -> dict[str, str]:
    members = _output_headers(action)
    return {header: output[name] for name, (header, _) in members.items() if output.get(name)}


@cache
def _input_headers(action: str) -> Mapping[str, tuple[str, str]]:
    return _headers(api.input_shape(SERVICE, action))


@cache
def _output_headers(action: str) -> Mapping[str, tuple[str, str]]:
    return _headers(api.operation_model(SERVICE, action).output_shape)


def _headers(shape: Shape | None) -> Mapping[str, tuple[str, str]]:
    """The header and the type of each member that is in one."""
    members: Mapping[str, Shape] = getattr(shape, "members", {})
    return {
        name: (member.serialization["name"].lower(), member.type_name)
        for name, member in members.items()
        if member.serialization.get("location") == "header"
    }
