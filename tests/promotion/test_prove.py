"""What comes after a release: has it answered, and what of the stage that follows?"""

import pytest

from tests.promotion.names import REQUEST, STAMP, arn_of
from tests.promotion.promote import promote, released, start
from tests.promotion.world import World

BEFORE_PROD = {**REQUEST, "next": "Prod"}
WAITS = "Waits for approval in Prod: flight-delay"
UNPROVEN = "Unproven: dev-flight-delay"


def new_version(*, answers: bool = True) -> World:
    world = released(1)
    world.register(2)
    world.answers = answers
    return world


def test_a_release_that_answered_is_proposed_for_the_stage_that_follows():
    world = new_version()
    assert promote(world, BEFORE_PROD).output["outcome"] == "released"
    assert world.life_cycle[2] == {
        "Stage": "Prod",
        "StageStatus": "PendingApproval",
        "StageDescription": "Serves in dev by config config-2 and has answered 12 requests",
    }
    assert world.subjects() == ["Released: dev-flight-delay", WAITS]
    assert arn_of(2) in world.messages[-1]["Message"]
    assert "docs/how-to/approve.md" in world.messages[-1]["Message"]


def test_with_no_stage_that_follows_nothing_is_proposed():
    world = new_version()
    assert promote(world).output["outcome"] == "released"
    assert not world.life_cycle
    assert world.subjects() == ["Released: dev-flight-delay"]


def test_a_release_that_answered_nothing_is_called_unproven_after_ten_minutes():
    world = new_version(answers=False)
    assert promote(world, BEFORE_PROD).output["outcome"] == "unproven"
    assert world.slept.count(60) == 10
    assert world.subjects() == ["Released: dev-flight-delay", UNPROVEN]
    assert "has answered no request yet" in world.messages[-1]["Message"]
    assert "the daily re-check proposes it for Prod" in world.messages[-1]["Message"]
    assert not world.life_cycle
    assert world.stamps[2][STAMP].startswith("released")


def test_where_none_follows_an_unproven_release_says_so_too():
    world = new_version(answers=False)
    assert promote(world).output["outcome"] == "unproven"
    assert "Whether it answers as it should is not known" in world.messages[-1]["Message"]
    assert promote(world).output["outcome"] == "already serving"


def test_the_re_check_proposes_what_has_answered_since():
    world = new_version(answers=False)
    promote(world, BEFORE_PROD)
    assert promote(world, BEFORE_PROD).output["outcome"] == "unproven"
    assert world.subjects().count(UNPROVEN) == 1
    world.answers = True
    assert promote(world, BEFORE_PROD).output["outcome"] == "already serving"
    assert world.life_cycle[2]["StageStatus"] == "PendingApproval"
    assert world.subjects()[-1] == WAITS


def test_an_answer_that_comes_late_is_waited_for():
    world = new_version(answers=False)

    def answer() -> None:
        world.answers = world.slept.count(60) >= 3

    world.on_wait = answer
    assert promote(world, BEFORE_PROD).output["outcome"] == "released"
    assert world.slept.count(60) == 3
    assert 2 in world.life_cycle


def test_another_approval_does_not_wait_until_the_last_one_has_answered():
    world = new_version(answers=False)

    def approve() -> None:
        if world.slept.count(60) == 2:
            world.register(3)

    world.on_wait = approve
    promote(world, BEFORE_PROD)
    assert world.serves() == 3
    assert world.slept.count(60) == 2 + 10


@pytest.mark.parametrize("status", ["PendingApproval", "Approved", "Rejected"])
def test_what_was_proposed_before_is_not_proposed_again(status: str):
    world = released(1)
    world.life_cycle[1] = {"Stage": "Prod", "StageStatus": status}
    assert promote(world, BEFORE_PROD).output["outcome"] == "already serving"
    assert "updateModelPackage" not in world.actions()
    assert "getMetricStatistics" not in world.actions()


def test_the_word_of_a_person_who_was_faster_stands():
    world = new_version()
    execution = start(world, "first", BEFORE_PROD)
    said = {"Stage": "Prod", "StageStatus": "Rejected"}
    for state in execution.steps():
        if state == "Read its life cycle":
            world.life_cycle[2] = dict(said)
    assert execution.output["outcome"] == "released"
    assert world.life_cycle[2] == said
    assert WAITS not in world.subjects()


def test_a_life_cycle_of_another_making_does_not_keep_a_version_from_being_proposed():
    world = new_version()
    world.life_cycle[2] = {"Stage": "Development", "StageStatus": "Approved"}
    promote(world, BEFORE_PROD)
    assert world.life_cycle[2]["Stage"] == "Prod"


def test_what_was_rolled_back_is_not_proposed():
    world = new_version()
    world.broken.add(2)
    world.life_cycle[1] = {"Stage": "Prod", "StageStatus": "Approved"}
    promote(world, BEFORE_PROD)
    assert 2 not in world.life_cycle


def test_what_serves_without_approval_is_not_proposed():
    world = released(1)
    world.approval[1] = "Rejected"
    promote(world, BEFORE_PROD)
    assert not world.life_cycle


def test_only_the_holder_of_the_lock_proposes():
    world = released(1)
    pair = [start(world, name, BEFORE_PROD) for name in ("first", "second")]
    for execution in pair:
        steps = execution.steps()
        while next(steps, None) not in ("Count what it answered", None):
            pass
        execution.turns = steps  # type: ignore[attr-defined]
    for execution in pair:
        for _ in execution.turns:  # type: ignore[attr-defined]
            pass
        world.executions[execution.arn] = execution.status
    assert world.subjects() == [WAITS]
