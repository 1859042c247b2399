"""What may happen to a promotion, in one table: each fault, at each state or call of a release.

Whatever does, the endpoint serves the old version or the new one and never none; afterwards, at
the latest after the daily re-check, stack, endpoint, slot, stamps and monitors tell the same, and
the topic has one message of the fault, if it cost an execution, and one of what became of each
version, whoever sent them: the machine, or the rule for executions that can't tell any more. All of
it for a version that is good, and for one that SageMaker rolls back, whether CloudFormation reports
that as a failure or as a success.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.promotion.disturbed import (
    REQUEST,
    VERSIONS,
    always,
    answers,
    at_each_state,
    disturbed,
    end,
    next_message,
    once,
    services_exception,
    undisturbed,
)
from tests.promotion.names import LOCK, SLOT, STAMP, arn_of, slot_of
from tests.promotion.promote import promote, start
from tests.promotion.told import by_the_machine, by_the_rule
from tests.promotion.world import World
from tests.state_machines.machine import AwsError

FROZEN = "/perennial/dev/flight-delay/frozen"
NEEDS_A_PERSON, BEHIND = "Promotion needs a person", "Monitoring needs a person"
FAILED, ABORTED = "ended as FAILED", "ended as ABORTED"


@dataclass
class Told:
    """A world in which a fault was, and has gone.

    Attributes:
        where: At which state or call.
        of_it: The one message of the fault itself; empty if it costs nothing.
        untold: The message that nobody could send any more; the one of the fault stands for it.
        repeated: The message whose answer was lost, so that it was sent once more.
        newest: The newest approved version.
    """

    world: World
    where: str
    of_it: str = ""
    untold: str = ""
    repeated: str = ""
    newest: int = 2


Case = Callable[[str], Iterator[Told]]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Puts a case into the table, under its name."""
    CASES[function.__name__.replace("_", " ")] = function
    return function


@case
def throttled_once(version: str) -> Iterator[Told]:
    for call in undisturbed(version)[1]:
        fault = once(services_exception(call.action, "Rate exceeded (Status Code: 400)"))
        yield Told(disturbed(version, call.number, fault, after=False), str(call))


@case
def denied_until_somebody_mends_it(version: str) -> Iterator[Told]:
    for call in undisturbed(version)[1]:
        cause = f"not authorized to perform: {call.action}"
        fault = always(services_exception(call.action, cause))
        world = disturbed(version, call.number, fault, after=False)
        of_it = FAILED if call.message else BEHIND if call.of_monitoring else NEEDS_A_PERSON
        yield Told(world, str(call), of_it, untold=call.message)


@case
def an_answer_that_times_out(version: str) -> Iterator[Told]:
    for call in answers(version):
        fault = once(AwsError("States.Timeout", ""))
        world = disturbed(version, call.number, fault, after=True)
        yield Told(world, str(call), repeated=call.message)


@case
def an_answer_that_is_lost_with_an_error_of_no_name(version: str) -> Iterator[Told]:
    for call in answers(version):
        fault = once(services_exception(call.action, "Connection reset"))
        world = disturbed(version, call.number, fault, after=True)
        update = BEHIND if call.of_monitoring else NEEDS_A_PERSON
        of_it = update if call.action == "updateStack" else ""
        yield Told(world, str(call), of_it, repeated=call.message)


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
        yield Told(world, name, ABORTED, untold=next_message(version, world, name))


@case
def a_rollback_that_fails_until_a_person_has_continued_it(version: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(version):
        if world.status != "UPDATE_IN_PROGRESS":
            continue
        world.status = "UPDATE_ROLLBACK_FAILED"
        end(world, execution, steps)
        assert execution.output["error"] == "Promotion.StackStuck"
        assert world.serves() == 1
        world.status = "UPDATE_ROLLBACK_COMPLETE"
        yield Told(world, name, NEEDS_A_PERSON)


@case
def a_freeze_that_somebody_lifts(version: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(version):
        world.parameters[FROZEN] = "sale, ann, today"
        looks = execution.visited[:-1].count("Read the slot")
        end(world, execution, steps)
        looked = execution.visited.count("Read the slot") > looks
        assert (execution.output["outcome"] == "frozen") == looked, name
        assert LOCK not in world.parameters
        assert promote(world, REQUEST).output["outcome"] == "frozen"
        del world.parameters[FROZEN]
        yield Told(world, name)
        assert world.tried.count(2) == 1, name


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
        recheck = promote(told.world, REQUEST)
        assert recheck.status == "SUCCEEDED", told.where
        assert recheck.output["outcome"] != "failed", told.where
        all_tell_the_same(told, version)
        people_have_heard(told)
    assert seen


def as_it_was(told: Told) -> None:
    """Of what the fault left behind."""
    world = told.world
    assert None not in world.served, told.where
    assert world.serves() is not None, told.where
    of_it = [message for message in heard(world) if message in (NEEDS_A_PERSON, BEHIND, FAILED)]
    assert of_it == [told.of_it] * (told.of_it not in ("", ABORTED)), told.where


def all_tell_the_same(told: Told, version: str) -> None:
    """After the re-check."""
    world = told.world
    serves = 1 if told.newest == 2 and version != "good" else told.newest
    assert world.serves() == serves, told.where
    assert set(world.served) <= set(range(1, told.newest + 1)) | {1, 2}, told.where
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


def heard(world: World) -> list[str]:
    """What the topic has heard, in short."""
    return by_the_machine(world) + by_the_rule(world)


def people_have_heard(told: Told) -> None:
    """Of all that has happened, once; word for word the same where an answer was lost."""
    world = told.world
    happened = [f"Released {version}" for version in world.served[1:]]
    for version in world.stamps:
        if world.stamps[version].get(STAMP, "").startswith("rolled back"):
            happened.append(f"Rolled back {version}")
        if world.life_cycle.get(version, {}).get("StageStatus") == "PendingApproval":
            happened.append(f"Waits for approval in Prod {version}")
    happened += [message for message in (told.of_it, told.repeated) if message]
    if told.untold:
        happened.remove(told.untold)
    assert sorted(heard(world)) == sorted(happened), told.where
    copies = [message for message in world.messages if world.messages.count(message) > 1]
    assert len(copies) == 2 * bool(told.repeated), told.where
