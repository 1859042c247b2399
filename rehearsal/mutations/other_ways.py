"""The second table, of what the models of the story don't use: batches, archives, and trials."""

from typing import Final

from rehearsal.mutations.rows import Elsewhere

ENDPOINTS = "the models of the story have endpoints"
AT_ONCE = "versions of the story are released without a trial"

BATCH, TRIAL = "tests/promotion/test_batch.py", "tests/promotion/test_trial.py"
UNNAMED, ARCHIVES = "requests of the story name no version", "tests/promotion/test_archives.py"


def _calls(because: str, test: str, *states: str, machine: str = "Promotion") -> list[Elsewhere]:
    return [Elsewhere(f"Operations/{machine} | call | {s}", because, test) for s in states]


OTHER_WAYS: Final[list[Elsewhere]] = [
    *_calls(
        ENDPOINTS, f"{BATCH}::test_the_newest_approved_version_scores_the_next_batch",
        "Look for the pipeline", "Read the pipeline", "Read the model that scores",
    ),
    *_calls(
        ENDPOINTS, f"{BATCH}::test_models_that_neither_serve_nor_served_last_are_deleted",
        "List older models", "Read the model's tags",
    ),
    *_calls(
        ENDPOINTS,
        f"{BATCH}::"
        "test_a_failed_run_takes_its_version_back_and_the_one_before_scores_its_window_again",
        "List its first runs", "Read its steps", "Read the failed window",
        "Read the failing version", "Stamp the version as failing", "Tell that it is taken back",
        "Score the window again",
    ),
    *_calls(
        ENDPOINTS, "tests/retraining/test_batch.py::"
        "test_the_champion_is_what_the_slot_names_and_the_pipeline_scores_with",
        "Look for the pipeline", "Read the pipeline", "Read the model that scores",
        machine="Retraining",
    ),
    *_calls(
        UNNAMED,
        f"{ARCHIVES}::test_the_newest_approved_version_is_copied_asked_and_then_named",
        "Read which one they name", "Read where its archive is", "Copy its archive",
        "Ask it the probe",
    ),
    *_calls(
        UNNAMED, f"{ARCHIVES}::test_an_archive_that_somebody_deleted_is_put_again",
        "List its archive",
    ),
    *_calls(
        UNNAMED,
        f"{ARCHIVES}::"
        "test_an_archive_of_more_than_five_gigabytes_is_taken_back_with_its_size",
        "Measure its archive",
    ),
    *_calls(
        UNNAMED, "tests/retraining/test_many.py::test_the_champion_is_what_the_slot_names",
        "Read which one they name", machine="Retraining",
    ),
    *_calls(
        AT_ONCE, f"{TRIAL}::test_the_next_version_is_tried_beside_the_one_that_serves",
        "Put the challenger's slot", "Read its second model", "Read the on trial version",
        "Stamp the version as on trial", "Tell of the trial",
    ),
    *_calls(
        AT_ONCE, f"{TRIAL}::test_one_round_an_hour_is_started_however_many_executions_look",
        "Have it looked at again",
    ),
    *_calls(
        AT_ONCE, f"{TRIAL}::test_a_challenger_whose_alarm_rings_is_dropped_at_once",
        "Look at the challenger's alarm",
    ),
    *_calls(
        AT_ONCE, f"{TRIAL}::test_one_that_is_no_worse_is_promoted_after_its_hours",
        "Read the champion", "Find the comparison", "Start the comparison", "Read the comparison",
    ),
    *_calls(
        AT_ONCE, f"{TRIAL}::test_one_that_is_worse_is_dropped_and_not_tried_again",
        "Read the dropped version", "Stamp the version as dropped", "Tell that it was dropped",
    ),
    *_calls(
        AT_ONCE, f"{TRIAL}::test_without_a_verdict_a_person_is_asked_once_and_both_go_on",
        "Read the undecided version", "Stamp the version as undecided", "Ask a person",
    ),
]  # fmt: skip
