"""Is there a need for a run? Nothing of it is remembered from one round to the next."""

from mlops_constructs.retraining.answered import NOW, answered, unless_started
from mlops_constructs.retraining.ask import DATA
from mlops_constructs.state_machines.freeze import FROZEN, frozen, value_of, with_freezes
from mlops_constructs.state_machines.states import (
    PATIENT_RETRIES,
    State,
    call,
    choose,
    jsonata,
    or_else,
    when,
)

LOOK = "Look at the request"
"""What every round begins with."""

FORGOTTEN_DAYS = 30
"""A request as old as that is none: a pipeline made anew has no runs that could have served it."""

RUNS = 50
"""The newest runs that are looked at. Their failure reasons may be 3,072 characters each, and an
answer of 256 KiB would be too much for Step Functions."""

IN_FLIGHT = ("Executing", "Stopping")
"""Statuses of a run that has not ended (botocore: PipelineExecutionStatus)."""

ASKED = (
    "$asked.text != '' and $asked.at > $newest.at"
    f" and $asked.at > {NOW} - {FORGOTTEN_DAYS * 24 * 60 * 60 * 1000}"
)


def need() -> dict[str, State]:
    """From `LOOK` to "May it start?" if there is one, else to "Read the note"."""
    return _request() | _alarms() | _runs() | _is_there_one() | answered()


def _request() -> dict[str, State]:
    parameter = "$states.result.Parameters[Name = $target.request]"
    return {
        LOOK: call(
            "ssm",
            "getParameters",
            {"Names": with_freezes("$target.request")},
            assign={
                "asked": {
                    "text": jsonata(value_of("$target.request")),
                    "at": jsonata(or_else(f"$toMillis({parameter}.LastModifiedDate)", "0")),
                },
                "frozen": frozen(),
                "looks": jsonata("$looks + 1"),
            },
            retries=PATIENT_RETRIES,
            then="Are there alarms?",
        ),
        # Without names DescribeAlarms would answer with every alarm there is.
        "Are there alarms?": choose(
            when(FROZEN, "Read the note", {"outcome": jsonata(unless_started("frozen"))}),
            when("$count($target.alarms) = 0", "Look at the runs", {"ringing": []}),
            otherwise="Look at the alarms",
        ),
    }


def _alarms() -> dict[str, State]:
    ringing = "$states.result.MetricAlarms[StateValue = 'ALARM']"
    since = "$exists(StateTransitionedTimestamp) ? StateTransitionedTimestamp"
    told = (
        "{'name': AlarmName, 'reason': StateReason,"
        f" 'since': $toMillis({since} : StateUpdatedTimestamp)}}"
    )
    return {
        "Look at the alarms": call(
            "cloudwatch",
            "describeAlarms",
            # Who may not see all alarms of the account is not shown composite ones.
            {"AlarmNames": jsonata("$target.alarms"), "AlarmTypes": ["MetricAlarm"]},
            assign={"ringing": jsonata(f"[{ringing}.{told}]")},
            then="Look at the runs",
        )
    }


def _runs() -> dict[str, State]:
    runs = "$states.result.PipelineExecutionSummaries"
    flying = f"{runs}[PipelineExecutionStatus in {list(IN_FLIGHT)}][0].PipelineExecutionArn"
    newest = f"$toMillis({runs}[0].StartTime)"
    last_of_the_day = f"$toMillis({runs}[$target.runsPerDay - 1].StartTime)"
    return {
        "Look at the runs": call(
            "sagemaker",
            "listPipelineExecutions",
            {
                "PipelineName": jsonata("$target.pipeline"),
                "SortBy": "CreationTime",
                "SortOrder": "Descending",
                "MaxResults": RUNS,
            },
            assign={
                "newest": {
                    "arn": jsonata(or_else(f"{runs}[0].PipelineExecutionArn", "'NONE'")),
                    "at": jsonata(or_else(newest, "0")),
                },
                "flying": jsonata(or_else(flying, "''")),
                "free": jsonata(
                    f"$max([0, {newest} + $target.coolDown, {last_of_the_day} + 86400000])"
                ),
            },
            then="Is there a need?",
        ),
    }


def _is_there_one() -> dict[str, State]:
    data = f"$substring($asked.text, 0, {len(DATA)}) = '{DATA}'"
    return {
        "Is there a need?": choose(
            when(ASKED, "May it start?", {"why": jsonata("$asked.text"), "data": jsonata(data)}),
            when("$count($ringing) = 0", "Read the note"),
            otherwise="Look at the newest version",
        ),
    }
