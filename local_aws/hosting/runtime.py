"""The runtime endpoint's wire format: REST, with members in headers and a body of bytes."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.model import Shape

from local_aws.core import api
from local_aws.core.operations import dispatch_waiting
from local_aws.hosting.invocation import ModelError

SERVICE, ACTION = "sagemaker-runtime", "InvokeEndpoint"


async def invoke(
    name: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    """Answer POST /endpoints/<name>/invocations.

    Which header carries which member is botocore's knowledge.

    Raises:
        ApiError: Any error but ModelError, which has members of its own.
    """
    received = {header.lower(): value for header, value in headers.items()}
    params: dict[str, Any] = {"EndpointName": name, "Body": body}
    for member, header in _headers(api.input_shape(SERVICE, ACTION)).items():
        if header in received:
            params[member] = received[header]
    try:
        output = await dispatch_waiting(SERVICE, ACTION, params)
    except ModelError as error:
        content = {"Message": error.message, **error.members}
        answer = {"content-type": "application/json", "x-amzn-errortype": error.code}
        return error.status, answer, json.dumps(content).encode()
    shape = api.operation_model(SERVICE, ACTION).output_shape
    answer = {
        header: output[member] for member, header in _headers(shape).items() if output.get(member)
    }
    return 200, answer, output["Body"]


def _headers(shape: Shape | None) -> dict[str, str]:
    members: Mapping[str, Shape] = getattr(shape, "members", {})
    return {
        name: member.serialization["name"].lower()
        for name, member in members.items()
        if member.serialization.get("location") == "header"
    }
