"""How the outside world lets time pass: /_local_aws/clock, which is not AWS's.

`GET` says what the clock does, `POST {"WaitSeconds": n}` lets up to n virtual seconds pass. It
returns early when something happened; with `"Since": m` also when that was after an earlier answer
whose `News` was m, so that nothing is missed by who looks around between two of them.
All other requests count as work while they are answered.
"""

import asyncio
import json
import math
from email.utils import formatdate
from typing import Any

from ministack import app as ministack

from local_aws.clock import clock
from local_aws.hosting import connections
from local_aws.ministack import asgi, invocations

PATH = "/_local_aws/clock"
# A long poll: whoever waits longer calls again.
PATIENCE_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 366 * 86400


class _Refused(Exception):
    """The request makes no sense; the text says why."""


async def app(scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
    """MiniStack's ASGI app, with the clock."""
    if scope["type"] == "lifespan":
        await ministack.app(scope, receive, send)
        await connections.close()
    elif scope["type"] != "http":
        await ministack.app(scope, receive, send)
    elif scope["path"] == PATH:
        await _answer(scope["method"], receive, send)
    else:
        work = clock.begin(f"{scope['method']} {scope['path']}", quiet=True)
        try:
            with clock.works.in_context(work):
                await _route(scope, receive, _dated_by_the_machine(send))
        finally:
            clock.end(work)


async def _route(scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
    endpoint = invocations.endpoint_of(scope)
    if endpoint:
        await invocations.answer(endpoint, scope, receive, send)
    else:
        await ministack.app(scope, receive, send)


def _dated_by_the_machine(send: asgi.Send) -> asgi.Send:
    """Responses carry the machine's date, as their client's clock does.

    AWS's SDKs take a Date that is minutes off for a wrong clock of their own, and the one for
    JavaScript then repeats every request that ends in an error, for most of a minute.
    """

    async def dated(message: asgi.Message) -> None:
        if message["type"] == "http.response.start":
            others = [pair for pair in message["headers"] if pair[0].lower() != b"date"]
            date = formatdate(clock.now() - clock.offset, usegmt=True).encode()
            message = {**message, "headers": [*others, (b"date", date)]}
        await send(message)

    return dated


async def _answer(method: str, receive: asgi.Receive, send: asgi.Send) -> None:
    content = await asgi.body_of(receive)
    try:
        if method == "GET":
            status, answer = 200, _state()
        elif method == "POST":
            status, answer = 200, await _let_pass(*_wait(content))
        else:
            status, answer = 405, {"message": f"{PATH} takes GET and POST, got {method}"}
    except _Refused as refusal:
        status, answer = 400, {"message": str(refusal)}
    headers = {"content-type": "application/json"}
    await asgi.answer(send, status, headers, json.dumps(answer).encode())


def _wait(content: bytes) -> tuple[float, int | None]:
    """How long at most, and since what news."""
    form = f'give {{"WaitSeconds": n}} with n from 0 to {LONGEST_WAIT_SECONDS}'
    try:
        given = json.loads(content)
    except ValueError as error:
        raise _Refused(f"{form}; the body is no JSON") from error
    if not isinstance(given, dict) or given.keys() - {"Since"} != {"WaitSeconds"}:
        raise _Refused(f"{form}, got {json.dumps(given)}")
    seconds, since = given["WaitSeconds"], given.get("Since")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise _Refused(f"{form}, got {json.dumps(seconds)}")
    if not math.isfinite(seconds) or not 0 <= seconds <= LONGEST_WAIT_SECONDS:
        raise _Refused(f"{form}, got {seconds}")
    if since is not None and type(since) is not int:
        raise _Refused(f"{form}, and as Since the News of an answer, got {json.dumps(since)}")
    return float(seconds), since


async def _let_pass(seconds: float, since: int | None) -> dict[str, float]:
    passed = await asyncio.to_thread(clock.pass_on, seconds, patience=PATIENCE_SECONDS, since=since)
    return {"Now": clock.now(), "Waited": passed.seconds, "News": passed.news}


def _state() -> dict[str, Any]:
    state = clock.state()
    return {
        "Now": state.now,
        "Idle": not state.working,
        "Working": state.working,
        "NextTimer": state.next_timer,
    }
