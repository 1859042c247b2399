"""The release, or the beginning of a trial: the slots, the stack's update, and what came of it."""

from mlops_constructs.promotion.goal import REACHED, TRIAL
from mlops_constructs.promotion.stamping import NOW, stamp_version
from mlops_constructs.state_machines.failures import failure
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.served import BATCH, MANY, archive_of
from mlops_constructs.state_machines.stamps import ON_TRIAL, RELEASED, ROLLED_BACK
from mlops_constructs.state_machines.states import (
    FIRST_WAIT,
    ON_FAILURE,
    REMEMBERED,
    State,
    call,
    catch,
    choose,
    jsonata,
    when,
)

NO_UPDATES = "$contains($failure.Cause, 'No updates are to be performed')"
BUSY = "$contains($failure.Cause, /can ?not be updated|Rate exceeded|Throttling/)"
"""UpdateStack's errors have no names of their own, all are ValidationError, so texts decide."""


def release() -> dict[str, State]:
    """From "Put the slot" to "Read the stack" again, by way of what came of the update."""
    return _update() | _outcome() | _released() | _rolled_back()


def _update() -> dict[str, State]:
    moves = (
        f"($goal.kind = '{TRIAL}' ? $challenger != $goal.challenger"
        " : $served.package != $goal.package)"
    )
    tried: dict[str, object] = {
        "tried": True,
        "moves": jsonata(moves),
        "previous": jsonata("$served"),
        "seconds": FIRST_WAIT,
    }
    archive = f"{{'package': $goal.package, 'config': {archive_of('$goal.package')}}}"
    named: dict[str, object] = {"served": jsonata(f"$merge([$served, {archive}])")}
    next_attempt = {"attempt": jsonata("$attempt + 1")}
    return {
        "Put the slot": call(
            "ssm",
            "putParameter",
            {
                "Name": jsonata("$target.slot"),
                "Value": jsonata("$goal.slot"),
                "Type": "StringList",
                "Overwrite": True,
            },
            then="Are versions tried here?",
        ),
        "Are versions tried here?": choose(
            when(f"{MANY} and $moves", "Find the endpoint's logical id", named),
            when(MANY, "Read the stack"),
            when("$target.trial.kind = ''", "Update the stack"),
            otherwise="Put the challenger's slot",
        ),
        # After the other: whoever deploys in between promotes what was to be promoted anyway.
        "Put the challenger's slot": call(
            "ssm",
            "putParameter",
            {
                "Name": jsonata("$target.beside[0]"),
                "Value": jsonata("$goal.challenger & ',NONE'"),
                "Type": "StringList",
                "Overwrite": True,
            },
            then="Update the stack",
        ),
        "Update the stack": call(
            "cloudformation",
            "updateStack",
            {
                "StackName": jsonata("$target.stack"),
                "UsePreviousTemplate": True,
                "Parameters": jsonata("$stack.parameters"),
                "Capabilities": ["CAPABILITY_NAMED_IAM"],
                "ClientRequestToken": jsonata(
                    "$hash($states.context.Execution.Id, 'SHA-256') & '-' & $string($attempt)"
                ),
            },
            assign=tried | next_attempt,
            retries=[{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 2}],
            on_failure=catch(
                ["States.ALL"], then="Why was it refused?", assign=REMEMBERED | next_attempt
            ),
            then="Wait",
        ),
        # With nothing to update and nothing serving, it is not this version that failed.
        "Why was it refused?": choose(
            when(
                NO_UPDATES,
                "Read the stack",
                tried | {"moves": jsonata(f"{moves} and $served.package != 'NONE'")},
            ),
            when(BUSY, "Wait"),
            otherwise=ON_FAILURE,
        ),
    }


def _outcome() -> dict[str, State]:
    return {
        "What came of the update?": choose(
            when("$not($tried)", "Find approved versions"),
            when(
                f"{REACHED} and $moves and $goal.kind = '{TRIAL}'", f"Read the {ON_TRIAL} version"
            ),
            when(f"{REACHED} and $moves", "Find the endpoint's logical id"),
            when(REACHED, "Find approved versions", {"tried": False}),
            when("$moves", "Read the rolled back version"),
            failure(
                "true",
                "Promotion.NotConverged",
                "'After the update of ' & $target.stack & ' the endpoint runs config ' &"
                " $served.config & ' and the stack says ' & $stack.config & '; see Stack and"
                " endpoint disagree in docs/runbook.md'",
            ),
            otherwise=ON_FAILURE,
        )
    }


def _released() -> dict[str, State]:
    kind = f"'AWS::SageMaker::' & ({BATCH} ? 'Pipeline' : 'Endpoint')"
    served = f"$states.result.StackResources[ResourceType = {kind}]"
    policy = (
        "$string({'Statement': [{'Effect': 'Allow', 'Action': 'Update:*', 'Principal': '*',"
        " 'Resource': '*'}, {'Effect': 'Deny', 'Action': ['Update:Delete', 'Update:Replace'],"
        " 'Principal': '*', 'Resource': ['LogicalResourceId/' & $logicalId]}]})"
    )
    return {
        "Find the endpoint's logical id": call(
            "cloudformation",
            "describeStackResources",
            {"StackName": jsonata("$target.stack")},
            assign={"logicalId": jsonata(f"{served}[0].LogicalResourceId")},
            then="Protect the endpoint",
        ),
        "Protect the endpoint": call(
            "cloudformation",
            "setStackPolicy",
            {"StackName": jsonata("$target.stack"), "StackPolicyBody": jsonata(policy)},
            then="Read the released version",
        ),
        **stamp_version(
            RELEASED,
            f"'{RELEASED} ' & {NOW}",
            assign={
                "outcome": RELEASED,
                "proofLooks": 0,
                "stamped": jsonata("[$stamped, $desired.package]"),
                "tried": False,
            },
            then="Tell of the release",
        ),
        "Tell of the release": notice(
            "'Released: ' & $target.endpoint",
            "$target.endpoint & ' now serves ' & $desired.package & ' by config ' & $served.config",
            "'Before it: ' & $previous.config",
            then="Is there anything to sweep?",
        ),
    }


def _rolled_back() -> dict[str, State]:
    return {
        **stamp_version(
            ROLLED_BACK,
            f"'{ROLLED_BACK} ' & {NOW}",
            assign={
                "outcome": ROLLED_BACK,
                "rolledBack": jsonata("[$rolledBack, $desired.package]"),
                "tried": False,
            },
            then="Tell of the rollback",
        ),
        "Tell of the rollback": notice(
            "'Rolled back: ' & $target.endpoint",
            "$desired.package & ' was not released to ' & $target.endpoint & ', which runs ' &"
            " $served.package",
            f"{MANY} ? $failing : 'Stack ' & $target.stack & ' is in ' & $stack.status & ': ' &"
            " $stack.reason",
            "'It is not tried again while it carries the property ' & $target.stamp & '; see A"
            " version that was rolled back in docs/runbook.md'",
            then="Read the stack",
        ),
    }
