"""What of a variant may be scaled: how it is read, and how it is set.

https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-sagemaker.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.core.operations import dispatch

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
PROVISIONED_CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """One scalable dimension of endpoint variants.

    Attributes:
        wording: what it is called in activities.
        path: the members in which DescribeEndpoint shows it for a variant.
        desired: those in which UpdateEndpointWeightsAndCapacities takes it.
    """

    wording: str
    path: tuple[str, ...]
    desired: tuple[str, ...]

    def of(self, variant: Mapping[str, Any]) -> int | None:
        """The capacity of a variant that DescribeEndpoint shows; None if it has no such thing."""
        found: Any = variant
        for member in self.path:
            found = (found or {}).get(member)
        return found if found is None else int(found)

    def change(self, resource: str, capacity: int) -> None:
        """Set a variant's capacity.

        Raises:
            ApiError: The endpoint does not take it now.
        """
        value: Any = capacity
        for member in reversed(self.desired):
            value = {member: value}
        endpoint, variant = names(resource)
        dispatch(
            "sagemaker",
            "UpdateEndpointWeightsAndCapacities",
            {
                "EndpointName": endpoint,
                "DesiredWeightsAndCapacities": [{"VariantName": variant, **value}],
            },
        )


DIMENSIONS = {
    INSTANCES: Dimension(
        wording="instance count", path=("DesiredInstanceCount",), desired=("DesiredInstanceCount",)
    ),
    PROVISIONED_CONCURRENCY: Dimension(
        wording="provisioned concurrency",
        path=("DesiredServerlessConfig", "ProvisionedConcurrency"),
        desired=("ServerlessUpdateConfig", "ProvisionedConcurrency"),
    ),
}


def names(resource: str) -> tuple[str, str]:
    """The endpoint and the variant of endpoint/<endpoint>/variant/<variant>."""
    _, endpoint, _, variant = resource.split("/")
    return endpoint, variant


def capacity_of(target: Mapping[str, Any]) -> int | None:
    """The capacity of a scalable target now; None if its variant has no such thing any more."""
    endpoint, name = names(target["ResourceId"])
    described = dispatch("sagemaker", "DescribeEndpoint", {"EndpointName": endpoint})
    dimension = DIMENSIONS[target["ScalableDimension"]]
    found = (
        dimension.of(variant)
        for variant in described["ProductionVariants"]
        if variant["VariantName"] == name
    )
    return next(found, None)
