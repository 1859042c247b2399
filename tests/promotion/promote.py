"""Executions of the promotion machine in a small world."""

from copy import deepcopy
from functools import cache
from typing import Any

from mlops_constructs.promotion.definition import definition
from tests.promotion.names import REQUEST
from tests.promotion.world import World
from tests.state_machines.machine import Execution

DEFINITION: dict[str, Any] = definition()


def start(world: World, name: str = "first", request: dict[str, Any] | None = None) -> Execution:
    """An execution that has not taken a step."""
    arn = f"arn:aws:states:us-east-1:123456789012:execution:dev-promotion:{name}"
    world.executions[arn] = "RUNNING"
    given = dict(REQUEST if request is None else request)
    return Execution(DEFINITION, world, arn, given, sleep=world.sleep)


def promote(world: World, request: dict[str, Any] | None = None) -> Execution:
    """An execution from its start to its end."""
    execution = start(world, f"run-{len(world.executions)}", request).run()
    world.executions[execution.arn] = execution.status
    return execution


def released(*versions: int) -> World:
    """A world in which ``versions`` were released one after the other; the last one serves."""
    return deepcopy(_released(*versions))


@cache
def _released(*versions: int) -> World:
    world = World()
    for version in versions:
        world.register(version)
        assert promote(world).output["outcome"] == "released"
    world.calls.clear()
    world.messages.clear()
    world.slept.clear()
    world.served.clear()
    world.tried.clear()
    return world
