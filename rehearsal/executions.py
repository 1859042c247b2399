"""Executions of the platform's state machines, as their console lists them."""

import json
from typing import Any

from rehearsal.arrows import ArrowDidNotFire
from rehearsal.world import World

HOUR = 3600.0


def executions(world: World, machine: str) -> dict[str, dict[str, Any]]:
    """The input of each execution of a machine, by its ARN; the newest first."""
    states = world.client("stepfunctions")
    listed = states.get_paginator("list_executions").paginate(stateMachineArn=machine)
    arns = [found["executionArn"] for page in listed for found in page["executions"]]
    return {a: json.loads(states.describe_execution(executionArn=a)["input"]) for a in arns}


def await_execution(
    world: World, arrow: str, *, machine: str, before: set[str], **told: str
) -> list[str]:
    """Wait for executions that were not there before and whose input holds `told`."""

    def new() -> list[str]:
        found = executions(world, machine)
        return [
            arn
            for arn, request in found.items()
            if arn not in before and told.items() <= request.items()
        ]

    return world.await_arrow(
        arrow, new, expected=f"an execution of {machine} for {told}", within=HOUR
    )


def none_runs(world: World, machine: str) -> bool:
    """Whether no execution of a machine runs any more.

    Who began with a version's approval is not known by when it was started: one that was already at
    work may have seen it first, and all that started since leave it to that one.
    """
    states = world.client("stepfunctions")
    listed = states.list_executions(stateMachineArn=machine, statusFilter="RUNNING", maxResults=1)
    return not listed["executions"]


def how_it_ended(end: dict[str, Any]) -> str:
    """SUCCEEDED, or how an execution ended and why.

    Who could tell people of its failure ends as SUCCEEDED with the outcome `failed`.
    """
    told = json.loads(end.get("output") or "{}")
    if told.get("outcome") == "failed":
        return f"failed: {told['error']} {told['cause']}"
    if end["status"] == "SUCCEEDED":
        return "SUCCEEDED"
    return f"{end['status']}: {end.get('error')} {end.get('cause')}"


def await_success(world: World, arrow: str, execution: str, *, within: float = HOUR) -> None:
    """Wait until an execution ends.

    Raises:
        ArrowDidNotFire: it did not end well.
    """
    states = world.client("stepfunctions")
    end = world.await_arrow(
        arrow, lambda: states.describe_execution(executionArn=execution),
        expected="the execution to end", until=lambda found: found["status"] != "RUNNING",
        within=within,
    )  # fmt: skip
    seen = how_it_ended(end)
    if seen != "SUCCEEDED":
        raise ArrowDidNotFire(arrow, "the execution to succeed", within, seen)
