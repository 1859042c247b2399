"""The release: the slot, the stack's update, and what came of it."""

from mlops_constructs.promotion.desire import REACHED
from mlops_constructs.state_machines.failures import failure
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.stamps import RELEASED, ROLLED_BACK
from mlops_constructs.state_machines.states import (
    FIRST_WAIT,
    ON_FAILURE,
    REMEMBERED,
    State,
    call,
    catch,
    choose,
    jsonata,
    or_else,
    when,
)

NO_UPDATES = "$contains($failure.Cause, 'No updates are to be performed')"
BUSY = "$contains($failure.Cause, /can ?not be updated|Rate exceeded|Throttling/)"
"""UpdateStack's errors have no names of their own, all are ValidationError, so texts decide."""


def release() -> dict[str, State]:
    """From "Put the slot" to "Read the stack" again, by way of what came of the update."""
    return _update() | _outcome() | _released() | _rolled_back()


def _update() -> dict[str, State]:
    moves = "$served.package != $desired.package"
    tried: dict[str, object] = {
        "tried": True,
        "moves": jsonata(moves),
        "previous": jsonata("$served"),
        "seconds": FIRST_WAIT,
    }
    next_attempt = {"attempt": jsonata("$attempt + 1")}
    return {
        "Put the slot": call(
            "ssm",
            "putParameter",
            {
                "Name": jsonata("$target.slot"),
                "Value": jsonata("$desired.slot"),
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
    endpoints = "$states.result.StackResources[ResourceType = 'AWS::SageMaker::Endpoint']"
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
            assign={"logicalId": jsonata(f"{endpoints}[0].LogicalResourceId")},
            then="Protect the endpoint",
        ),
        "Protect the endpoint": call(
            "cloudformation",
            "setStackPolicy",
            {"StackName": jsonata("$target.stack"), "StackPolicyBody": jsonata(policy)},
            then="Read the released version",
        ),
        **_stamp(
            RELEASED,
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
        **_stamp(
            ROLLED_BACK,
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
            "'Stack ' & $target.stack & ' is in ' & $stack.status & ': ' & $stack.reason",
            "'It is not tried again while it carries the property ' & $target.stamp & '; see A"
            " version that was rolled back in docs/runbook.md'",
            then="Read the stack",
        ),
    }


def _stamp(word: str, *, assign: dict[str, object], then: str) -> dict[str, State]:
    """From "Read the … version" to ``then``.

    All properties are sent back with the new one, whether the API merges or replaces them. They are
    read just before: a release lasts, and another stage may stamp the same version meanwhile.
    """
    properties = or_else("$states.result.CustomerMetadataProperties", "{}")
    stamp = f"{{$target.stamp: '{word} ' & $states.context.State.EnteredTime}}"
    return {
        f"Read the {word} version": call(
            "sagemaker",
            "describeModelPackage",
            {"ModelPackageName": jsonata("$desired.package")},
            assign={"properties": jsonata(properties)},
            then=f"Stamp the version as {word}",
        ),
        f"Stamp the version as {word}": call(
            "sagemaker",
            "updateModelPackage",
            {
                "ModelPackageArn": jsonata("$desired.package"),
                "CustomerMetadataProperties": jsonata(f"$merge([$properties, {stamp}])"),
            },
            assign=assign,
            then=then,
        ),
    }
