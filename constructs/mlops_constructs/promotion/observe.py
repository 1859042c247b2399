"""What runs now: the stack, the endpoint, and the model version behind it. Writes nothing."""

from mlops_constructs.state_machines.failures import failure
from mlops_constructs.state_machines.served import PACKAGE, STUCK_ENDPOINT, served
from mlops_constructs.state_machines.states import (
    State,
    call,
    choose,
    jsonata,
    or_else,
    wait_longer_each_time,
    when,
)

STUCK_STACK = (
    "CREATE_FAILED",
    "DELETE_COMPLETE",
    "DELETE_FAILED",
    "IMPORT_ROLLBACK_FAILED",
    "REVIEW_IN_PROGRESS",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
)
"""Stack statuses that UpdateStack can't leave: a person has to. All others that are not
`*_IN_PROGRESS` accept an update (botocore: CloudFormation's StackStatus)."""

SAID = ("EndpointConfigName", "BatchModelName")
"""The output by which a serving stack says what it means to serve by, whatever the hosting."""

ARCHIVES = "ArchiveUri"
"""The output that says below which URI archives lie, where each request names one."""

LONGEST_WAIT = 60
"""Seconds between two looks at a stack or an endpoint that changes."""


def observe() -> dict[str, State]:
    """From "Read the stack" to "Read the slot"; with the lock it waits.

    A look while CloudFormation works costs nine events of the execution's history (five for a task,
    two each for a choice and a wait), so the 970 minutes that CloudFormation gives an endpoint's
    update cost about 8,800 of the 25,000 events that Step Functions allows.
    """
    return (
        _stack()
        | _challenger()
        | served(
            then="Is there a challenger?",
            changing=(
                failure(
                    f"$endpoint.status in {list(STUCK_ENDPOINT)}",
                    "Promotion.EndpointStuck",
                    "'Endpoint ' & $target.endpoint & ' is ' & $endpoint.status & ' ('"
                    " & $endpoint.reason & '), which no update can leave; see An endpoint that is"
                    " stuck in docs/runbook.md'",
                ),
                when("$holding", "Wait"),
            ),
            otherwise="Take the lock",
        )
    )


def _stack() -> dict[str, State]:
    stack = "$states.result.Stacks[0]"
    config = f"{stack}.Outputs[OutputKey in {list(SAID)}].OutputValue"
    passing = "$contains($stack.status, 'IN_PROGRESS')"
    archives = f"{stack}.Outputs[OutputKey = '{ARCHIVES}'].OutputValue"
    previous = f"[{stack}.Parameters.{{'ParameterKey': ParameterKey, 'UsePreviousValue': true}}]"
    return {
        "Read the stack": call(
            "cloudformation",
            "describeStacks",
            {"StackName": jsonata("$target.stack")},
            assign={
                "stack": {
                    "status": jsonata(f"{stack}.StackStatus"),
                    "reason": jsonata(or_else(f"{stack}.StackStatusReason", "'none given'")),
                    "config": jsonata(or_else(config, "'NONE'")),
                    "parameters": jsonata(previous),
                    "archives": jsonata(or_else(archives, "'NONE'")),
                },
                "challenger": "NONE",
            },
            then="Is the stack settled?",
        ),
        "Is the stack settled?": choose(
            failure(
                f"$stack.status in {list(STUCK_STACK)}",
                "Promotion.StackStuck",
                "'Stack ' & $target.stack & ' is in ' & $stack.status & ' (' & $stack.reason & '),"
                " which no update can leave; see A stack that is stuck in docs/runbook.md'",
            ),
            # Only the holder of the lock waits; others get it first, or leave it to its holder.
            when(f"{passing} and $holding", "Wait"),
            when(passing, "Take the lock"),
            otherwise="Where does it serve?",
        ),
        "Wait": wait_longer_each_time(at_most=LONGEST_WAIT, then="Read the stack"),
    }


def _challenger() -> dict[str, State]:
    """Which version is tried beside the one that serves, where versions are tried."""
    return {
        "Is there a challenger?": choose(
            when(
                "$target.trial.kind != '' and $count($served.models) > 1", "Read its second model"
            ),
            otherwise="Read the slot",
        ),
        "Read its second model": call(
            "sagemaker",
            "describeModel",
            {"ModelName": jsonata("$served.models[1]")},
            assign={"challenger": jsonata(PACKAGE)},
            then="Read the slot",
        ),
    }
