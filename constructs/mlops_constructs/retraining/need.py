"""Is there a need for a run? Nothing of it is remembered from one round to the next."""

from mlops_constructs.retraining.ask import DATA, clean
from mlops_constructs.state_machines.notices import notice
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

NOW = "$toMillis($states.context.State.EnteredTime)"
"""When the state was entered, in milliseconds."""

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

WAITS_FOR_APPROVAL = (
    "$version.status = 'PendingManualApproval' and $version.at > $max([$ringing.since])"
)
"""There is a version already that was trained after the alarms rang, and a person has to judge."""


def unless_started(outcome: str) -> str:
    """The outcome of an execution that may have started a run in an earlier round."""
    return f"$run = '' ? '{outcome}' : $outcome"


def need() -> dict[str, State]:
    """From `LOOK` to "May it start?" if there is one, else to "Read the note"."""
    return _request() | _alarms() | _runs() | _verdict()


def _request() -> dict[str, State]:
    parameter = "$states.result.Parameters[0]"
    return {
        LOOK: call(
            "ssm",
            "getParameters",
            {"Names": [jsonata("$target.request")]},
            assign={
                "asked": {
                    "text": jsonata(or_else(f"{parameter}.Value", "''")),
                    "at": jsonata(or_else(f"$toMillis({parameter}.LastModifiedDate)", "0")),
                },
                "looks": jsonata("$looks + 1"),
            },
            retries=PATIENT_RETRIES,
            then="Are there alarms?",
        ),
        # Without names DescribeAlarms would answer with every alarm there is.
        "Are there alarms?": choose(
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


def _verdict() -> dict[str, State]:
    data = f"$substring($asked.text, 0, {len(DATA)}) = '{DATA}'"
    drift = "($target.trigger = 're-check' ? 're-check' : 'drift')"
    alarms = "$join([$ringing.(name & ': ' & reason)], ' and ')"
    found = "$states.result.ModelPackageSummaryList[0]"
    outcome = {"outcome": jsonata(unless_started("waits for approval"))}
    return {
        "Is there a need?": choose(
            when(ASKED, "May it start?", {"why": jsonata("$asked.text"), "data": jsonata(data)}),
            when("$count($ringing) = 0", "Read the note"),
            otherwise="Look at the newest version",
        ),
        "Look at the newest version": call(
            "sagemaker",
            "listModelPackages",
            {
                "ModelPackageGroupName": jsonata("$target.group"),
                "SortBy": "CreationTime",
                "SortOrder": "Descending",
                "MaxResults": 1,
            },
            assign={
                "version": {
                    "arn": jsonata(or_else(f"{found}.ModelPackageArn", "'NONE'")),
                    "status": jsonata(or_else(f"{found}.ModelApprovalStatus", "'NONE'")),
                    "at": jsonata(or_else(f"$toMillis({found}.CreationTime)", "0")),
                },
                "why": jsonata(clean(f"{drift} & ': ' & {alarms}")),
                "data": False,
            },
            then="Does a version wait for approval?",
        ),
        "Does a version wait for approval?": choose(
            when(
                f"{WAITS_FOR_APPROVAL} and $target.trigger = 're-check' and $not($reminded)",
                "Tell that a version waits",
                outcome,
            ),
            when(WAITS_FOR_APPROVAL, "Read the note", outcome),
            otherwise="May it start?",
        ),
        "Tell that a version waits": notice(
            "'Waits for approval: ' & $target.endpoint",
            "$version.arn & ' was trained after ' & $join([$ringing.name], ' and ') & ' rang, and"
            " waits for a person to approve or reject it'",
            "'Until then nothing is trained for this drift; see docs/how-to/approve.md'",
            assign={"reminded": True},
            then="Read the note",
        ),
    }
