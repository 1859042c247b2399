"""Requests to endpoints, on a short way: a release bears thousands of them.

MiniStack would look for each of them through all of its services first.
"""

import re
import uuid

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id, extract_region

from local_aws.ministack import asgi
from local_aws.ministack.http import invoke

_PATH = re.compile(r"^/endpoints/([^/]+)/invocations$")


def endpoint_of(request: asgi.Scope) -> str | None:
    """The endpoint that a request invokes, if it does."""
    match = _PATH.match(request["path"]) if request["method"] == "POST" else None
    return match and match[1]


async def answer(
    endpoint: str, request: asgi.Scope, receive: asgi.Receive, send: asgi.Send
) -> None:
    """Invoke an endpoint for whoever signed the request."""
    headers = {
        name.decode("latin-1"): value.decode("latin-1") for name, value in request["headers"]
    }
    content = await asgi.body_of(receive)
    set_request_account_id(extract_access_key_id(headers))
    set_request_region(extract_region(headers))
    status, given, body = await invoke(endpoint, headers, content)
    await asgi.answer(send, status, {**given, "x-amzn-requestid": str(uuid.uuid4())}, body)
