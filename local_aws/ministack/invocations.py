"""Requests to endpoints, on a short way: a release bears thousands of them.

MiniStack would look for each of them through all of its services first.
"""

import asyncio
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id, extract_region

from local_aws.ministack import asgi
from local_aws.ministack.http import invoke

_PATH = re.compile(r"^/endpoints/([^/]+)/invocations$")
_AT_ONCE = 64
"""Whoever asks more at once waits, as for an endpoint with too few instances."""

_threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="invocation")


def endpoint_of(request: asgi.Scope) -> str | None:
    """The endpoint that a request invokes, if it does."""
    match = _PATH.match(request["path"]) if request["method"] == "POST" else None
    return match and match[1]


async def answer(
    endpoint: str, request: asgi.Scope, receive: asgi.Receive, send: asgi.Send
) -> None:
    """Invoke an endpoint for whoever signed the request, on a thread of its own."""
    headers = {
        name.decode("latin-1"): value.decode("latin-1") for name, value in request["headers"]
    }
    content = await asgi.body_of(receive)
    set_request_account_id(extract_access_key_id(headers))
    set_request_region(extract_region(headers))
    call = partial(copy_context().run, invoke, endpoint, headers, content)
    status, given, body = await asyncio.get_running_loop().run_in_executor(_threads, call)
    await asgi.answer(send, status, {**given, "x-amzn-requestid": str(uuid.uuid4())}, body)
