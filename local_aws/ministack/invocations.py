"""Requests to endpoints, on a short way: a release bears thousands of them.

MiniStack would look for each of them through all of its services first.
"""

import re
import uuid

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id, extract_region

from local_aws.ministack import asgi
from local_aws.ministack.http import invoke, invoke_async

_PATH = re.compile(r"^/endpoints/([^/]+)/(async-)?invocations$")


def endpoint_of(request: asgi.Scope) -> tuple[str, bool] | None:
    """The endpoint that a request invokes, if it does, and whether it does not wait."""
    match = _PATH.match(request["path"]) if request["method"] == "POST" else None
    return match and (match[1], bool(match[2]))


async def answer(
    invoked: tuple[str, bool], request: asgi.Scope, receive: asgi.Receive, send: asgi.Send
) -> None:
    """Invoke an endpoint for whoever signed the request.

    Args:
        invoked: What `endpoint_of` says.
    """
    headers = {
        name.decode("latin-1"): value.decode("latin-1") for name, value in request["headers"]
    }
    content = await asgi.body_of(receive)
    set_request_account_id(extract_access_key_id(headers))
    set_request_region(extract_region(headers))
    endpoint, is_async = invoked
    called = invoke_async if is_async else invoke
    status, given, body = await called(endpoint, headers, content)
    await asgi.answer(send, status, {**given, "x-amzn-requestid": str(uuid.uuid4())}, body)
