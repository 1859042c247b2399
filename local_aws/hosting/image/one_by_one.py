"""A WSGI application behind an ASGI server, one request after the other and on one thread.

A model server answers in turn anyway; handing each request to a thread and back would take as much
of the processor as a small model takes for its answer.
"""

import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

from werkzeug.test import run_wsgi_app

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]


def asgi(application: Callable[..., Iterable[bytes]]) -> Application:
    """The application as an ASGI one, for HTTP only."""

    async def answer(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        content, status, headers = run_wsgi_app(application, _environ(scope, body), buffered=True)
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        start = {"type": "http.response.start", "status": int(status[:3]), "headers": pairs}
        await send(start)
        await send({"type": "http.response.body", "body": b"".join(content)})

    return answer


def _environ(scope: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """PEP 3333's variables of a request."""
    host, port = scope["server"]
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"],
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value.decode("latin-1")
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = value.decode("latin-1")
    return environ
