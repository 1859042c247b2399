"""Connections to all containers, which stay open from one request to the next."""

import asyncio
from weakref import WeakKeyDictionary

import aiohttp

# "a response to /invocations within 60 seconds":
# https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
INVOCATION_TIMEOUT_SECONDS = 60.0

_sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = WeakKeyDictionary()


def of_this_loop() -> aiohttp.ClientSession:
    """The connections that the running event loop uses; made with the first request."""
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
