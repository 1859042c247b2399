"""Whether an endpoint would change its instance type while it is scaled automatically."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.finding import Finding, Weight
from operate.preflight.template import World
from operate.refused import Refused

CHECK = "autoscaling"
_DIMENSION = "sagemaker:variant:DesiredInstanceCount"


def autoscaling(
    account: Account, world: World, stacks: Sequence[PlannedStack]
) -> Iterator[Finding]:
    """Yields each variant whose instance type AWS would refuse to change.

    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html
    """
    for stack in stacks:
        endpoints = stack.template.resources("AWS::SageMaker::Endpoint")
        names = [stack.template.text(e.get("EndpointName"), world) for e in endpoints]
        planned = {
            variant["VariantName"]: variant.get("InstanceType")
            for config in stack.template.resources("AWS::SageMaker::EndpointConfig")
            for variant in config["ProductionVariants"]
            if "VariantName" in variant  # one that a condition decides about is never scaled
        }
        for name in names:
            if name:
                yield from _changes(account, name, planned)


def deployed_config(account: Account, endpoint: str) -> Mapping[str, Any] | None:
    """The config that the endpoint runs; None if there is no endpoint."""
    try:
        found = account.read("sagemaker", "describe_endpoint", EndpointName=endpoint)
    except Refused as refused:
        if refused.code == "ValidationException" and "Could not find" in str(refused):
            return None
        raise
    name = found["EndpointConfigName"]
    config: Mapping[str, Any] = account.read(
        "sagemaker", "describe_endpoint_config", EndpointConfigName=name
    )
    return config


def _changes(account: Account, endpoint: str, planned: dict[str, str | None]) -> Iterator[Finding]:
    config = deployed_config(account, endpoint)
    deployed = config["ProductionVariants"] if config else []
    for variant in deployed:
        name, now = variant["VariantName"], variant.get("InstanceType")
        target = f"endpoint/{endpoint}/variant/{name}"
        if planned.get(name) in (None, now) or not _is_scaled(account, target):
            continue
        yield Finding(
            Weight.STOPS,
            CHECK,
            f"endpoint {endpoint} runs on {now} and is to run on {planned[name]}, which AWS refuses"
            " while the endpoint is registered with Application Auto Scaling",
            "follow Change the instance type in docs/how-to/deploy.md; it begins with `aws"
            " application-autoscaling deregister-scalable-target --service-namespace sagemaker"
            f" --resource-id {target} --scalable-dimension {_DIMENSION}`",
        )


def _is_scaled(account: Account, target: str) -> bool:
    found = account.each(
        "application-autoscaling",
        "describe_scalable_targets",
        "ScalableTargets",
        ServiceNamespace="sagemaker",
        ResourceIds=[target],
        ScalableDimension=_DIMENSION,
    )
    return next(iter(found), None) is not None
