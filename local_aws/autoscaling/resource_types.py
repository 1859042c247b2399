"""AWS::ApplicationAutoScaling::ScalableTarget and ::ScalingPolicy for CloudFormation."""

from typing import Any

from local_aws.autoscaling.scalable_targets import SERVICE, find_target
from local_aws.autoscaling.scaling_policies import find_policy
from local_aws.core.cloudformation import Properties, ResourceType, register


def _with_target_taken_apart(properties: Properties) -> Properties:
    """ScalingTargetId, the Ref of a scalable target, says three members of the API at once."""
    given = dict(properties)
    if "ScalingTargetId" in given:
        names = ("ResourceId", "ScalableDimension", "ServiceNamespace")
        given.update(zip(names, given.pop("ScalingTargetId").split("|"), strict=True))
    return given


def _with_tags_as_map(properties: Properties) -> Properties:
    """The type has a list of tags, the API a map."""
    if "Tags" not in properties:
        return properties
    tags = {tag["Key"]: tag["Value"] for tag in properties["Tags"]}
    return {**properties, "Tags": tags}


def _read_policy(names: Properties) -> dict[str, Any]:
    policy = find_policy(names)
    return {**policy, "Arn": policy["PolicyARN"]}


register(
    ResourceType(
        name="AWS::ApplicationAutoScaling::ScalableTarget",
        service=SERVICE,
        identifier=("ServiceNamespace", "ResourceId", "ScalableDimension"),
        create="RegisterScalableTarget",
        update="RegisterScalableTarget",
        delete="DeregisterScalableTarget",
        read=find_target,
        prepare=_with_tags_as_map,
    )
)
register(
    ResourceType(
        name="AWS::ApplicationAutoScaling::ScalingPolicy",
        service=SERVICE,
        identifier=("PolicyName", "ServiceNamespace", "ResourceId", "ScalableDimension"),
        create="PutScalingPolicy",
        update="PutScalingPolicy",
        delete="DeleteScalingPolicy",
        read=_read_policy,
        prepare=_with_target_taken_apart,
        ref="PolicyARN",
    )
)
