"""Is a drift answered already, by a version that a person or a monitor has yet to judge?"""

from mlops_constructs.retraining.ask import clean
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.stamps import RELEASED, stamp
from mlops_constructs.state_machines.states import State, call, choose, jsonata, or_else, when

NOW = "$toMillis($states.context.State.EnteredTime)"
"""When the state was entered, in milliseconds."""

ANSWERS = "$version.at > $max([$ringing.since])"
"""There is a version already that was trained after the alarms rang."""

WAITS_FOR_APPROVAL = f"$version.status = 'PendingManualApproval' and {ANSWERS}"
"""A person has to judge it."""

VERDICT_HOURS = 25
"""A monitor looks at least once a day, and has an hour to do so; until then an alarm may still say
what it said of the version before."""


def unless_started(outcome: str) -> str:
    """The outcome of an execution that may have started a run in an earlier round."""
    return f"$run = '' ? '{outcome}' : $outcome"


def answered() -> dict[str, State]:
    """From "Look at the newest version" to "May it start?" if not, else to "Read the note"."""
    return _version() | _approval() | _release()


def _version() -> dict[str, State]:
    drift = "($target.trigger = 're-check' ? 're-check' : 'drift')"
    alarms = "$join([$ringing.(name & ': ' & reason)], ' and ')"
    found = "$states.result.ModelPackageSummaryList[0]"
    return {
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
    }


def _approval() -> dict[str, State]:
    outcome = {"outcome": jsonata(unless_started("waits for approval"))}
    return {
        "Does a version wait for approval?": choose(
            when(
                f"{WAITS_FOR_APPROVAL} and $target.trigger = 're-check' and $not($reminded)",
                "Tell that a version waits",
                outcome,
            ),
            when(WAITS_FOR_APPROVAL, "Read the note", outcome),
            when(f"$version.status = 'Approved' and {ANSWERS}", "Read its release"),
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


def _release() -> dict[str, State]:
    """A version that was released to answer the drift has to be watched before another is made."""
    told = f"$lookup($states.result.CustomerMetadataProperties, {stamp('$target.stage')})"
    approved = or_else("$states.result.LastModifiedTime", "$states.result.CreationTime")
    since = (
        f"$exists({told}) ? ($substringBefore({told}, ' ') = '{RELEASED}'"
        f" ? $toMillis($substringAfter({told}, ' ')) : 0) : $toMillis({approved})"
    )
    return {
        "Read its release": call(
            "sagemaker",
            "describeModelPackage",
            {"ModelPackageName": jsonata("$version.arn")},
            assign={"released": jsonata(since)},
            then="Was it watched for a day?",
        ),
        "Was it watched for a day?": choose(
            when(
                f"$released > {NOW} - {VERDICT_HOURS * 60 * 60 * 1000}",
                "Read the note",
                {"outcome": jsonata(unless_started("waits for a verdict"))},
            ),
            otherwise="May it start?",
        ),
    }
