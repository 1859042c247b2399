"""What becomes of a version that is tried before it is released."""

import json
from typing import Any

import pytest

from mlops_constructs.promotion.definition import TIMEOUT_SECONDS
from tests.promotion.names import EMPTY, LOCK, SLOT, STAMP, arn_of, slot_of
from tests.promotion.promote import DEFINITION
from tests.promotion.trial_world import (
    CHALLENGER,
    DECISION,
    TRIED,
    TrialWorld,
    serving,
    tried_by,
    trying,
)
from tests.state_machines.anatomy import ALLOWED_EVENTS, history
from tests.state_machines.machine import AwsError

RELEASED, DROPPED = "Released: dev-flight-delay", "Dropped: dev-flight-delay"
ON_TRIAL, DECIDE = "On trial: dev-flight-delay", "Decide: dev-flight-delay"


def is_over(world: TrialWorld, *, serves: int) -> None:
    """No trial is left, and all tell the same."""
    assert (world.serves(), world.tries()) == (serves, None)
    assert world.parameters[SLOT] == slot_of(serves)
    assert world.parameters[CHALLENGER] == EMPTY
    assert world.endpoint is not None and world.endpoint["config"] == world.stack_config
    assert world.stamps[serves][STAMP].startswith("released")
    assert LOCK not in world.parameters
    assert not world.rounds


def test_the_first_version_goes_straight_in():
    world = TrialWorld()
    world.register(1)
    assert world.promote().output["outcome"] == "released"
    is_over(world, serves=1)
    assert world.subjects() == [RELEASED]


def test_the_next_version_is_tried_beside_the_one_that_serves():
    world = serving()
    world.register(2)
    assert world.promote().output["outcome"] == "on trial"
    assert (world.serves(), world.tries()) == (1, 2)
    assert world.parameters[SLOT] == slot_of(1)
    assert world.parameters[CHALLENGER] == f"{arn_of(2)},NONE"
    assert LOCK not in world.parameters
    [message] = world.messages
    assert message["Subject"] == ON_TRIAL
    assert "until 2026-11-25T03:00:" in message["Message"]


@pytest.mark.parametrize("kind", ["shadow", "split"])
@pytest.mark.parametrize("verdict", ["better", "no worse"])
def test_one_that_is_no_worse_is_promoted_after_its_hours(kind: str, verdict: str):
    world = trying(kind=kind, verdict={"verdict": verdict, "why": "it says"})
    begun = world.time
    last = world.play()
    assert last is not None and last.output["outcome"] == "released"
    assert (world.time - begun).total_seconds() < 24.5 * 3600
    is_over(world, serves=2)
    assert world.served == [1, 2]
    assert world.subjects() == [RELEASED]


def test_one_that_is_worse_is_dropped_and_not_tried_again():
    world = trying(verdict={"verdict": "worse", "why": "it fails for 3 % of the requests"})
    last = world.play()
    assert last is not None and last.output["outcome"] == "dropped"
    is_over(world, serves=1)
    assert set(world.served) == {1}
    assert world.stamps[2][STAMP].startswith("rolled back 2026-11-25T03:")
    [message] = world.messages
    assert message["Subject"] == DROPPED
    assert "Why: it fails for 3 % of the requests" in message["Message"]
    assert world.promote().output["outcome"] == "already serving"


def test_the_two_are_compared_over_the_hours_of_the_trial():
    world = trying()
    assert world.endpoint is not None
    config = world.endpoint["config"]
    world.play()
    [run] = world.runs
    assert run["PipelineExecutionDisplayName"] == config
    assert run["parameters"] == {
        "Since": "2026-11-24T03:00:04.001Z",
        "Until": "2026-11-25T03:00:04.001Z",
        "Champion": arn_of(1),
        "Challenger": arn_of(2),
    }


@pytest.mark.parametrize("verdict", ["not enough traffic", "undecided", "a word of no rule"])
def test_without_a_verdict_a_person_is_asked_once_and_both_go_on(verdict: str):
    world = trying(verdict={"verdict": verdict, "why": "12 requests of 1,000"})
    last = world.play()
    assert last is not None and last.output["outcome"] == "undecided"
    for _ in range(3):
        world.sleep(86_400)
        assert world.promote().output["outcome"] == "undecided"
    assert (world.serves(), world.tries()) == (1, 2)
    [message] = world.messages
    assert message["Subject"] == DECIDE
    assert "12 requests of 1,000" in message["Message"]
    assert not world.rounds and LOCK not in world.parameters


def test_where_a_person_decides_the_verdict_is_told_and_not_followed():
    request = tried_by(decides="person")
    world = serving()
    world.register(2)
    world.promote(request)
    world.play()
    assert world.subjects() == [ON_TRIAL, DECIDE]
    assert (world.serves(), world.tries()) == (1, 2)


@pytest.mark.parametrize("word, serves", [("promote", 2), ("drop", 1)])
@pytest.mark.parametrize("when", ["at once", "after it was asked"])
def test_a_persons_decision_counts_at_any_time(word: str, serves: int, when: str):
    world = trying(verdict={"verdict": "undecided", "why": "who knows"})
    if when != "at once":
        world.play()
    world.decide(word)
    assert world.promote().output["outcome"] == ("released" if serves == 2 else "dropped")
    world.play()
    is_over(world, serves=serves)
    if word == "drop":
        assert "(by ann, it looks fine)" in world.messages[-1]["Message"]


def test_a_decision_about_another_trial_counts_nothing():
    world = trying()
    world.parameters[DECISION] = "drop config-1 (by ann, some other day)"
    assert world.promote().output["outcome"] == "on trial"
    assert world.tries() == 2


def test_a_challenger_whose_alarm_rings_is_dropped_at_once():
    world = trying()
    assert world.stack_config is not None
    world.ringing.add(world.stack_config)
    assert world.promote().output["outcome"] == "dropped"
    assert not world.runs
    world.play()
    is_over(world, serves=1)
    assert "the alarm rings" in world.messages[-1]["Message"]


def test_an_alarm_of_another_config_drops_nothing():
    world = trying()
    world.ringing.add("config-1")
    assert world.promote().output["outcome"] == "on trial"


def test_a_version_that_is_rejected_leaves_without_a_stamp():
    world = trying()
    world.approval[2] = "Rejected"
    assert world.promote().output["outcome"] == "already serving"
    assert world.stamps[2][STAMP].startswith("on trial")
    world.play()
    is_over(world, serves=1)
    assert world.subjects() == []


def test_a_champion_that_is_rejected_gives_way_at_once():
    world = trying()
    world.approval[1] = "Rejected"
    assert world.promote().output["outcome"] == "released"
    world.play()
    is_over(world, serves=2)


def test_the_version_before_comes_back_without_a_trial():
    world = trying()
    world.play()
    world.approval[2] = "Rejected"
    assert world.promote().output["outcome"] == "released"
    is_over(world, serves=1)


def test_a_newer_version_takes_the_place_of_the_one_on_trial():
    world = trying()
    world.register(3)
    assert world.promote().output["outcome"] == "on trial"
    assert (world.serves(), world.tries()) == (1, 3)
    assert world.subjects() == [ON_TRIAL]
    world.play()
    is_over(world, serves=3)
    assert set(world.served) == {1, 3}
    assert not world.stamps[2][STAMP].startswith("rolled back")


def test_rounds_of_a_trial_that_is_over_do_nothing():
    world = trying()
    world.decide("promote")
    world.promote()
    writes = len(world.tried)
    while world.rounds:
        assert world.play_a_round().output["outcome"] == "already serving"
    assert len(world.tried) == writes


def test_one_round_an_hour_is_started_however_many_executions_look():
    world = trying()
    for _ in range(5):
        world.promote()
    assert len(world.rounds) == 1
    [given] = world.rounds.values()
    assert given == TRIED | {
        "wake": "2026-11-24T04:00:04.001Z",
        "reason": f"a round of the trial of {arn_of(2)}",
    }
    execution = world.play_a_round()
    assert execution.visited[2:4] == ["Is it to wait?", "Wait for the round"]
    assert world.now() >= "2026-11-24T04:00:04.001Z"


def test_a_day_has_twenty_four_rounds_and_the_last_one_judges():
    world = trying()
    outcomes = []
    while world.rounds:
        outcomes.append(world.play_a_round().output["outcome"])
    assert outcomes == ["on trial"] * 23 + ["released"]


def test_a_trial_whose_round_was_killed_is_judged_by_whoever_looks_next():
    world = trying()
    world.rounds.clear()
    world.sleep(86_400)
    assert world.promote().output["outcome"] == "released"
    is_over(world, serves=2)


def test_a_challenger_that_does_not_start_is_rolled_back():
    world = serving()
    world.register(2)
    world.broken.add(2)
    assert world.promote().output["outcome"] == "rolled back"
    is_over(world, serves=1)
    assert world.subjects() == ["Rolled back: dev-flight-delay"]


def test_a_challenger_that_aws_takes_away_without_a_word_is_rolled_back():
    world = serving()
    world.register(2)
    world.silent.add(2)
    assert world.promote().output["outcome"] == "rolled back"
    is_over(world, serves=1)


def test_one_that_does_not_start_as_what_serves_is_rolled_back_and_leaves():
    world = trying()
    world.silent.add(2)
    world.decide("promote")
    assert world.promote().output["outcome"] == "rolled back"
    world.play()
    is_over(world, serves=1)
    assert set(world.served) == {1}


def test_a_deploy_that_changes_the_config_begins_the_trial_again():
    world = trying()
    world.sleep(20 * 3600)
    world.stack_config = world.config(arn_of(1), challenger=arn_of(2))
    world.endpoint = {"status": "InService", "config": world.stack_config}
    world.rounds.clear()
    assert world.promote().output["outcome"] == "on trial"
    assert world.subjects() == [ON_TRIAL]
    world.sleep(5 * 3600)
    assert world.promote().output["outcome"] == "on trial"
    assert not world.runs


def test_a_freeze_leaves_the_trial_as_it_is_and_starts_no_round():
    world = trying()
    world.parameters["/perennial/dev/frozen"] = "sale, ann, today"
    execution = world.play()
    assert execution is not None and execution.output["outcome"] == "frozen"
    assert (world.serves(), world.tries()) == (1, 2)
    world.sleep(48 * 3600)
    del world.parameters["/perennial/dev/frozen"]
    assert world.promote().output["outcome"] == "released"


def test_a_comparison_that_fails_is_made_again():
    world = trying(ends=["Failed", "Stopped", "Succeeded"])
    world.play()
    assert len(world.runs) == 3
    is_over(world, serves=2)


def test_after_three_comparisons_that_fail_a_person_decides():
    world = trying(ends=["Failed"])
    world.play()
    assert len(world.runs) == 3
    assert world.subjects() == [DECIDE]
    assert "ended Failed, Failed, Failed" in world.messages[0]["Message"]


def test_a_comparison_that_does_not_end_is_told_after_an_hour_and_a_half():
    world = trying(ends=["Executing"])
    begun = world.time
    world.play()
    assert world.subjects() == [DECIDE]
    assert 25.4 < (world.time - begun).total_seconds() / 3600 < 25.6


def test_a_comparison_that_another_execution_began_is_not_begun_again():
    world = trying(ends=["Executing"])
    world.sleep(86_400)
    first = world.start()
    for name in first.steps():
        if name == "Wait for the comparison":
            break
    world.executions[first.arn] = "ABORTED"
    world.ends = ["Succeeded"]
    world.promote()
    world.play()
    assert len(world.runs) == 1
    is_over(world, serves=2)


def test_a_rejection_during_the_comparison_is_not_kept_waiting():
    world = trying(ends=["Executing"])
    world.sleep(86_400)

    def reject() -> None:
        world.approval[2] = "Rejected"

    world.on_wait = reject
    world.promote()
    world.play()
    is_over(world, serves=1)


def test_a_verdict_that_is_missing_is_told_to_a_person():
    world = trying(verdict=None)
    last = world.play()
    assert last is not None and last.output["error"] == "S3.NoSuchKeyException"
    assert (world.serves(), world.tries()) == (1, 2)


def test_a_slot_that_a_killed_promotion_wrote_is_put_back_before_the_trial_goes_on():
    world = trying()
    world.parameters[SLOT] = slot_of(2)
    world.promote()
    assert world.parameters[SLOT] == slot_of(1)
    assert (world.serves(), world.tries()) == (1, 2)


def test_without_the_second_slot_a_person_hears_which_one_is_missing():
    world = serving()
    del world.parameters[CHALLENGER]
    world.register(2)
    assert world.promote().output["cause"].startswith(f"There is no slot {CHALLENGER};")


def test_a_model_whose_versions_are_tried_no_longer_is_released_at_once():
    world = trying()
    world.keys = ("Slot",)
    request = {name: value for name, value in TRIED.items() if name != "trial"}
    assert world.promote(request).output["outcome"] == "released"
    assert world.serves() == 2


def test_models_of_a_trial_are_swept_with_its_config_when_another_is_released():
    world = trying()
    world.play()
    world.register(3)
    world.promote()
    world.decide("promote")
    world.promote()
    world.play()
    is_over(world, serves=3)
    kept = {
        world.configs[name][model] for name in world.configs for model in ("model", "challenger")
    }
    assert set(world.models) == kept - {None}
    assert len(world.configs) == 2


def test_a_missing_permission_to_start_rounds_is_told():
    world = trying()
    world.rounds.clear()
    world.names.clear()
    world.refusals["startExecution"] = [AwsError("Sfn.SfnException", "not authorized")] * 5
    assert world.promote().output["outcome"] == "failed"
    assert world.tries() == 2


def test_what_is_asked_of_a_round_is_what_was_asked_of_the_first(
    monkeypatch: pytest.MonkeyPatch,
):
    seen: list[dict[str, Any]] = []
    world = trying()
    begin = world._startExecution

    def watch(**given: str) -> Any:
        seen.append(json.loads(given["Input"]))
        return begin(**given)

    monkeypatch.setattr(world, "_startExecution", watch)
    world.play()
    assert len(seen) == 23
    assert {tuple(sorted(given)) for given in seen} == {tuple(sorted([*TRIED, "wake", "reason"]))}


def test_a_round_is_a_small_part_of_the_history_however_long_the_trial():
    world = trying()
    world.promote()
    execution = world.play_a_round()
    assert execution.output["outcome"] == "on trial"
    assert history(DEFINITION, execution.visited) < 120


def test_the_longest_comparison_an_update_of_970_minutes_and_its_rollback_fit_in_the_history():
    world = trying(ends=["Executing"] * 43 + ["Succeeded"])
    world.rounds.clear()
    world.sleep(24 * 3600)
    world.slept.clear()
    settle = world._settle
    left = {"seconds": 2 * 970 * 60.0}

    def slowly() -> None:
        if left["seconds"] <= 0:
            settle()
        left["seconds"] -= world.slept[-1]
        if left["seconds"] <= 0 and world.status == "UPDATE_IN_PROGRESS":
            world.status = "UPDATE_ROLLBACK_COMPLETE"

    world._settle = slowly  # type: ignore[method-assign]
    execution = world.promote()
    assert execution.visited.count("Wait for the comparison") > 40
    assert execution.output["outcome"] == "rolled back"
    assert history(DEFINITION, execution.visited) < ALLOWED_EVENTS
    assert sum(world.slept) < TIMEOUT_SECONDS
