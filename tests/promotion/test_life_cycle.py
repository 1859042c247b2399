"""A stage that follows another serves what a person approved for it."""

import pytest

from tests.promotion.names import REQUEST, arn_of
from tests.promotion.promote import promote
from tests.promotion.world import World

PROD = {**REQUEST, "stage": "prod", "approval": "Prod"}
"""The names of resources are Dev's here; what matters is the approval and the stamp."""

STAMP = "perennial:prod"


def approve(world: World, version: int, status: str = "Approved", stage: str = "Prod") -> None:
    world.life_cycle[version] = {"Stage": stage, "StageStatus": status}


def of_dev(*versions: int) -> World:
    """A registry with versions that Dev approved."""
    world = World()
    for version in versions:
        world.register(version)
    return world


def in_prod(*versions: int) -> World:
    world = of_dev()
    for version in versions:
        world.register(version)
        approve(world, version)
        assert promote(world, PROD).output["outcome"] == "released"
    world.messages.clear()
    world.calls.clear()
    return world


def test_a_version_that_is_approved_for_the_stage_is_released():
    world = of_dev(1)
    approve(world, 1)
    assert promote(world, PROD).output["outcome"] == "released"
    assert world.serves() == 1
    assert world.stamps[1][STAMP].startswith("released")


@pytest.mark.parametrize(
    ("stage", "status"),
    [("Prod", "PendingApproval"), ("Prod", "Rejected"), ("Dev", "Approved"), (None, "")],
)
def test_what_the_registry_alone_approved_is_not_released(stage: str | None, status: str):
    world = in_prod(1)
    world.register(2)
    if stage:
        approve(world, 2, status, stage)
    assert promote(world, PROD).output["outcome"] == "already serving"
    assert world.serves() == 1


def test_what_only_the_life_cycle_approves_is_not_released():
    world = in_prod(1)
    world.register(2, "Rejected")
    approve(world, 2)
    promote(world, PROD)
    assert world.serves() == 1


def test_the_newest_of_those_approved_for_the_stage_is_released():
    world = of_dev(1, 2, 3, 4)
    for version in (1, 3):
        approve(world, version)
    promote(world, PROD)
    assert world.serves() == 3


@pytest.mark.parametrize("by", ["registry", "life cycle", "life cycle of another stage"])
def test_taking_the_approval_back_brings_back_the_newest_one_that_did_not_fail_here(by: str):
    world = in_prod(1, 2)
    world.register(3)
    approve(world, 3)
    world.broken.add(3)
    promote(world, PROD)
    assert world.stamps[3][STAMP].startswith("rolled back")
    if by == "registry":
        world.approval[2] = "Rejected"
    else:
        approve(world, 2, "Rejected", "Prod" if by == "life cycle" else "Archive")
    promote(world, PROD)
    assert world.serves() == 1


def test_a_rollback_in_another_stage_is_no_reason_here():
    world = of_dev(1)
    approve(world, 1)
    world.stamps[1]["perennial:dev"] = "rolled back 2026-11-01T00:00:00.000Z"
    promote(world, PROD)
    assert world.serves() == 1
    assert world.stamps[1]["perennial:dev"].startswith("rolled back")


def test_a_stamp_that_another_stage_sets_during_the_release_is_kept():
    world = of_dev(1)
    approve(world, 1)

    def stamp() -> None:
        world.stamps[1]["perennial:dev"] = "rolled back 2026-11-24T03:00:00.000Z"

    world.on_wait = stamp
    promote(world, PROD)
    assert world.stamps[1].keys() == {"DataVersion", "perennial:dev", STAMP}


def test_a_list_that_does_not_show_life_cycles_is_made_up_for_by_the_versions_themselves():
    world = of_dev(1, 2)
    approve(world, 1)
    lists = world._listModelPackages

    def without(**given: str) -> object:
        answer = lists(**given)
        for summary in answer["ModelPackageSummaryList"]:
            summary.pop("ModelLifeCycle", None)
        return answer

    world._listModelPackages = without  # type: ignore[method-assign]
    promote(world, PROD)
    assert world.serves() == 1


def test_with_none_approved_for_the_stage_what_serves_stays_and_a_person_hears_of_it():
    world = in_prod(1)
    approve(world, 1, "Rejected")
    assert promote(world, PROD).status == "SUCCEEDED"
    assert world.serves() == 1
    [message] = world.messages
    assert message["Subject"] == "No approved version: dev-flight-delay"
    assert (
        f"still serves {arn_of(1)}, and no version of dev-flight-delay is approved for Prod that"
        " was not rolled back here" in message["Message"]
    )
