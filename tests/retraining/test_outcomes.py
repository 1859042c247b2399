"""What a retraining does of what it finds, and what it tells the run."""

import re
from itertools import pairwise
from typing import Any

import pytest

from tests.retraining.names import DAY, DRIFT, HOUR, LOCK, NOTE, REQUEST, SLOT, package
from tests.retraining.world import Run, World
from tests.state_machines.machine import AwsError

WRITES = {"putParameter", "startPipelineExecution", "publish"}


def trained(world: World, trigger: str = "person", **asked: Any) -> Run:
    """The run that comes of it."""
    world.ask(trigger, **asked)
    world.play()
    return world.runs[-1]


def outcome(world: World, trigger: str, **asked: Any) -> dict[str, Any]:
    started = world.ask(trigger, **asked)
    world.play()
    assert started.execution.status == "SUCCEEDED", started.execution.cause
    output: dict[str, Any] = started.execution.output
    return output


def test_a_drift_s_run_has_the_alarm_and_its_reason():
    world = World()
    world.rings("Threshold Crossed: 1 out of the last 1 datapoints [3.0 (24/11/26)] >= 1.0")
    assert trained(world, "drift").parameters["Reason"] == (
        f"drift: {DRIFT}: Threshold Crossed: 1 out of the last 1 datapoints 3.0 24/11/26 = 1.0"
    )


def test_a_re_check_s_run_says_that_it_was_a_re_check():
    world = World()
    world.rings()
    assert trained(world, "re-check").parameters["Reason"].startswith(f"re-check: {DRIFT}: ")


def test_an_alarm_s_event_that_comes_twice_is_done_with_when_its_run_has_made_a_version():
    world = World()
    world.rings()
    world.at(HOUR, world.register)
    both = [world.ask("drift"), world.ask("drift")]
    world.play()
    assert len(world.runs) == 1
    assert max(one.wakes for one in both) < 3 * HOUR


def test_a_person_s_run_has_the_person_s_reason():
    run = trained(World(), "person", reason="prices changed")
    assert run.parameters["Reason"] == "person: prices changed"


@pytest.mark.parametrize(
    "reason", ["<b>'quoted' \"twice\"</b>; {{ssm:x}} \\ über\n", "x" * 1000, "", "  ", "###"]
)
def test_every_reason_is_one_that_the_registry_takes(reason: str):
    told = trained(World(), "person", reason=reason).parameters["Reason"]
    assert re.fullmatch(r"person:[A-Za-z0-9_ .:/=+\-@]*", told)
    assert len(told) <= 256
    assert told == told.strip()


def test_the_data_s_version_is_the_time_at_which_it_was_read():
    world = World()
    run = trained(world)
    began, moment = world.time(run.start), run.parameters["DataVersion"].removeprefix("as of ")
    assert re.fullmatch(r"[A-Za-z0-9_ .:/=+\-@]*", run.parameters["DataVersion"])
    assert began[:19] == moment[:19]


def test_the_champion_is_what_the_slot_names_and_the_endpoint_runs():
    world = World()
    world.serve(3)
    run = trained(world)
    assert run.parameters["ChampionPackageArn"] == package(3)
    assert run.parameters["ChampionModelUri"] == "s3://artifacts/3/model.tar.gz"
    assert package(3) in world.messages[0]["Message"]


def test_without_a_champion_the_pipeline_s_own_defaults_stand():
    run = trained(World())
    assert run.parameters.keys() == {"Reason", "DataVersion"}


def test_a_slot_that_is_missing_names_no_champion():
    world = World()
    del world.parameters[SLOT]
    assert "ChampionModelUri" not in trained(world).parameters


def test_a_release_that_is_under_way_is_waited_out():
    world = World()
    world.serve(1)
    world.status = "Updating"

    def released() -> None:
        world.serve(2)
        world.status = "InService"

    world.at(HOUR, released)
    run = trained(world)
    assert run.parameters["ChampionPackageArn"] == package(2)
    assert HOUR <= run.start <= HOUR + 300


def test_a_slot_between_a_promotion_s_two_steps_is_waited_out():
    world = World()
    world.serve(1)
    world.parameters[SLOT] = (f"{package(2)},NONE", 0.0)
    world.at(120, lambda: world.serve(2))
    assert trained(world).parameters["ChampionPackageArn"] == package(2)


def test_where_slot_and_endpoint_disagree_for_twenty_minutes_nobody_is_champion():
    world = World()
    world.serve(1)
    world.parameters[SLOT] = (f"{package(2)},NONE", 0.0)
    run = trained(world)
    assert "ChampionModelUri" not in run.parameters
    assert 20 * 60 <= run.start <= 25 * 60


@pytest.mark.parametrize("status", ["Failed", "OutOfService", "UpdateRollbackFailed"])
def test_an_endpoint_that_is_stuck_has_no_champion(status: str):
    world = World()
    world.serve(1)
    world.status = status
    assert "ChampionModelUri" not in trained(world).parameters


def test_a_run_that_begins_while_the_champion_is_read_is_seen():
    world = World()
    world.serve(1)
    describe = world._describeModelPackage

    def and_a_person_starts_one(**given: str) -> Any:
        if not world.runs:
            world.train(lasts=HOUR)
        return describe(**given)

    world._describeModelPackage = and_a_person_starts_one  # type: ignore[method-assign]
    assert outcome(world, "schedule") == {"outcome": "no need", "run": ""}


def test_after_a_wait_the_champion_is_read_again():
    world = World()
    world.serve(1)
    world.rings()
    describe = world._describeModelPackage

    def and_a_person_starts_one(**given: str) -> Any:
        if not world.runs:
            world.train(lasts=HOUR)
        return describe(**given)

    world._describeModelPackage = and_a_person_starts_one  # type: ignore[method-assign]
    world.at(2 * HOUR, lambda: world.serve(2))
    run = trained(world, "drift")
    assert run.by_the_machine
    assert run.parameters["ChampionPackageArn"] == package(2)


def test_a_drift_that_is_over_needs_nothing():
    world = World()
    assert outcome(world, "drift") == {"outcome": "no need", "run": ""}
    assert "startPipelineExecution" not in world.calls


def test_a_model_without_alarms_is_never_asked_after_all_alarms():
    world = World()
    assert outcome(world, "re-check", alarms=[]) == {"outcome": "no need", "run": ""}
    assert "describeAlarms" not in world.calls


def test_a_re_check_that_finds_nothing_writes_nothing():
    world = World()
    outcome(world, "re-check")
    assert not WRITES & set(world.calls)


def test_people_hear_of_a_run_once_and_of_its_reason():
    world = World()
    run = trained(world, "person", reason="prices changed")
    [message] = world.messages
    assert message["Subject"] == "Retraining: dev-flight-delay"
    assert run.arn in message["Message"]
    assert "Reason: person: prices changed" in message["Message"]
    assert "Champion: NONE" in message["Message"]


def test_an_event_does_not_remind_people_of_an_approval():
    world = World()
    world.rings()
    world.now += 60
    world.register()
    assert outcome(world, "drift")["outcome"] == "waits for approval"
    assert not world.messages


def test_a_re_check_reminds_people_of_an_approval():
    world = World()
    world.rings()
    world.now += 60
    world.register()
    assert outcome(world, "re-check")["outcome"] == "waits for approval"
    [message] = world.messages
    assert message["Subject"] == "Waits for approval: dev-flight-delay"
    assert f"{package(1)} was trained after {DRIFT} rang" in message["Message"]


def test_a_version_that_was_just_released_waits_for_a_verdict():
    world = World()
    world.rings()
    world.now += 60
    world.register()
    world.approve("released")
    assert outcome(world, "re-check") == {"outcome": "waits for a verdict", "run": ""}
    assert not world.messages


def test_a_re_check_that_goes_round_again_reminds_people_once():
    world = World()
    world.parameters[NOTE] = ("somebody who died", -DAY)
    world.rings()
    world.now += 60
    world.register()
    started = world.ask("re-check")
    world.play()
    assert started.execution.visited.count("Does a version wait for approval?") == 2
    assert len(world.messages) == 1


def test_a_re_check_acts_only_under_the_lock():
    world = World()
    world.rings()
    started = world.ask("re-check")
    world.play()
    visited = started.execution.visited
    assert visited.index("Take the lock") < visited.index("Read the slot")


def test_a_re_check_leaves_it_to_who_waits_already():
    world = World()
    world.train(lasts=5 * HOUR)
    world.rings()
    world.ask("drift")
    world.play(until=60)
    started = world.ask("re-check")
    world.play(until=120)
    assert started.execution.output["outcome"] == "left to the holder of the lock"


def test_of_several_alarms_the_last_one_to_ring_decides_what_answers_them():
    world = World()
    world.rings()
    world.now += 60
    world.register()
    world.now += 60
    world.alarms["dev-flight-delay-bias-drift"] = ("ALARM", world.now)
    alarms = [DRIFT, "dev-flight-delay-bias-drift"]
    run = trained(world, "drift", alarms=alarms)
    assert f"{DRIFT}: " in run.parameters["Reason"]
    assert " and dev-flight-delay-bias-drift: " in run.parameters["Reason"]


def test_a_request_that_a_pipeline_made_anew_has_no_runs_for_is_forgotten_after_a_month():
    world = World()
    world.parameters[REQUEST] = ("person: long ago", -31 * DAY)
    assert outcome(world, "re-check")["outcome"] == "no need"
    world.parameters[REQUEST] = ("person: not so long ago", world.now - 29 * DAY)
    assert outcome(world, "re-check")["outcome"] == "started"


def test_a_storm_costs_two_reads_an_event_and_no_write():
    world = World()
    world.train(lasts=5 * HOUR)
    world.rings()
    world.ask("drift")
    world.ask("drift")
    world.play(until=60)
    world.calls.clear()
    for _ in range(50):
        world.ask("drift")
    world.play(until=61)
    assert sorted(set(world.calls)) == ["describeExecution", "getParameters"]
    assert len(world.calls) == 100


def test_looks_at_a_run_are_frequent_at_first_and_five_minutes_apart_later():
    world = World()
    world.train(lasts=3 * HOUR)
    moments: list[float] = []
    describe = world._describePipelineExecution

    def noted(**given: str) -> Any:
        moments.append(world.now)
        return describe(**given)

    world._describePipelineExecution = noted  # type: ignore[method-assign]
    world.ask("person", policy={"coolDownHours": 1, "runsPerDay": 9})
    world.now = 2 * HOUR
    world.play()
    apart = [round(after - before) for before, after in pairwise(moments)]
    assert apart[:4] == [23, 35, 53, 80]
    assert apart[-1] == 300


def test_a_used_token_whose_run_is_not_listed_yet_starts_no_second_one():
    world = World(used_tokens="answered")
    world.rings()
    world.ask("drift")
    world.play()
    hidden, world.runs[:] = list(world.runs), []
    world.ask("drift")
    world.play(until=30)
    assert not world.runs
    world.runs[:] = hidden
    world.falls_silent()
    world.play()
    assert len(world.runs) == 1
    assert LOCK not in world.parameters


def test_a_start_that_is_refused_because_another_won_is_no_failure():
    world = World()
    world.refusals["startPipelineExecution"] = [
        AwsError("SageMaker.SageMakerException", "the token was used (assumed)")
    ] * 5
    world.at(2, lambda: world.train(lasts=HOUR))
    assert outcome(world, "person")["outcome"] == "no need"
    assert len(world.runs) == 1
