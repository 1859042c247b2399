"""MiniStack's threads and waits, on the clock of the local AWS.

Its services get `threading`, `time` and `asyncio` with other members of the same names, so that
what they start counts as work, and what they wait for passes in virtual time. Left as they are:
the loops of Lambda's and Pipes' event source mappings, which look at their sources in real time
and keep nobody waiting; Lambda's own waits for its processes; WaitCondition, whose stack works
while it waits.
"""

import asyncio
import contextvars
import threading
from collections.abc import Coroutine
from functools import partial
from types import SimpleNamespace
from typing import Any

from ministack.services import (
    cloudwatch_logs,
    eventbridge,
    lambda_svc,
    s3,
    scheduler,
    sns,
    sqs,
    stepfunctions,
)
from ministack.services.cloudformation import changesets, custom_resource, handlers, stacks

from local_aws.clock import clock, threads
from local_aws.clock.event import Event
from local_aws.clock.work import Work

# Threads of MiniStack that never end: they would keep time from ever jumping.
_ENDLESS = ("_poll_loop", "_loop", "_serve")
_create_stack_task = stacks._create_stack_task_in_region


def install() -> None:
    """Put all of it on the clock."""
    counted = _like(threading, Thread=_thread)
    cloudwatch_logs.threading = counted
    eventbridge.threading = counted
    lambda_svc.threading = counted
    s3.threading = counted
    sns._threading = counted
    s3.time = _like(s3.time, sleep=clock.sleep)
    sqs.asyncio = _like(asyncio, sleep=_rest)
    custom_resource.threading = _like(threading, Event=partial(Event, clock))
    handlers._create_stack_task_in_region = _start_stack_task
    changesets._create_stack_task_in_region = _start_stack_task
    eventbridge.start_scheduler = _start_no_ticker
    scheduler.start_scheduler = _start_no_ticker
    _install_step_functions()


def _install_step_functions() -> None:
    event = partial(Event, clock)
    stepfunctions.threading = _like(threading, Thread=_thread, Event=event)
    stepfunctions.time = _like(stepfunctions.time, sleep=clock.sleep)
    stepfunctions.asyncio = _like(asyncio, sleep=_rest)
    stepfunctions.ThreadPoolExecutor = threads.Pool
    stepfunctions.futures_wait = _wait_for_pool
    stepfunctions._invoke_resource_with_timeout = _invoke_with_timeout


def _like(module: Any, **members: Any) -> Any:
    return SimpleNamespace(**{**vars(module), **members})


def _thread(**named: Any) -> threading.Thread:
    """A thread that counts, unless it is one that never ends, named for what it does."""
    target = named["target"]
    if getattr(target, "__name__", "") in _ENDLESS:
        return threading.Thread(**named)
    does = next(filter(callable, named.get("args", ())), target)  # Context.run calls its first
    return threads.Thread(**{"name": threads.name_of(does), **named})


async def _rest(seconds: float) -> None:
    """The wait of a long poll: who asks is outside, and nothing is done for him meanwhile."""
    with clock.resting():
        await asyncio.sleep(seconds)


def _start_stack_task(
    task: Coroutine[Any, Any, Any], stack: dict[str, Any] | None, stack_id: str | None = None
) -> None:
    name = f"stack {(stack or {}).get('StackName', stack_id)}"
    _create_stack_task(_counted(task, clock.begin(name)), stack, stack_id)


async def _counted(task: Coroutine[Any, Any, Any], work: Work) -> None:
    try:
        with clock.works.in_context(work):
            await task
    finally:
        clock.end(work)


def _start_no_ticker() -> None:
    """MiniStack's tickers look every ten real seconds; the local AWS knows when to fire."""


def _wait_for_pool(_submitted: list[None]) -> None:
    """The pool waits for its workers itself, as MiniStack leaves its `with` block."""


def _invoke_with_timeout(resource: str, given: Any, timeout: float) -> Any:
    """Run a task; one that takes longer than its TimeoutSeconds runs on, but is not waited for."""
    outcome: list[Any] = []
    context = contextvars.copy_context()

    def run() -> None:
        try:
            outcome.append((context.run(stepfunctions._invoke_resource, resource, given), None))
        except Exception as error:
            outcome.append((None, error))

    task = threads.Thread(target=run, daemon=True, name=resource)
    task.start()
    task.join(timeout)
    if not outcome:
        raise stepfunctions._ExecutionError(
            "States.Timeout", f"Task timed out after {timeout} seconds"
        )
    result, error = outcome[0]
    if error:
        raise error
    return result
