"""What an endpoint serves, and what the slot says that it should."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operate.account import Account
from operate.refused import Refused
from operate.versions import Version, read_version

NONE = "NONE"
"""What a slot names before the first promotion."""


@dataclass(frozen=True)
class Served:
    """What serves.

    Attributes:
        endpoint: The endpoint's name.
        status: EndpointStatus; empty if there is no endpoint.
        reason: FailureReason, or empty.
        config: EndpointConfigName, or empty.
        version: The version that answers; None if there is none, or the model names no package.
        slot: ARN of the version that the slot names, or NONE.
        variants: ProductionVariants of DescribeEndpoint.
        pending: PendingDeploymentSummary of DescribeEndpoint, or empty.
    """

    endpoint: str
    status: str
    reason: str
    config: str
    version: Version | None
    slot: str
    variants: tuple[Mapping[str, Any], ...]
    pending: Mapping[str, Any]

    @property
    def agrees(self) -> bool:
        """Whether the endpoint runs what the slot names."""
        return (self.version.arn if self.version else NONE) == self.slot


def read_served(account: Account, promotion: Mapping[str, Any]) -> Served:
    """What the endpoint of a promotion's input runs at this moment."""
    slots = account.read("ssm", "get_parameters", Names=[promotion["slot"]])["Parameters"]
    slot = slots[0]["Value"].partition(",")[0] if slots else "missing"
    name = promotion["endpoint"]
    try:
        endpoint = account.read("sagemaker", "describe_endpoint", EndpointName=name)
    except Refused as refused:
        if not (refused.code == "ValidationException" and "Could not find" in str(refused)):
            raise
        return Served(name, "", "", "", None, slot, (), {})
    config = endpoint.get("EndpointConfigName", "")
    return Served(
        endpoint=name,
        status=endpoint["EndpointStatus"],
        reason=endpoint.get("FailureReason", ""),
        config=config,
        version=_version(account, config) if config else None,
        slot=slot,
        variants=tuple(endpoint.get("ProductionVariants", [])),
        pending=endpoint.get("PendingDeploymentSummary", {}),
    )


def _version(account: Account, config: str) -> Version | None:
    variants = account.read("sagemaker", "describe_endpoint_config", EndpointConfigName=config)[
        "ProductionVariants"
    ]
    model = account.read("sagemaker", "describe_model", ModelName=variants[0]["ModelName"])
    containers = [model.get("PrimaryContainer", {}), *model.get("Containers", [])]
    packages = [c["ModelPackageName"] for c in containers if "ModelPackageName" in c]
    return read_version(account, packages[0]) if packages else None
