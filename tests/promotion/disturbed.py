"""A release, and what disturbs it: at one of its states, at one of its calls, or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.promotion.names import MONITORING, WATCHED, arn_of
from tests.promotion.promote import DEFINITION, promote, released, start
from tests.promotion.told import by_the_machine
from tests.promotion.world import World
from tests.state_machines.machine import AwsError, Execution

REQUEST = {**WATCHED, "next": "Prod"}
VERSIONS = ("good", "rolled back with a failure", "rolled back with success")


def releasing(version: str) -> World:
    """Version 1 serves, is watched and is approved for Prod; version 2 has just been approved."""
    world = released(1)
    world.monitoring = {
        "status": "UPDATE_COMPLETE",
        "package": arn_of(1),
        "update": "UPDATE_COMPLETE",
    }
    world.life_cycle[1] = {"Stage": "Prod", "StageStatus": "Approved"}
    world.register(2)
    {"good": set(), VERSIONS[1]: world.broken, VERSIONS[2]: world.silent}[version].add(2)
    return world


@dataclass(frozen=True)
class Call:
    """A call of the release that nothing disturbs.

    Attributes:
        number: Which one it is.
        action: The API action.
        message: What it tells people, in short, if it does.
        of_monitoring: Whether it is for the monitors, without which the release stands.
        answered: Whether AWS did as it was asked, so that an answer can be lost.
    """

    number: int
    action: str
    message: str
    of_monitoring: bool
    answered: bool

    def __str__(self) -> str:
        return f"{self.number}: {self.action}"


@cache
def undisturbed(version: str) -> tuple[tuple[str, ...], tuple[Call, ...]]:
    """The states and the calls of the release."""
    world, answered = releasing(version), set[int]()
    world.on_answer = lambda action, given: answered.add(len(world.calls) - 1)
    execution = promote(world, REQUEST)
    assert execution.status == "SUCCEEDED"
    told = iter(by_the_machine(world))
    calls = (
        Call(
            number,
            action,
            next(told) if action == "publish" else "",
            action == "putMetricData" or given.get("StackName") == MONITORING,
            number in answered,
        )
        for number, (action, given) in enumerate(world.calls)
    )
    return tuple(execution.visited), tuple(calls)


def answers(version: str) -> list[Call]:
    """The calls whose answer can be lost."""
    return [call for call in undisturbed(version)[1] if call.answered]


def next_message(version: str, world: World, name: str) -> str:
    """What the state tells people, in short, if it does; ``world`` has come so far."""
    if not DEFINITION["States"][name].get("Resource", "").endswith(":publish"):
        return ""
    told = [call.message for call in undisturbed(version)[1] if call.message]
    return told[len(world.messages)]


def at_each_state(version: str) -> Iterator[tuple[World, Execution, Iterator[str], str]]:
    """A release that has come so far, with the steps that are left and the state that is next.

    Choices and passes see nothing of the world: what happens before one happens before the call or
    wait that follows it.
    """
    for moment, name in enumerate(undisturbed(version)[0]):
        if DEFINITION["States"][name]["Type"] in ("Choice", "Pass"):
            continue
        world = releasing(version)
        execution = start(world, "first", REQUEST)
        steps = execution.steps()
        for _ in range(moment + 1):
            next(steps)
        yield world, execution, steps, name


def end(world: World, execution: Execution, steps: Iterator[str]) -> None:
    """The rest of an execution."""
    for _ in steps:
        pass
    world.executions[execution.arn] = execution.status


def disturbed(version: str, number: int, fault: Callable[[str], None], *, after: bool) -> World:
    """A release in which ``fault`` is called at the call of that number and at all that follow."""
    world = releasing(version)

    def interfere(action: str, given: dict[str, Any]) -> None:
        if len(world.calls) > number:
            fault(action)

    setattr(world, "on_answer" if after else "on_call", interfere)
    promote(world, REQUEST)
    world.on_call = world.on_answer = lambda action, given: None
    return world


def once(error: AwsError) -> Callable[[str], None]:
    """A fault that passes."""
    left = [error]

    def fail(action: str) -> None:
        if left:
            raise left.pop()

    return fail


def always(error: AwsError) -> Callable[[str], None]:
    """A fault of whatever was called first, until it is mended."""
    denied: list[str] = []

    def fail(action: str) -> None:
        denied.append(action)
        if action == denied[0]:
            raise error

    return fail


def services_exception(action: str, cause: str) -> AwsError:
    """An error without a name of its own."""
    service = "CloudFormation" if "tack" in action else "Any"
    return AwsError(f"{service}.{service}Exception", cause)
