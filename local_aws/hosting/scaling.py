"""What hosting asks of Application Auto Scaling."""

from collections.abc import Iterator
from typing import Any

from local_aws.core.operations import dispatch

SERVICE = "application-autoscaling"
INSTANCES = "sagemaker:variant:DesiredInstanceCount"
PROVISIONED_CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"


def scaled_variants(endpoint_name: str, dimension: str = INSTANCES) -> set[str]:
    """The variants of an endpoint of which this is registered as a scalable target."""
    above = f"endpoint/{endpoint_name}/variant/"
    resources = [target["ResourceId"] for target in _targets(dimension)]
    return {name.removeprefix(above) for name in resources if name.startswith(above)}


def deregister_variants(endpoint_name: str) -> None:
    """Deregister the endpoint's scalable targets, as DeleteEndpoint does for its caller."""
    for dimension in (INSTANCES, PROVISIONED_CONCURRENCY):
        for variant in scaled_variants(endpoint_name, dimension):
            target = {
                "ServiceNamespace": "sagemaker",
                "ScalableDimension": dimension,
                "ResourceId": f"endpoint/{endpoint_name}/variant/{variant}",
            }
            dispatch(SERVICE, "DeregisterScalableTarget", target)


def _targets(dimension: str) -> Iterator[dict[str, Any]]:
    asked = {"ServiceNamespace": "sagemaker", "ScalableDimension": dimension}
    while True:
        answer = dispatch(SERVICE, "DescribeScalableTargets", asked)
        yield from answer["ScalableTargets"]
        if not answer.get("NextToken"):
            return
        asked["NextToken"] = answer["NextToken"]
