"""What runs now: the stack, the endpoint, and the model version behind it. Writes nothing."""

from mlops_constructs.promotion.failures import failure
from mlops_constructs.promotion.states import (
    State,
    call,
    choose,
    jsonata,
    or_else,
    remember,
    wait,
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

STUCK_ENDPOINT = ("Failed", "OutOfService", "UpdateRollbackFailed")
"""Endpoint statuses that no update leaves (botocore: DescribeEndpoint's EndpointStatus)."""

FIRST_WAIT = 2
"""Seconds before the first look; each further wait is half as long again, up to a minute."""


def observe() -> dict[str, State]:
    """From "Read the stack" to "What came of the update?"; with the lock it waits.

    A look while CloudFormation works costs nine events of the execution's history (five for a task,
    two each for a choice and a wait), so the 970 minutes that CloudFormation gives an endpoint's
    update cost about 8,800 of the 25,000 events that Step Functions allows.
    """
    return _stack() | _endpoint() | _served()


def _stack() -> dict[str, State]:
    stack = "$states.result.Stacks[0]"
    config = f"{stack}.Outputs[OutputKey = 'EndpointConfigName'].OutputValue"
    passing = "$contains($stack.status, 'IN_PROGRESS')"
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
                }
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
            otherwise="Look for the endpoint",
        ),
        "Wait": wait(
            jsonata("$seconds"),
            assign={"seconds": jsonata("$min([60, $ceil($seconds * 1.5)])")},
            then="Read the stack",
        ),
    }


def _endpoint() -> dict[str, State]:
    result = "$states.result"
    absent = {"config": "NONE", "package": "NONE", "models": [], "created": "NONE"}
    return {
        # Asked of the list first: an endpoint that does not exist is a normal case, not an error.
        "Look for the endpoint": call(
            "sagemaker",
            "listEndpoints",
            {"NameContains": jsonata("$target.endpoint"), "MaxResults": 100},
            assign={"found": jsonata(f"$target.endpoint in {result}.Endpoints.EndpointName")},
            then="Is there an endpoint?",
        ),
        "Is there an endpoint?": choose(
            when("$found", "Read the endpoint"), otherwise="Nothing serves"
        ),
        "Nothing serves": remember({"served": absent}, then="What came of the update?"),
        "Read the endpoint": call(
            "sagemaker",
            "describeEndpoint",
            {"EndpointName": jsonata("$target.endpoint")},
            assign={
                "endpoint": {
                    "status": jsonata(f"{result}.EndpointStatus"),
                    "config": jsonata(or_else(f"{result}.EndpointConfigName", "'NONE'")),
                    "reason": jsonata(or_else(f"{result}.FailureReason", "'none given'")),
                }
            },
            then="Is the endpoint settled?",
        ),
        "Is the endpoint settled?": choose(
            when("$endpoint.status = 'InService'", "Read its config"),
            failure(
                f"$endpoint.status in {list(STUCK_ENDPOINT)}",
                "Promotion.EndpointStuck",
                "'Endpoint ' & $target.endpoint & ' is ' & $endpoint.status & ' ('"
                " & $endpoint.reason & '), which no update can leave; see An endpoint that is"
                " stuck in docs/runbook.md'",
            ),
            when("$holding", "Wait"),
            otherwise="Take the lock",
        ),
    }


def _served() -> dict[str, State]:
    result = "$states.result"
    packages = f"[{result}.PrimaryContainer.ModelPackageName, {result}.Containers.ModelPackageName]"
    return {
        "Read its config": call(
            "sagemaker",
            "describeEndpointConfig",
            {"EndpointConfigName": jsonata("$endpoint.config")},
            assign={
                "models": jsonata(f"[{result}.ProductionVariants.ModelName]"),
                "created": jsonata(f"{result}.CreationTime"),
            },
            then="Read its model",
        ),
        "Read its model": call(
            "sagemaker",
            "describeModel",
            {"ModelName": jsonata("$models[0]")},
            assign={
                "served": {
                    "config": jsonata("$endpoint.config"),
                    "package": jsonata(or_else(f"{packages}[0]", "'UNKNOWN'")),
                    "models": jsonata("$models"),
                    "created": jsonata("$created"),
                }
            },
            then="What came of the update?",
        ),
    }
