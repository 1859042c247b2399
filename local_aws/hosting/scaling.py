"""What hosting asks of Application Auto Scaling."""

from local_aws.core.operations import dispatch

SERVICE = "application-autoscaling"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"


def deregister_variants(endpoint_name: str) -> None:
    """Deregister the endpoint's scalable targets, as DeleteEndpoint does for its caller."""
    scope = {"ServiceNamespace": "sagemaker", "ScalableDimension": DIMENSION}
    answer = dispatch(SERVICE, "DescribeScalableTargets", scope)
    for target in answer["ScalableTargets"]:
        if target["ResourceId"].startswith(f"endpoint/{endpoint_name}/variant/"):
            resource = {"ResourceId": target["ResourceId"]}
            dispatch(SERVICE, "DeregisterScalableTarget", {**scope, **resource})
