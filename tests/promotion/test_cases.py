"""What may happen to a promotion, in one table: each fault, at each state or call of a release.

Whatever does, the endpoint serves the old version or the new one and never none; afterwards, at
the latest after the daily re-check, stack, endpoint, slot, stamps and monitors tell the same, and
people have heard of it once. All of it for a version that is good, and for one that SageMaker rolls
back, whether CloudFormation reports that as a failure or as a success.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from tests.promotion.names import LOCK, SLOT, STAMP, WATCHED, arn_of, slot_of
from tests.promotion.promote import DEFINITION, promote, released, start
from tests.promotion.world import World
from tests.state_machines.machine import AwsError, Execution

REQUEST = {**WATCHED, "next": "Prod"}
FROZEN = "/perennial/dev/flight-delay/frozen"
VERSIONS = ("good", "rolled back with a failure", "rolled back with success")
ENDS = ("Released", "Rolled back")
NEEDS_A_PERSON = "Promotion needs a person: dev-flight-delay"


@dataclass
class Told:
    """A world in which a fault was, and has gone.

    Attributes:
        where: At which state or call.
        failed: Whether an execution may have failed of it; if not, none may.
        repeated: Whether people may hear a thing twice: the answer to a message was lost.
        newest: The newest approved version.
    """

    world: World
    where: str
    failed: bool = False
    repeated: bool = False
    newest: int = 2


Case = Callable[[str], Iterator[Told]]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Puts a case into the table, under its name."""
    CASES[function.__name__.replace("_", " ")] = function
    return function


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


@cache
def undisturbed(version: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The states and the calls of the release."""
    world = releasing(version)
    execution = promote(world, REQUEST)
    assert execution.status == "SUCCEEDED"
    return tuple(execution.visited), tuple(world.actions())


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


@case
def throttled_once(version: str) -> Iterator[Told]:
    for number, action in enumerate(undisturbed(version)[1]):
        fault = once(services_exception(action, "Rate exceeded (Status Code: 400)"))
        yield Told(disturbed(version, number, fault, after=False), f"{number}: {action}")


@case
def denied_until_somebody_mends_it(version: str) -> Iterator[Told]:
    for number, action in enumerate(undisturbed(version)[1]):
        fault = always(services_exception(action, f"not authorized to perform: {action}"))
        world = disturbed(version, number, fault, after=False)
        yield Told(world, f"{number}: {action}", failed=True)


@case
def an_answer_that_times_out(version: str) -> Iterator[Told]:
    for number, action in enumerate(undisturbed(version)[1]):
        world = disturbed(version, number, once(AwsError("States.Timeout", "")), after=True)
        yield Told(world, f"{number}: {action}", repeated=action == "publish")


@case
def an_answer_that_is_lost_with_an_error_of_no_name(version: str) -> Iterator[Told]:
    for number, action in enumerate(undisturbed(version)[1]):
        fault = once(services_exception(action, "Connection reset"))
        world = disturbed(version, number, fault, after=True)
        yield Told(
            world,
            f"{number}: {action}",
            failed=action == "updateStack",
            repeated=action == "publish",
        )


@case
def a_cdk_deploy_at_the_same_time(version: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(version):
        world.deploy()
        end(world, execution, steps)
        yield Told(world, name)


@case
def an_event_that_comes_twice(version: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(version):
        second = start(world, "second", REQUEST)
        end(world, second, second.steps())
        end(world, execution, steps)
        yield Told(world, name)


@case
def two_approvals_at_once(version: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(version):
        world.register(3)
        second = start(world, "second", REQUEST)
        end(world, second, second.steps())
        end(world, execution, steps)
        yield Told(world, name, newest=3)


@case
def an_event_that_comes_after_the_version_was_rejected(version: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(version):
        world.approval[2] = "Rejected"
        second = start(world, "second", REQUEST)
        end(world, second, second.steps())
        end(world, execution, steps)
        yield Told(world, name, newest=1)


@case
def an_execution_that_is_killed(version: str) -> Iterator[Told]:
    for world, execution, _, name in at_each_state(version):
        world.executions[execution.arn] = "ABORTED"
        yield Told(world, name, failed=True)


@case
def a_rollback_that_fails_until_a_person_has_continued_it(version: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(version):
        if world.status != "UPDATE_IN_PROGRESS":
            continue
        world.status = "UPDATE_ROLLBACK_FAILED"
        end(world, execution, steps)
        assert (execution.status, execution.error) == ("FAILED", "Promotion.StackStuck")
        assert world.subjects()[-1] == NEEDS_A_PERSON
        assert world.serves() == 1
        world.status = "UPDATE_ROLLBACK_COMPLETE"
        yield Told(world, name, failed=True)


@case
def a_freeze_that_somebody_lifts(version: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(version):
        world.parameters[FROZEN] = "sale, ann, today"
        looks = execution.visited[:-1].count("Read the slot")
        end(world, execution, steps)
        looked = execution.visited.count("Read the slot") > looks
        assert (execution.output["outcome"] == "frozen") == looked, name
        assert LOCK not in world.parameters
        del world.parameters[FROZEN]
        yield Told(world, name)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", CASES)
def test_whatever_happens_something_serves_and_in_the_end_all_tell_the_same(
    name: str, version: str
):
    seen = 0
    for told in CASES[name](version):
        seen += 1
        as_it_was(told)
        if "IN_PROGRESS" in told.world.status:
            told.world.sleep(60)
        assert promote(told.world, REQUEST).status == "SUCCEEDED", told.where
        all_tell_the_same(told, version)
        people_have_heard(told, version)
    assert seen


def as_it_was(told: Told) -> None:
    """Of what the fault left behind."""
    world = told.world
    assert None not in world.served, told.where
    assert world.serves() is not None, told.where
    if not told.failed:
        statuses = {s for arn, s in world.executions.items() if arn.endswith(("first", "second"))}
        assert "FAILED" not in statuses, told.where
        assert NEEDS_A_PERSON not in world.subjects(), told.where


def all_tell_the_same(told: Told, version: str) -> None:
    """After the re-check."""
    world = told.world
    serves = 1 if told.newest == 2 and version != "good" else told.newest
    assert world.serves() == serves, told.where
    assert world.served <= set(range(1, told.newest + 1)) | {1, 2}, told.where
    assert world.parameters[SLOT] == slot_of(serves), told.where
    assert world.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    assert world.endpoint is not None and world.endpoint["config"] == world.stack_config
    assert world.monitoring is not None and world.monitoring["package"] == arn_of(serves)
    # The lock of one that is gone is taken over by whoever next has something to do.
    assert world.executions.get(world.parameters.get(LOCK, "")) != "RUNNING", told.where
    assert world.stamps[serves][STAMP].startswith("released"), told.where
    if told.newest == 2 and version != "good":
        assert world.stamps[2][STAMP].startswith("rolled back"), told.where
    if serves > 1:
        assert world.life_cycle[serves]["StageStatus"] == "PendingApproval", told.where


def people_have_heard(told: Told, version: str) -> None:
    """Once of each thing; the rule tells of an execution that could not tell it any more."""
    subjects = told.world.subjects()
    most = 2 if told.repeated else 1
    for subject in set(subjects):
        of_two = told.newest != 2 and subject.startswith((*ENDS, "Waits for approval"))
        assert subjects.count(subject) <= (2 if of_two else most), (told.where, subjects)
    heard = [subject for subject in subjects if subject.startswith(ENDS)]
    if not told.failed and told.newest == 2:
        word = "Released" if version == "good" else "Rolled back"
        assert {subject.partition(":")[0] for subject in heard} == {word}, told.where
