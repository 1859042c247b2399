"""A trial: how it stands, when it is looked at again, and what ends it.

All of it is read from AWS. The challenger's slot and the endpoint say that a version is tried, the
creation of the config since when, and the version's stamp whether people know. So any execution can
go on with it, none waits for it with the lock, and one that is killed takes nothing along.
"""

from mlops_constructs.promotion.goal import AT_ONCE
from mlops_constructs.promotion.stamping import NOW, stamp_version
from mlops_constructs.serving.challenger import alarm_prefix
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.stamps import ON_TRIAL, ROLLED_BACK, UNDECIDED
from mlops_constructs.state_machines.states import (
    RETRIES,
    State,
    call,
    catch,
    choose,
    jsonata,
    remember,
    wait,
    when,
)

DROPPED = "dropped"
"""The outcome of a trial whose challenger left."""

DROP, ASK = f"Read the {DROPPED} version", f"Read the {UNDECIDED} version"

HOUR = 3_600_000
"""Milliseconds. So far apart are the rounds that look at a trial while nothing happens."""

EXISTS = ["Sfn.ExecutionAlreadyExistsException"]

BEGUN = "$toMillis($served.created)"
ENDS = f"{BEGUN} + $target.trial.hours * {HOUR}"


def trial() -> dict[str, State]:
    """From "Look at the challenger's alarm" to "Is it watched?", a release, or another round."""
    return _begun() | _look() | _rounds() | _ends()


def woken() -> dict[str, State]:
    """From "Is it to wait?" to "Read the stack": a round of a trial was started an hour before."""
    seconds = f"$max([0, $ceil(($toMillis($request.wake) - $toMillis({NOW})) / 1000)])"
    return {
        "Is it to wait?": choose(
            when("$exists($request.wake)", "Wait for the round"), otherwise="Read the stack"
        ),
        "Wait for the round": wait(jsonata(seconds), then="Read the stack"),
    }


def _begun() -> dict[str, State]:
    return {
        **stamp_version(
            ON_TRIAL,
            f"'{ON_TRIAL} ' & $served.config",
            assign={"outcome": ON_TRIAL, "tried": False},
            then="Tell of the trial",
        ),
        "Tell of the trial": notice(
            "'On trial: ' & $target.endpoint",
            "$desired.package & ' is tried at ' & $target.endpoint & ' beside ' & $served.package &"
            " ', which serves on, until ' & " + f"$fromMillis({ENDS})",
            "'The config of the trial: ' & $served.config",
            then="Read the stack",
        ),
    }


def _look() -> dict[str, State]:
    of_this_trial = "$split($decision, ' ')[1] = $served.config"
    told = f"$desired.stamp = '{UNDECIDED} ' & $served.config"
    nothing = f"$not($decided in ['drop', 'promote'] or $rings) and ($not($over) or {told})"
    rings = "'the alarm rings that compares its failures with those of the version that serves'"
    return {
        "Look at the challenger's alarm": call(
            "cloudwatch",
            "describeAlarms",
            {
                "AlarmNames": [
                    jsonata(f"{_alarm_prefix()} & $served.config"),
                ]
            },
            assign={
                "rings": jsonata("'ALARM' in $states.result.MetricAlarms.StateValue"),
                "decided": jsonata(f"{of_this_trial} ? $split($decision, ' ')[0] : ''"),
                "over": jsonata(f"$toMillis({NOW}) >= {ENDS}"),
            },
            then="How does the trial stand?",
        ),
        "How does the trial stand?": choose(
            when(
                nothing,
                "Is another round to come?",
                {"outcome": jsonata(f"$over ? '{UNDECIDED}' : '{ON_TRIAL}'")},
            ),
            when("$not($holding)", "Take the lock"),
            when("$decided = 'drop'", DROP, {"why": jsonata("'a person decided: ' & $decision")}),
            when("$rings", DROP, {"why": jsonata(rings)}),
            when("$decided = 'promote'", "Put the slot", AT_ONCE),
            otherwise="Find the comparison",
        ),
    }


def _alarm_prefix() -> str:
    """In JSONata, as the serving stack names the alarms."""
    return f"$target.endpoint & '{alarm_prefix('')}'"


def _rounds() -> dict[str, State]:
    """The next round is an execution of a name that only it can have: it is there once, whoever
    starts it, and each execution that finds a trial starts it if it is missing."""
    hour = f"$floor(($toMillis({NOW}) - {BEGUN}) / {HOUR}) + 1"
    again = (
        f"$merge([$request, {{'wake': $fromMillis({BEGUN} + $hour * {HOUR}),"
        " 'reason': 'a round of the trial of ' & $desired.package}])"
    )
    return {
        "Is another round to come?": choose(
            when("$over", "Is it watched?"), otherwise="Number the next round"
        ),
        "Number the next round": remember({"hour": jsonata(hour)}, then="Have it looked at again"),
        "Have it looked at again": call(
            "sfn",
            "startExecution",
            {
                "StateMachineArn": jsonata("$states.context.StateMachine.Id"),
                "Name": jsonata("$served.config & '-' & $string($hour)"),
                "Input": jsonata(f"$string({again})"),
            },
            retries=[{"ErrorEquals": EXISTS, "MaxAttempts": 0}, *RETRIES],
            expected=[catch(EXISTS, then="Is it watched?")],
            then="Is it watched?",
        ),
    }


def _ends() -> dict[str, State]:
    return {
        **stamp_version(
            DROPPED,
            f"'{ROLLED_BACK} ' & {NOW}",
            assign={
                "outcome": DROPPED,
                "rolledBack": jsonata("[$rolledBack, $desired.package]"),
            },
            then="Tell that it was dropped",
        ),
        "Tell that it was dropped": notice(
            "'Dropped: ' & $target.endpoint",
            "$desired.package & ' leaves ' & $target.endpoint & ', where ' & $served.package &"
            " ' serves on'",
            "'Why: ' & $why",
            "'It is not tried again while it carries the property ' & $target.stamp & '; see A"
            " version that was dropped in docs/runbook.md'",
            then="Read the stack",
        ),
        **stamp_version(
            UNDECIDED,
            f"'{UNDECIDED} ' & $served.config",
            assign={"outcome": UNDECIDED},
            then="Ask a person",
        ),
        "Ask a person": notice(
            "'Decide: ' & $target.endpoint",
            "$desired.package & ' was tried at ' & $target.endpoint & ' beside ' & $served.package",
            "$why",
            "'Both go on until you decide: python -m operate decide; see docs/how-to/compare.md'",
            then="Is it watched?",
        ),
    }
