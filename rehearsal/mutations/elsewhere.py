"""The second table: what the story does not come by, why, and which test holds it instead."""

from typing import Final

from rehearsal.mutations.rows import Elsewhere

NOTICES = "it tells people of a failure, and in the story nothing fails"
QUEUES = "it rings when an event can't be delivered, and in the story all are"
ALONE = "it is for two executions at once, and the story has one at a time"
PLAIN = "nobody passes it in the story: its default counts"
FOLLOWED = "whoever reads it asks the step where it is, and follows"

PROMOTION, RETRAINING = "tests/promotion", "tests/retraining"
LOCK, OUTCOMES = f"{PROMOTION}/test_lock.py", f"{PROMOTION}/test_outcomes.py"
FLIGHT_DELAY = "tests/pipeline_definitions/test_flight_delay_pipeline.py"
UNPLAYED = "tests/stacks/test_unplayed_arrows.py"


def _calls(machine: str, because: str, test: str, *states: str) -> list[Elsewhere]:
    return [Elsewhere(f"Operations/{machine} | call | {s}", because, test) for s in states]


def _training(kind: str, because: str, test: str, *parts: str) -> list[Elsewhere]:
    return [Elsewhere(f"Training-*/Pipeline | {kind} | {part}", because, test) for part in parts]


ELSEWHERE: Final[list[Elsewhere]] = [
    Elsewhere("Operations/*/Failed | *", NOTICES,
              f"{UNPLAYED}::test_people_hear_of_every_machine_that_fails"),
    Elsewhere("*/Undelivered/Alarm | *", QUEUES,
              f"{UNPLAYED}::test_people_hear_of_whatever_could_not_be_delivered"),
    Elsewhere("*/DataQuality/Alarms/Silence | *", "in the story the monitor is never silent",
              f"{UNPLAYED}::test_people_hear_of_a_monitor_that_is_silent"),
    Elsewhere("*/DataQuality/Alarms/Stale | *", "in the story no baseline grows old",
              f"{UNPLAYED}::test_people_hear_of_a_baseline_that_is_old"),
    Elsewhere("*/RollbackAlarms/* | *", "in these chapters no release is rolled back",
              f"{UNPLAYED}::test_a_release_is_guarded_by_what_its_own_config_does"),
    Elsewhere("*/Recheck | *", "it finds what was lost, and in the story nothing is",
              f"{UNPLAYED}::test_each_day_the_machines_look_for_what_was_lost"),
    Elsewhere("Serving-*/ApprovalRule | input | reason",
              "a person reads it in the execution's input",
              f"{UNPLAYED}::test_a_promotion_is_told_what_it_is_for"),
    *_calls(
        "Promotion", NOTICES,
        f"{PROMOTION}/test_failures.py::test_an_error_of_aws_is_told_and_frees_the_lock",
        "Tell of the failure", "Free the lock",
    ),
    *_calls(
        "Promotion", NOTICES,
        f"{PROMOTION}/test_watch.py::test_an_update_that_fails_is_told_once_and_the_release_stands",
        "Tell that monitoring is behind",
    ),
    *_calls(
        "Promotion", "no version of the story fails",
        f"{OUTCOMES}::test_a_version_that_does_not_start_is_rolled_back_and_the_old_one_still_serves",
        "Stamp the version as rolled back", "Tell of the rollback",
    ),
    *_calls(
        "Promotion", "in the story no version fails while the one that serves is rejected",
        f"{OUTCOMES}::test_a_rejected_version_stays_when_the_approved_one_fails",
        "Read the version that serves",
    ),
    *_calls(
        "Promotion", "no version of these chapters fails",
        f"{OUTCOMES}::test_a_version_that_does_not_start_is_rolled_back_and_the_old_one_still_serves",
        "Read the rolled back version",
    ),
    *_calls(
        "Promotion", "nothing is played in the stage that follows",
        f"{PROMOTION}/test_prove.py::"
        "test_a_release_that_answered_is_proposed_for_the_stage_that_follows",
        "Read its life cycle", "Propose it for the next stage", "Tell that it waits for approval",
    ),
    *_calls(
        "Promotion", "in the story a version is always approved",
        f"{OUTCOMES}::test_with_no_approved_version_left_the_endpoint_stays_and_a_person_hears_of_it",
        "Tell that no version is approved",
    ),
    *_calls(
        "Promotion", "the story has fewer versions than a page",
        f"{OUTCOMES}::test_approved_versions_are_looked_for_on_every_page", "Find older versions",
    ),
    *_calls(
        "Promotion", "the story has two versions, and the config before the last is kept",
        f"{PROMOTION}/test_sweep.py::"
        "test_the_config_and_the_model_before_the_previous_ones_are_deleted",
        "Read its tags", "Read the old config", "Delete the config", "Delete the model",
    ),
    *_calls(
        "Promotion", ALONE, f"{LOCK}::test_who_finds_the_lock_held_leaves_a_note_and_ends",
        "Read the lock", "Ask after the holder", "Leave a note",
    ),
    *_calls(
        "Promotion", ALONE, f"{LOCK}::test_a_lock_whose_execution_runs_no_longer_is_taken_over",
        "Take over the lock",
    ),
    *_calls(
        "Retraining", NOTICES,
        f"{RETRAINING}/test_failures.py::test_a_start_that_aws_refuses_is_told_and_frees_the_lock",
        "Tell of the failure", "Free the lock",
    ),
    *_calls(
        "Retraining", ALONE,
        f"{RETRAINING}/test_interleavings.py::"
        "test_executions_that_die_at_any_step_take_nothing_with_them",
        "Ask after the waiter", "Read the lock", "Ask after the holder", "Leave a note",
        "Take over the lock",
    ),
    *_calls(
        "Retraining", "in the story the approver is quicker than the re-check",
        f"{RETRAINING}/test_outcomes.py::test_a_re_check_reminds_people_of_an_approval",
        "Tell that a version waits",
    ),
    *_calls(
        "Retraining", "in the story the alarm is quiet once version 2 was released",
        f"{RETRAINING}/test_outcomes.py::"
        "test_a_version_that_was_just_released_waits_for_a_verdict",
        "Read its release",
    ),
    *_calls(
        "Retraining", ALONE,
        f"{RETRAINING}/test_outcomes.py::"
        "test_looks_at_a_run_are_frequent_at_first_and_five_minutes_apart_later",
        "Look at the run",
    ),
    *_calls(
        "Retraining", ALONE,
        f"{RETRAINING}/test_outcomes.py::"
        "test_a_start_that_is_refused_because_another_won_is_no_failure",
        "Look who won",
    ),
    *_training(
        "parameter", PLAIN, f"{FLIGHT_DELAY}::"
        "test_parameters_have_defaults_so_that_a_person_can_start_a_run_without_any",
        "InputDataUri", "MinimumAuc", "MinimumImprovement", "ProcessingInstanceType",
        "TrainingInstanceType",
    ),
    *_training(
        "writes", FOLLOWED, f"{FLIGHT_DELAY}::test_every_output_lies_below_its_own_run",
        "Evaluate.evaluation", "Baseline.baseline", "Preprocess.report",
    ),
    *_training(
        "is told", "it is only refused if the registry would refuse it, and in the story it is not",
        f"{FLIGHT_DELAY}::test_what_a_version_will_carry_is_judged_before_any_work",
        "Preprocess.reason",
    ),
]  # fmt: skip
