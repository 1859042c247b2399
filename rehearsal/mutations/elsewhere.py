"""The second table: what the story does not come by, why, and which test holds it instead."""

from typing import Final

from rehearsal.mutations.rows import Elsewhere

NOTICES = "it tells people of a failure, and in the story nothing fails"
QUEUES = "it rings when an event can't be delivered, and in the story all are"
ALONE = "it is for two executions at once, and the story has one at a time"
PLAIN = "nobody passes it in the story: its default counts"
FOLLOWED = "whoever reads it asks the step where it is, and follows"

PROMOTION, RETRAINING = "tests/promotion", "tests/retraining"
TRIGGERS = f"{RETRAINING}/test_triggers.py"
LOCK, OUTCOMES = f"{PROMOTION}/test_lock.py", f"{PROMOTION}/test_outcomes.py"
DEFINITIONS = "tests/state_machines/test_definitions.py"
A_REAL_OPERATION = (
    f"{DEFINITIONS}::test_every_task_calls_an_operation_that_exists_with_its_required_members"
)
FLIGHT_DELAY = "tests/pipeline_definitions/test_flight_delay_pipeline.py"
REVIEWED = (
    "tests/constructs_library/test_training_pipeline.py::"
    "test_the_reviewed_definition_reaches_the_template_unchanged"
)


def _calls(machine: str, because: str, test: str, *states: str) -> list[Elsewhere]:
    return [Elsewhere(f"Operations/{machine} | call | {s}", because, test) for s in states]


def _training(kind: str, because: str, test: str, *parts: str) -> list[Elsewhere]:
    return [Elsewhere(f"Training-*/Pipeline | {kind} | {part}", because, test) for part in parts]


ELSEWHERE: Final[list[Elsewhere]] = [
    Elsewhere(
        "Operations/Promotion/Failed | *", NOTICES,
        f"{PROMOTION}/test_on_local_aws.py::test_a_failure_is_told_by_the_machine_and_by_the_rule",
    ),
    Elsewhere(
        "Operations/Retraining/Failed | *", NOTICES,
        f"{RETRAINING}/test_construct.py::"
        "test_a_retraining_that_fails_times_out_or_is_stopped_is_told",
    ),
    Elsewhere(
        "Serving-*/ApprovalRule | input | reason", "a person reads it in the execution's input",
        f"{PROMOTION}/test_failures.py::test_what_else_the_input_says_is_left_alone",
    ),
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
    Elsewhere("*/Undelivered/Alarm | *", QUEUES,
              f"{TRIGGERS}::test_what_cannot_be_delivered_in_a_day_is_kept_and_told"),
    Elsewhere("*/Recheck | *", "it finds what was lost, and in the story nothing is",
              f"{TRIGGERS}::test_a_re_check_looks_every_day"),
    Elsewhere(
        "*/DataQuality/Alarms/Silence | *", "in the story the monitor is never silent",
        "tests/monitoring_stack/test_alarms_and_dashboard.py::"
        "test_no_heartbeat_for_more_than_two_runs_rings",
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
        "is told", "it stands in a report that a person reads", REVIEWED,
        "Preprocess.data-version", "Preprocess.reason",
    ),
]  # fmt: skip
