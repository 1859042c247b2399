"""Connections to all containers, which stay open from one request to the next."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import aiohttp

# "a response to /invocations within 60 seconds":
# https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
INVOCATION_TIMEOUT_SECONDS = 60.0

_sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, "aiohttp.ClientSession"] = (
    WeakKeyDictionary()
)


async def post(
    url: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of what a container answers.

    Raises:
        TimeoutError: no answer within 60 s.
        ConnectionError: it does not answer.
    """
    import aiohttp

    try:
        async with _of_this_loop().post(url, data=body, headers=headers) as answer:
            return answer.status, answer.headers, await answer.read()
    except aiohttp.ClientError as error:
        raise ConnectionError(str(error)) from error


def _of_this_loop() -> "aiohttp.ClientSession":
    """The connections that the running event loop uses; made with the first request."""
    # Not before: it is a fifth of what the local AWS takes to start, and many a one serves nothing.
    import aiohttp

    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        _sessions[loop] = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            timeout=aiohttp.ClientTimeout(INVOCATION_TIMEOUT_SECONDS),
        )
    return _sessions[loop]


async def close() -> None:
    """Close those of the running event loop."""
    session = _sessions.pop(asyncio.get_running_loop(), None)
    if session:
        await session.close()
