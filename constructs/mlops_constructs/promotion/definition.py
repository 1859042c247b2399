"""The whole machine; docs/decisions/promotion.md draws it."""

from mlops_constructs.promotion.archive import archive
from mlops_constructs.promotion.desire import desire
from mlops_constructs.promotion.goal import goal
from mlops_constructs.promotion.observe import observe
from mlops_constructs.promotion.prove import prove
from mlops_constructs.promotion.release import release
from mlops_constructs.promotion.sweep import sweep
from mlops_constructs.promotion.trial import trial, woken
from mlops_constructs.promotion.verdict import verdict
from mlops_constructs.promotion.watch import watch
from mlops_constructs.state_machines.failures import failures
from mlops_constructs.state_machines.freeze import FROZEN, freezes
from mlops_constructs.state_machines.lock import lock, unlock
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.requests import incomplete
from mlops_constructs.state_machines.stamps import stamp
from mlops_constructs.state_machines.states import (
    FIRST_WAIT,
    State,
    choose,
    finish,
    jsonata,
    remember,
    when,
)

INPUT = (
    *("model", "stage", "group", "endpoint", "stack", "slot", "monitoring", "monitors"),
    *("next", "approval", "hosting"),
)
"""What an execution has to be told; anything else in its input is left alone."""

NO_TRIAL = "{'kind': '', 'hours': 0, 'decides': '', 'bucket': ''}"
"""In JSONata, what is asked of a trial where the input has none."""

TIMEOUT_SECONDS = 48 * 60 * 60
"""An endpoint's update may take 970 minutes, and so may its rollback and the deploy before it."""


def definition() -> State:
    """The state machine, with `${TopicArn}` for the topic."""
    return {
        "Comment": "Makes the newest approved model version the one that serves",
        "QueryLanguage": "JSONata",
        "StartAt": "Is the input complete?",
        "TimeoutSeconds": TIMEOUT_SECONDS,
        "States": _begin()
        | woken()
        | observe()
        | desire()
        | goal()
        | archive()
        | trial()
        | verdict()
        | lock(look="Read the stack", assign={"seconds": FIRST_WAIT})
        | release()
        | sweep()
        | watch()
        | prove()
        | unlock(then="Is an approval missing?")
        | _end()
        | failures(noun="promotion", left_behind="What serves was left as it is."),
    }


def _begin() -> dict[str, State]:
    beside = "$substringBefore($states.input.slot, '/slot')"
    return {
        "Is the input complete?": choose(
            incomplete(INPUT, error="Promotion.BadInput", then="Fail the promotion"),
            otherwise="Take the request",
        ),
        "Take the request": remember(
            {
                "target": {name: jsonata(f"$states.input.{name}") for name in INPUT}
                | {
                    "monitors": jsonata("[$states.input.monitors]"),
                    "lock": jsonata(f"{beside} & '/lock'"),
                    "note": jsonata(f"{beside} & '/look-again'"),
                    "freezes": freezes(),
                    "trial": jsonata(f"$merge([{NO_TRIAL}, $states.input.trial])"),
                    "beside": jsonata(
                        f"$exists($states.input.trial.kind) ? [{beside} & '/challenger',"
                        f" {beside} & '/decision'] : []"
                    ),
                    "stamp": jsonata(stamp("$states.input.stage")),
                },
                "request": jsonata("$states.input"),
                "holding": False,
                "told": "",
                "attempt": 0,
                "tried": False,
                "moves": False,
                "stamped": [],
                "rolledBack": [],
                "outcome": "already serving",
                "watched": "",
                "refreshed": "",
                "watchLooks": 0,
                "judged": "",
                "answered": 0,
                "again": "",
                "proofLooks": 0,
                "comparisonLooks": 0,
                "archived": False,
                "probed": "NONE",
                "asked": 0,
                "failing": "",
            },
            then="Is it to wait?",
        ),
    }


def _end() -> dict[str, State]:
    return {
        "Is an approval missing?": choose(
            when(FROZEN, "Done"),
            when(
                "$not($desired.approved) and $served.package != 'NONE'",
                "Tell that no version is approved",
            ),
            otherwise="Done",
        ),
        "Tell that no version is approved": notice(
            "'No approved version: ' & $target.endpoint",
            "$target.endpoint & ' still serves ' & $served.package & ', and no version of ' &"
            " $target.group & ' is approved' & ($target.approval = 'registry' ? '' : ' for ' &"
            " $target.approval) & ' that was not rolled back here'",
            "'Approve a version, or take the endpoint down by hand (docs/runbook.md)'",
            then="Done",
        ),
        "Done": finish(
            {
                "outcome": jsonata("$outcome"),
                "package": jsonata("$served.package"),
                "config": jsonata("$served.config"),
            }
        ),
    }
