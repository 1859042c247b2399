"""What hosting asks of Application Auto Scaling."""

from local_aws.core.operations import dispatch

SERVICE = "application-autoscaling"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_SCOPE = {"ServiceNamespace": "sagemaker", "ScalableDimension": DIMENSION}


def scaled_variants(endpoint_name: str) -> set[str]:
    """The variants of an endpoint that are registered as scalable targets."""
    above = f"endpoint/{endpoint_name}/variant/"
    answer = dispatch(SERVICE, "DescribeScalableTargets", _SCOPE)
    resources = [target["ResourceId"] for target in answer["ScalableTargets"]]
    return {name.removeprefix(above) for name in resources if name.startswith(above)}


def deregister_variants(endpoint_name: str) -> None:
    """Deregister the endpoint's scalable targets, as DeleteEndpoint does for its caller."""
    for variant in scaled_variants(endpoint_name):
        resource = {"ResourceId": f"endpoint/{endpoint_name}/variant/{variant}"}
        dispatch(SERVICE, "DeregisterScalableTarget", {**_SCOPE, **resource})
