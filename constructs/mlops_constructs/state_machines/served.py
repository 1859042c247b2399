"""What serves: an endpoint's config, a batch pipeline's model or an archive, and its version.

Writes nothing.
"""

from collections.abc import Sequence

from mlops_constructs.serving.batch_definition import SCORE
from mlops_constructs.state_machines.states import (
    State,
    call,
    choose,
    jsonata,
    or_else,
    remember,
    when,
)

NONE = "'NONE'"
"""In JSONata, what a slot says at first."""

STUCK_ENDPOINT = ("Failed", "OutOfService", "UpdateRollbackFailed")
"""Endpoint statuses that no update leaves (botocore: DescribeEndpoint's EndpointStatus)."""

_PACKAGES = (
    "[$states.result.PrimaryContainer.ModelPackageName, $states.result.Containers.ModelPackageName]"
)
PACKAGE = or_else(f"{_PACKAGES}[0]", "'UNKNOWN'")
"""The package of the model that was described, in JSONata."""
BATCH = "$target.hosting = 'batch'"
"""The model has no endpoint: a pipeline scores batches with it."""

MANY = "$target.hosting = 'multi-model'"
"""Each request names the archive that answers it: that of the version which the slot names."""

SUFFIX = ".tar.gz"
"""Ends the name of an archive, which is the number of its version."""

PIPELINE = "$target.endpoint & '-batch'"
"""The name of that pipeline."""


def served(*, then: str, changing: Sequence[State], otherwise: str) -> dict[str, State]:
    """From "Where does it serve?" to ``then``, with what `$target.endpoint` runs in `$served`.

    `$served` has the members `config` and `package` (or NONE), `models` and `created`. The first of
    the models is that of what serves; one that is tried beside it comes after it. For a model that
    scores batches, `config` is the name of the model that its pipeline scores with; where each
    request names an archive, that of the version that the slot names.

    Args:
        then: Where it goes on once that is known.
        changing: Rules for an endpoint that is not InService; its `$endpoint.status` says why.
        otherwise: Where it goes on if none of them holds.
    """
    return (
        _where()
        | _endpoint(then, changing, otherwise)
        | _version(then)
        | _archive(then)
        | _pipeline(then)
    )


def archive_of(package: str) -> str:
    """In JSONata, what requests call the archive of a version."""
    return f"$split({package}, '/')[-1] & '{SUFFIX}'"


def _where() -> dict[str, State]:
    return {
        "Where does it serve?": choose(
            when(BATCH, "Look for the pipeline"), otherwise="Look for the endpoint"
        )
    }


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
    return {
        "Read its config": call(
            "sagemaker",
            "describeEndpointConfig",
            {"EndpointConfigName": jsonata("$endpoint.config")},
            assign={
                "models": jsonata(
                    f"[{result}.ProductionVariants.ModelName,"
                    f" {result}.ShadowProductionVariants.ModelName]"
                ),
                "created": jsonata(f"{result}.CreationTime"),
            },
            then="Do requests name a version?",
        ),
        "Do requests name a version?": choose(
            when(MANY, "Read which one they name"), otherwise="Read its model"
        ),
        "Read its model": call(
            "sagemaker",
            "describeModel",
            {"ModelName": jsonata("$models[0]")},
            assign={
                "served": {
                    "config": jsonata("$endpoint.config"),
                    "package": jsonata(PACKAGE),
                    "models": jsonata("$models"),
                    "created": jsonata("$created"),
                }
            },
            then=then,
        ),
    }


def _archive(then: str) -> dict[str, State]:
    """The endpoint's model has no package, but a prefix below which archives lie."""
    named = f"$substringBefore({or_else('$states.result.Parameters[0].Value', NONE)}, ',')"
    return {
        "Read which one they name": call(
            "ssm",
            "getParameters",
            {"Names": [jsonata("$target.slot")]},
            assign={
                "served": {
                    "config": jsonata(f"{named} = {NONE} ? {NONE} : {archive_of(named)}"),
                    "package": jsonata(named),
                    "models": jsonata("$models"),
                    "created": jsonata("$created"),
                }
            },
            then=then,
        )
    }


def _pipeline(then: str) -> dict[str, State]:
    """A pipeline has no status: from one call to the next it scores with another model."""
    result = "$states.result"
    steps = f"$parse({result}.PipelineDefinition).Steps"
    scoring = f"[{steps}.Arguments.IfSteps[Name = '{SCORE}'].Arguments.ModelName]"
    return {
        "Look for the pipeline": call(
            "sagemaker",
            "listPipelines",
            {"PipelineNamePrefix": jsonata(PIPELINE), "MaxResults": 100},
            assign={"found": jsonata(f"{PIPELINE} in {result}.PipelineSummaries.PipelineName")},
            then="Is there a pipeline?",
        ),
        "Is there a pipeline?": choose(
            when("$found", "Read the pipeline"), otherwise="Nothing serves"
        ),
        "Read the pipeline": call(
            "sagemaker",
            "describePipeline",
            {"PipelineName": jsonata(PIPELINE)},
            assign={"models": jsonata(scoring)},
            then="Read the model that scores",
        ),
        "Read the model that scores": call(
            "sagemaker",
            "describeModel",
            {"ModelName": jsonata("$models[0]")},
            assign={
                "served": {
                    "config": jsonata("$models[0]"),
                    "package": jsonata(PACKAGE),
                    "models": jsonata("$models"),
                    "created": jsonata(f"{result}.CreationTime"),
                }
            },
            then=then,
        ),
    }
