"""What an endpoint serves: its config, and the model version behind that. Writes nothing."""

from collections.abc import Sequence

from mlops_constructs.state_machines.states import (
    State,
    call,
    choose,
    jsonata,
    or_else,
    remember,
    when,
)

STUCK_ENDPOINT = ("Failed", "OutOfService", "UpdateRollbackFailed")
"""Endpoint statuses that no update leaves (botocore: DescribeEndpoint's EndpointStatus)."""


def served(*, then: str, changing: Sequence[State], otherwise: str) -> dict[str, State]:
    """From "Look for the endpoint" to ``then``, with what `$target.endpoint` runs in `$served`.

    `$served` has the members `config` and `package` (or NONE), `models` and `created`.

    Args:
        then: Where it goes on once that is known.
        changing: Rules for an endpoint that is not InService; its `$endpoint.status` says why.
        otherwise: Where it goes on if none of them holds.
    """
    return _endpoint(then, changing, otherwise) | _version(then)


def _endpoint(then: str, changing: Sequence[State], otherwise: str) -> dict[str, State]:
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
        "Nothing serves": remember({"served": absent}, then=then),
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
            *changing,
            otherwise=otherwise,
        ),
    }


def _version(then: str) -> dict[str, State]:
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
            then=then,
        ),
    }
