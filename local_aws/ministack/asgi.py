"""The types of an ASGI application: https://asgi.readthedocs.io/en/latest/specs/main.html"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def body_of(receive: Receive) -> bytes:
    """All of a request's body."""
    content = b""
    while (message := await receive())["type"] == "http.request":
        content += message.get("body", b"")
        if not message.get("more_body"):
            break
    return content


async def answer(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """One response."""
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*pairs, length]})
    await send({"type": "http.response.body", "body": body})
