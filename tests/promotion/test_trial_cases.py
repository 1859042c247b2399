"""What may happen to a trial, in one table: each fault, at each state or call of each part of it.

Whatever does, the version that served before serves until the one on trial has been judged; in the
end stack, endpoint, slots and stamps tell the same, and of what became of a version the topic has
one message, and one of the fault if it cost an execution.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from tests.promotion.disturbed import always, once, services_exception
from tests.promotion.names import EMPTY, LOCK, SLOT, STAMP, slot_of
from tests.promotion.promote import DEFINITION
from tests.promotion.told import by_the_machine, by_the_rule
from tests.promotion.trial_world import CHALLENGER, TrialWorld, serving, tried_by, trying
from tests.state_machines.machine import AwsError, Execution

NEEDS_A_PERSON, FAILED, ABORTED = (
    "Promotion needs a person",
    "ended as FAILED",
    "ended as ABORTED",
)
FAULTS_OF_ITS_OWN = (NEEDS_A_PERSON, FAILED, ABORTED)
A_DAY = 24 * 3600


@dataclass(frozen=True)
class Part:
    """A part of a trial, which one execution plays.

    Attributes:
        begins: Makes the world as it is before it.
        serves: The version that serves once the trial is over.
        told: What the topic has heard by then, in short.
        lasts: Whether a trial is left: a person has to decide.
    """

    begins: Callable[[], TrialWorld]
    serves: int
    told: tuple[str, ...]
    lasts: bool = False


def approved() -> TrialWorld:
    world = serving()
    world.request = tried_by(hours=2)
    world.register(2)
    return world


def due(verdict: str) -> TrialWorld:
    world = trying(verdict={"verdict": verdict, "why": "so it is"})
    world.rounds.clear()
    world.sleep(A_DAY)
    world.slept.clear()
    return world


def decided() -> TrialWorld:
    world = trying()
    world.decide("promote")
    return world


def ringing() -> TrialWorld:
    world = trying()
    assert world.stack_config is not None
    world.ringing.add(world.stack_config)
    return world


PARTS = {
    "it begins": Part(approved, 2, ("On trial 2", "Released 2")),
    "it is no worse": Part(lambda: due("no worse"), 2, ("Released 2",)),
    "it is worse": Part(lambda: due("worse"), 1, ("Dropped 2",)),
    "nobody knows": Part(lambda: due("undecided"), 1, ("Decide 2",), lasts=True),
    "a person promotes it": Part(decided, 2, ("Released 2",)),
    "its alarm rings": Part(ringing, 1, ("Dropped 2",)),
}


@dataclass
class Told:
    """A world in which a fault was, and has gone.

    Attributes:
        where: At which state or call.
        of_it: The message of the fault itself; empty if it costs nothing.
        untold: The message that nobody could send any more.
        repeated: The message whose answer was lost.
        instead: Other messages than those of the part, where another version came.
        serves: The version that serves in the end, if another than the part says.
        lasts: Whether a trial is left, if otherwise than the part says.
    """

    world: TrialWorld
    where: str
    of_it: str = ""
    untold: str = ""
    repeated: str = ""
    instead: tuple[str, ...] | None = None
    serves: int | None = None
    lasts: bool | None = None


@dataclass(frozen=True)
class Call:
    """A call of a part that nothing disturbs; `message` is what it tells, in short, if it does."""

    number: int
    action: str
    message: str
    answered: bool


@cache
def undisturbed(part: str) -> tuple[tuple[str, ...], tuple[Call, ...]]:
    """The states and the calls of a part."""
    world, answered = PARTS[part].begins(), set[int]()
    world.on_answer = lambda action, given: answered.add(len(world.calls) - 1)
    execution = world.promote()
    assert execution.status == "SUCCEEDED"
    told = iter(by_the_machine(world))
    return tuple(execution.visited), tuple(
        Call(n, action, next(told) if action == "publish" else "", n in answered)
        for n, (action, _) in enumerate(world.calls)
    )


def at_each_state(part: str) -> Iterator[tuple[TrialWorld, Execution, Iterator[str], str]]:
    """A part that has come so far, with the steps that are left and the state that is next."""
    for moment, name in enumerate(undisturbed(part)[0]):
        if DEFINITION["States"][name]["Type"] in ("Choice", "Pass"):
            continue
        world = PARTS[part].begins()
        execution = world.start(name="disturbed")
        steps = execution.steps()
        for _ in range(moment + 1):
            next(steps)
        yield world, execution, steps, name


def end(world: TrialWorld, execution: Execution, steps: Iterator[str]) -> None:
    for _ in steps:
        pass
    world.executions[execution.arn] = execution.status


def disturbed(part: str, number: int, fault: Callable[[str], None], *, after: bool) -> TrialWorld:
    """A part in which ``fault`` is called at the call of that number and at all that follow."""
    world = PARTS[part].begins()

    def interfere(action: str, given: dict[str, Any]) -> None:
        if len(world.calls) > number:
            fault(action)

    setattr(world, "on_answer" if after else "on_call", interfere)
    world.promote()
    world.on_call = world.on_answer = lambda action, given: None
    return world


Case = Callable[[str], Iterator[Told]]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Puts a case into the table, under its name."""
    CASES[function.__name__.replace("_", " ")] = function
    return function


@case
def throttled_once(part: str) -> Iterator[Told]:
    for call in undisturbed(part)[1]:
        fault = once(services_exception(call.action, "Rate exceeded (Status Code: 400)"))
        yield Told(disturbed(part, call.number, fault, after=False), str(call))


@case
def denied_until_somebody_mends_it(part: str) -> Iterator[Told]:
    for call in undisturbed(part)[1]:
        fault = always(services_exception(call.action, f"not authorized: {call.action}"))
        world = disturbed(part, call.number, fault, after=False)
        yield Told(world, str(call), FAILED if call.message else NEEDS_A_PERSON, call.message)


@case
def an_answer_that_times_out(part: str) -> Iterator[Told]:
    for call in undisturbed(part)[1]:
        if call.answered:
            world = disturbed(part, call.number, once(AwsError("States.Timeout", "")), after=True)
            # What was deleted can't be deleted again, and the sweep says so.
            of_it = NEEDS_A_PERSON if call.action in ("deleteEndpointConfig", "deleteModel") else ""
            yield Told(world, str(call), of_it, repeated=call.message)


@case
def a_cdk_deploy_at_the_same_time(part: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(part):
        world.deploy()
        end(world, execution, steps)
        yield Told(world, name)


@case
def an_event_that_comes_twice(part: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(part):
        second = world.start(name="second")
        end(world, second, second.steps())
        end(world, execution, steps)
        yield Told(world, name)


@case
def an_execution_that_is_killed(part: str) -> Iterator[Told]:
    for world, execution, _, name in at_each_state(part):
        world.executions[execution.arn] = "ABORTED"
        told = [call.message for call in undisturbed(part)[1] if call.message]
        publishes = DEFINITION["States"][name].get("Resource", "").endswith(":publish")
        yield Told(world, name, ABORTED, told[len(world.messages)] if publishes else "")


@case
def a_rejection_of_the_version_on_trial(part: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(part):
        world.approval[2] = "Rejected"
        second = world.start(name="second")
        end(world, second, second.steps())
        end(world, execution, steps)
        yield Told(world, name, instead=tuple(by_the_machine(world)), serves=1, lasts=False)


@case
def a_freeze_that_somebody_lifts(part: str) -> Iterator[Told]:
    for world, execution, steps, name in at_each_state(part):
        world.parameters["/perennial/dev/frozen"] = "sale, ann, today"
        end(world, execution, steps)
        assert LOCK not in world.parameters
        del world.parameters["/perennial/dev/frozen"]
        yield Told(world, name)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", CASES)
def test_whatever_happens_the_champion_serves_until_its_challenger_is_judged(name: str, part: str):
    seen = 0
    for told in CASES[name](part):
        seen += 1
        world, expected = told.world, PARTS[part]
        as_it_was(told)
        if "IN_PROGRESS" in world.status:
            world.sleep(60)
        for _ in range(2):
            assert world.promote().output["outcome"] != "failed", told.where
            world.play()
            world.sleep(A_DAY)
        serves = told.serves or expected.serves
        lasts = expected.lasts if told.lasts is None else told.lasts
        all_tell_the_same(told, serves, lasts=lasts)
        people_have_heard(told, expected.told)
    assert seen


def as_it_was(told: Told) -> None:
    """Of what the fault left behind."""
    world = told.world
    assert set(world.served) <= {1, 2} and world.serves() is not None, told.where
    of_it = [m for m in heard(world) if m in FAULTS_OF_ITS_OWN and m != ABORTED]
    assert of_it == [told.of_it] * (told.of_it not in ("", ABORTED)), told.where


def all_tell_the_same(told: Told, serves: int, *, lasts: bool) -> None:
    world = told.world
    assert world.serves() == serves, told.where
    if serves == 1:
        assert set(world.served) <= ({1, 2} if told.serves else {1}), told.where
    assert world.tries() == (2 if lasts else None), told.where
    assert world.parameters[SLOT] == slot_of(serves), told.where
    assert (world.parameters[CHALLENGER] == EMPTY) == (not lasts), told.where
    assert world.endpoint is not None and world.endpoint["config"] == world.stack_config
    assert world.executions.get(world.parameters.get(LOCK, "")) != "RUNNING", told.where
    assert world.stamps[serves][STAMP].startswith("released"), told.where
    if serves == 1 and not lasts and told.serves is None:
        assert world.stamps[2][STAMP].startswith("rolled back"), told.where


def heard(world: TrialWorld) -> list[str]:
    """What the topic has heard, in short."""
    return by_the_machine(world) + by_the_rule(world)


def people_have_heard(told: Told, of_the_part: tuple[str, ...]) -> None:
    happened = list(of_the_part)
    if told.instead is not None:
        # What had been told until it was rejected, and that the version before serves again.
        happened = [message for message in heard(told.world) if message in told.instead]
    happened += [message for message in (told.of_it, told.repeated) if message]
    if told.untold:
        happened.remove(told.untold)
    assert sorted(heard(told.world)) == sorted(happened), told.where
