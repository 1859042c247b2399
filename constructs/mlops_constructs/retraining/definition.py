"""The whole machine; docs/decisions/retraining.md draws it."""

from mlops_constructs.retraining.ask import ASKING, TRIGGERS, ask, clean
from mlops_constructs.retraining.champion import champion
from mlops_constructs.retraining.need import LOOK, need
from mlops_constructs.retraining.pace import FIRST_LOOK, pace
from mlops_constructs.retraining.start import start
from mlops_constructs.state_machines.failures import failure, failures
from mlops_constructs.state_machines.freeze import freezes
from mlops_constructs.state_machines.lock import lock, unlock
from mlops_constructs.state_machines.requests import incomplete
from mlops_constructs.state_machines.states import (
    PATIENT_RETRIES,
    State,
    choose,
    finish,
    jsonata,
    or_else,
    remember,
    when,
)

NAMES = ("model", "stage", "group", "endpoint", "pipeline", "slot", "trigger")
INPUT = (*NAMES, "alarms", "policy", "reason")
"""What an execution has to be told; anything else in its input is left alone."""

TIMEOUT_SECONDS = 30 * 24 * 60 * 60
"""Well over the age at which an execution leaves what is left to the next re-check."""


def definition() -> State:
    """The state machine, with `${TopicArn}` for the topic."""
    return {
        "Comment": "Trains a model again when there is a need for it and its policy allows it",
        "QueryLanguage": "JSONata",
        "StartAt": "Is the input complete?",
        "TimeoutSeconds": TIMEOUT_SECONDS,
        "States": _begin()
        | ask()
        | lock(look=LOOK, assign={"seconds": FIRST_LOOK}, retries=PATIENT_RETRIES)
        | need()
        | pace()
        | champion()
        | start()
        | unlock(then="Done", retries=PATIENT_RETRIES)
        | _end()
        | failures(noun="retraining", left_behind="What runs and what serves was left as it is."),
    }


def _begin() -> dict[str, State]:
    fail = {"Next": "Fail the retraining"}
    policy = "$states.input.policy"
    return {
        "Is the input complete?": choose(
            incomplete(INPUT, error="Retraining.BadInput", then="Fail the retraining"),
            failure(
                f"$not($states.input.trigger in {list(TRIGGERS)})",
                "Retraining.BadInput",
                f"'trigger must be one of {', '.join(TRIGGERS)}; got ' &"
                " $string($states.input.trigger)",
            )
            | fail,
            failure(
                f"$not({_between(f'{policy}.coolDownHours', 1, 336)}"
                f" and {_between(f'{policy}.runsPerDay', 1, 10)})",
                "Retraining.BadInput",
                "'policy must say coolDownHours (1 to 336) and runsPerDay (1 to 10); got ' &"
                f" $string({policy})",
            )
            | fail,
            otherwise="Take the request",
        ),
        "Take the request": remember(_taken(), then="Does it ask for a run?"),
        "Does it ask for a run?": choose(
            when(f"$target.trigger in {list(ASKING)}", "Write the request down"),
            when("$target.trigger = 're-check'", LOOK),
            otherwise="See who is at it",
        ),
    }


def _taken() -> dict[str, object]:
    beside = "$substringBefore($states.input.slot, '/slot') & '/retraining/"
    asks = clean("$states.input.trigger & ': ' & $string($states.input.reason)")
    return {
        "target": {name: jsonata(f"$states.input.{name}") for name in NAMES}
        | {
            "alarms": jsonata("[$states.input.alarms]"),
            "hosting": jsonata(or_else("$states.input.hosting", "'endpoint'")),
            "coolDown": jsonata("$states.input.policy.coolDownHours * 3600000"),
            "runsPerDay": jsonata("$states.input.policy.runsPerDay"),
            "asks": jsonata(asks),
            "lock": jsonata(f"{beside}lock'"),
            "note": jsonata(f"{beside}look-again'"),
            "request": jsonata(f"{beside}request'"),
            "freezes": freezes(),
        },
        "holding": False,
        "told": "",
        "looks": 0,
        "seconds": FIRST_LOOK,
        "settled": False,
        "ready": False,
        "mismatches": 0,
        "reminded": False,
        "run": "",
        "outcome": "no need",
    }


def _between(number: str, least: int, most: int) -> str:
    return f"($type({number}) = 'number' ? {number} >= {least} and {number} <= {most} : false)"


def _end() -> dict[str, State]:
    return {"Done": finish({"outcome": jsonata("$outcome"), "run": jsonata("$run")})}
