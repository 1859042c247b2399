"""Executing a change set and deleting a stack: answered when the stack is done, or in five seconds.

After either, the cdk CLI looks at the stack at once and then every five seconds. Most stacks of
this machine take a moment; on AWS, none does.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core.concurrency import run_reentrant
from ministack.services import cloudformation

from local_aws.clock import clock

LONGEST_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.05
_ANSWERED_LATER = ("ExecuteChangeSet", "DeleteStack")
_handle_request = app.SERVICE_HANDLERS["cloudformation"]


def install() -> None:
    """Stand before MiniStack's CloudFormation."""
    app.SERVICE_HANDLERS["cloudformation"] = _handle


async def _handle(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
) -> Any:
    response = await _handle_request(method, path, headers, body, query)
    asked = parse_qs(body.decode())
    if asked.get("Action", [""])[0] in _ANSWERED_LATER:
        await asyncio.sleep(0)  # MiniStack's task, which says that the stack is in progress, begins
        await run_reentrant(wait_for, *asked.get("StackName", ()))
    return response


def wait_for(name: str = "") -> None:
    """Wait until the stack of that name or ARN is done, or five seconds."""
    end = clock.now() + LONGEST_SECONDS
    while _in_progress(name) and clock.now() < end:
        clock.sleep(_LOOK_AGAIN_SECONDS)


def _in_progress(name: str) -> bool:
    return any(
        stack["StackStatus"].endswith("_IN_PROGRESS")
        for stack in list(cloudformation._stacks.values())
        if name in (stack["StackName"], stack["StackId"])
    )
