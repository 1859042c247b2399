"""What became of the batches that the serving version has scored.

A version has proved itself when a run scored a batch with it. One whose runs have failed, and none
of them succeeded, is taken back: it is stamped as rolled back, so that the version before becomes
the desired one, and that scores the window of the failed run again. Only the step that scores
counts; gathering fails for reasons of its own.
"""

from mlops_constructs.promotion.stamping import NOW, stamp_version
from mlops_constructs.serving.batch_definition import SCORE
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.served import PIPELINE
from mlops_constructs.state_machines.stamps import ROLLED_BACK
from mlops_constructs.state_machines.states import (
    State,
    call,
    choose,
    for_each,
    jsonata,
    or_else,
    remember,
    when,
)
from mlops_constructs.window_schedule import WINDOW_END

RUNS = 20
"""The first runs after a release say how it went; what fails later is no fault of the release."""

DONE = "$target.next in ['', $desired.lifeCycle.Stage]"
"""No stage follows, or the version has been proposed for it, whatever a person then said."""

_FAILED = "$scored[score = 'Failed'][-1]"


def scored() -> dict[str, State]:
    """From "Is a window to be scored again?" to "Read the note", or to another round."""
    return _again() | _look() | _judge() | _take_back()


def _again() -> dict[str, State]:
    """By the version before, if there is one: else what failed still serves."""
    token = "$hash($states.context.Execution.Id & ' ' & $again, 'SHA-256')"
    return {
        "Is a window to be scored again?": choose(
            when(
                "$again != '' and $not($served.package in ['NONE', $rolledBack])",
                "Score the window again",
            ),
            when("$not($desired.approved) or $judged = $served.config", "Read the note"),
            otherwise="List its first runs",
        ),
        "Score the window again": call(
            "sagemaker",
            "startPipelineExecution",
            {
                "PipelineName": jsonata(PIPELINE),
                "PipelineParameters": [{"Name": WINDOW_END, "Value": jsonata("$again")}],
                "PipelineExecutionDescription": "The version before scores a failed window again",
                "ClientRequestToken": jsonata(token),
            },
            assign={"again": ""},
            then="List its first runs",
        ),
    }


def _look() -> dict[str, State]:
    runs = (
        "$states.result.PipelineExecutionSummaries"
        "[PipelineExecutionStatus in ['Succeeded', 'Failed']]"
        ".{'arn': PipelineExecutionArn, 'start': StartTime}"
    )
    score = f"$states.result.PipelineExecutionSteps[StepName = '{SCORE}'][0].StepStatus"
    return {
        "List its first runs": call(
            "sagemaker",
            "listPipelineExecutions",
            {
                "PipelineName": jsonata(PIPELINE),
                "CreatedAfter": jsonata("$served.created"),
                "SortBy": "CreationTime",
                "SortOrder": "Ascending",
                "MaxResults": RUNS,
            },
            assign={"runs": jsonata(f"[{runs}]")},
            then="Read their steps",
        ),
        "Read their steps": for_each(
            "$runs",
            call(
                "sagemaker",
                "listPipelineExecutionSteps",
                {"PipelineExecutionArn": jsonata("$states.input.arn"), "MaxResults": 100},
            ),
            name="Read its steps",
            output={
                "arn": jsonata("$states.input.arn"),
                "start": jsonata("$states.input.start"),
                "score": jsonata(or_else(score, "'none'")),
            },
            assign={"scored": jsonata("[$states.result]")},
            then="How did its runs go?",
        ),
    }


def _judge() -> dict[str, State]:
    proved = "'Succeeded' in $scored.score"
    judged: dict[str, object] = {"judged": jsonata("$served.config")}
    return {
        "How did its runs go?": choose(
            when(f"{proved} and {DONE}", "Read the note", judged),
            when(f"{proved} and $not($holding)", "Take the lock"),
            when(proved, "Read its life cycle"),
            when("'Failed' in $scored.score and $not($holding)", "Take the lock"),
            when("'Failed' in $scored.score", "Read the failed window"),
            otherwise="No batch yet",
        ),
        "No batch yet": remember(judged, then="Read the note"),
    }


def _take_back() -> dict[str, State]:
    given = f"$states.result.PipelineParameters[Name = '{WINDOW_END}'][0].Value"
    return {
        # A run that a person started without a window scored the one before its start.
        "Read the failed window": call(
            "sagemaker",
            "listPipelineParametersForExecution",
            {"PipelineExecutionArn": jsonata(f"{_FAILED}.arn")},
            assign={"again": jsonata(f"{given} = 'now' ? {_FAILED}.start : {given}")},
            then="Read the failing version",
        ),
        **stamp_version(
            "failing",
            f"'{ROLLED_BACK} ' & {NOW}",
            assign={
                "outcome": ROLLED_BACK,
                "rolledBack": jsonata("[$rolledBack, $desired.package]"),
            },
            then="Tell that it is taken back",
        ),
        "Tell that it is taken back": notice(
            "'Rolled back: ' & $target.endpoint",
            f"'A run of ' & {PIPELINE} & ' failed to score with ' & $desired.package & ', which is"
            " taken back'",
            "'The version before scores the window until ' & $again & ' again. See A batch run that"
            " failed in docs/runbook.md'",
            then="Read the stack",
        ),
    }
