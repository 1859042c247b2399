"""Variants of endpoint configs: which model, on how much capacity, for how much of the traffic."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.request import Request
from local_aws.hosting.models import find_model
from local_aws.hosting.serverless import ServerlessConfig, serverless_config

# AWS names no default; this is the bound for a model that never answers /ping.
STARTUP_TIMEOUT_SECONDS = 300
_INSTANCES = ("InstanceType", "InitialInstanceCount")


@dataclass(frozen=True, kw_only=True)
class VariantConfig:
    """One entry of ProductionVariants or ShadowProductionVariants.

    Attributes:
        instance_type, instance_count: "" and 0 of a serverless variant.
        serverless: its ServerlessConfig; None if it runs on instances.
        multi_model: whether its model is a multi-model container.
    """

    name: str
    model_name: str
    instance_type: str
    instance_count: int
    weight: float
    startup_timeout_seconds: int
    serverless: ServerlessConfig | None = None
    multi_model: bool = False


def variant_config(variant: Request) -> VariantConfig:
    """One entry of the request, whose model exists.

    Raises:
        ValidationException: It has no instances and is not serverless, or is both, or its model
            does not exist.
    """
    name = variant["VariantName"]
    if "ModelName" not in variant:
        raise NotImplementedHere(
            f"Production variant {name} names no ModelName; inference components are not "
            "implemented by the local AWS."
        )
    serverless, instances = serverless_config(variant), [variant.get(m) for m in _INSTANCES]
    problems = [*_instance_problems(name, instances, serverless), *_of_model(variant, serverless)]
    if problems:
        raise ValidationException(" ".join(problems))
    return VariantConfig(
        name=name,
        model_name=variant["ModelName"],
        serverless=serverless,
        multi_model=find_model(variant["ModelName"]).serving.multi_model,
        instance_type=instances[0] or "",
        instance_count=instances[1] or 0,
        weight=float(variant.get("InitialVariantWeight", 1.0)),
        startup_timeout_seconds=variant.get(
            "ContainerStartupHealthCheckTimeoutInSeconds", STARTUP_TIMEOUT_SECONDS
        ),
    )


def _instance_problems(
    name: str, instances: Sequence[Any], serverless: ServerlessConfig | None
) -> Iterator[str]:
    if serverless:
        given = [m for m, value in zip(_INSTANCES, instances, strict=True) if value is not None]
        if given:
            yield (
                f"Production variant {name} with a ServerlessConfig cannot have "
                f"{' and '.join(given)}."
            )
        yield from serverless.problems()
    else:
        missing = [m for m, value in zip(_INSTANCES, instances, strict=True) if not value]
        if missing:
            yield f"Production variant {name} needs {' and '.join(missing)}."


def _of_model(variant: Request, serverless: ServerlessConfig | None) -> Iterator[str]:
    model = find_model(variant["ModelName"])
    refused = [
        *(["VpcConfig"] if "VpcConfig" in model.described else []),
        *(["Mode MultiModel"] if model.serving.multi_model else []),
        *(["EnableNetworkIsolation"] if model.described["EnableNetworkIsolation"] else []),
    ]
    if serverless and refused:
        yield f"A serverless variant cannot serve a model with {' and '.join(refused)}."
