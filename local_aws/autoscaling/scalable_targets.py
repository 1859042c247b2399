"""Scalable targets: the bounds between which a variant's instance count may move."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from local_aws.autoscaling.dimensions import DIMENSIONS
from local_aws.clock import clock
from local_aws.core.errors import ApiError, NotImplementedHere, ValidationException
from local_aws.core.operations import dispatch, operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.core.tags import TAGS
from local_aws.ministack.scope import account_id

SERVICE = "application-autoscaling"
# "The maximum number of scalable targets. This value can be between 1 and 50. The default value
# is 50." (botocore, DescribeScalableTargets)
PAGE_SIZE = 50
TARGETS: Table[dict[str, Any]] = Table()


class ObjectNotFoundException(ApiError):
    """What the input names is not registered."""

    default_code = "ObjectNotFoundException"


def key_of(request: Mapping[str, Any]) -> str:
    """What identifies a scalable target: namespace, resource and dimension."""
    members = ("ServiceNamespace", "ResourceId", "ScalableDimension")
    return "|".join(str(request[member]) for member in members)


def find_target(request: Mapping[str, Any]) -> dict[str, Any]:
    """The scalable target that the input names.

    Raises:
        ObjectNotFoundException: It is not registered.
    """
    target = TARGETS.get(key_of(request))
    if target is None:
        raise ObjectNotFoundException(
            f"No scalable target registered for service namespace: {request['ServiceNamespace']}, "
            f"resource ID: {request['ResourceId']}, "
            f"scalable dimension: {request['ScalableDimension']}"
        )
    return target


@operation(SERVICE, "RegisterScalableTarget")
def register_scalable_target(request: Request) -> dict[str, Any]:
    """Register a variant that exists, or change the bounds of one that is registered."""
    _refuse_unknown_variant(request)
    with TARGETS.lock:
        before = TARGETS.get(key_of(request)) or _blank()
        given = (
            "ServiceNamespace",
            "ResourceId",
            "ScalableDimension",
            "MinCapacity",
            "MaxCapacity",
            "RoleARN",
        )
        target = {**before, **{name: request[name] for name in given if name in request}}
        if "SuspendedState" in request:
            target["SuspendedState"] = request["SuspendedState"].plain()
        _refuse_impossible_bounds(target)
        TARGETS.put(key_of(request), target)
    if "Tags" in request or not TAGS.knows(target["ScalableTargetARN"]):
        tags = request.get("Tags", {}).items()
        TAGS.put(target["ScalableTargetARN"], [{"Key": k, "Value": v} for k, v in tags])
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


@operation(SERVICE, "DescribeScalableTargets")
def describe_scalable_targets(request: Request) -> dict[str, Any]:
    """The registered targets of a namespace, of these resources and this dimension if named."""
    resources, dimension = request.get("ResourceIds"), request.get("ScalableDimension")
    found = [
        target
        for target in TARGETS.values()
        if target["ServiceNamespace"] == request["ServiceNamespace"]
        and (resources is None or target["ResourceId"] in resources)
        and dimension in (None, target["ScalableDimension"])
    ]
    return page(found, request, "ScalableTargets", default=PAGE_SIZE)


@operation(SERVICE, "DeregisterScalableTarget")
def deregister_scalable_target(request: Request) -> dict[str, Any]:
    """Forget a target and its policies, as AWS does."""
    target = find_target(request)
    policies = dispatch(SERVICE, "DescribeScalingPolicies", _scope(target))["ScalingPolicies"]
    for policy in policies:
        name = {"PolicyName": policy["PolicyName"]}
        dispatch(SERVICE, "DeleteScalingPolicy", {**_scope(target), **name})
    TARGETS.remove(key_of(request))
    TAGS.forget(target["ScalableTargetARN"])
    return {}


def _blank() -> dict[str, Any]:
    return {
        "ScalableTargetARN": arn("scalable-target", uuid.uuid4().hex, service=SERVICE),
        "CreationTime": clock.now(),
        "RoleARN": _service_linked_role(),
    }


def _scope(target: Mapping[str, Any]) -> dict[str, Any]:
    members = ("ServiceNamespace", "ResourceId", "ScalableDimension")
    return {member: target[member] for member in members}


def _refuse_unknown_variant(request: Request) -> None:
    dimension = DIMENSIONS.get(request["ScalableDimension"])
    if dimension is None or request["ServiceNamespace"] != "sagemaker":
        raise NotImplementedHere(
            f"The local AWS registers scalable targets of {' and '.join(DIMENSIONS)} in namespace "
            f"sagemaker, got {request['ScalableDimension']} in {request['ServiceNamespace']}."
        )
    named = re.fullmatch("endpoint/([^/]+)/variant/([^/]+)", request["ResourceId"])
    if not named:
        raise ValidationException(
            "ResourceId must be endpoint/<endpoint name>/variant/<variant name>, got "
            f"{request['ResourceId']}."
        )
    endpoint, variant = named.groups()
    described = dispatch("sagemaker", "DescribeEndpoint", {"EndpointName": endpoint})
    variants = {each["VariantName"]: each for each in described.get("ProductionVariants", ())}
    if variant not in variants:
        raise ValidationException(
            f"Endpoint {endpoint} has no production variant {variant}; it has {list(variants)}."
        )
    if dimension.of(variants[variant]) is None:
        raise ValidationException(f"Variant {variant} of {endpoint} has no {dimension.wording}.")


def _refuse_impossible_bounds(target: Mapping[str, Any]) -> None:
    missing = [name for name in ("MinCapacity", "MaxCapacity") if name not in target]
    if missing:
        raise ValidationException(
            f"{' and '.join(missing)} must be given to register a new scalable target."
        )
    if not 0 <= target["MinCapacity"] <= target["MaxCapacity"]:
        raise ValidationException(
            "MinCapacity must be between 0 and MaxCapacity, got MinCapacity "
            f"{target['MinCapacity']} and MaxCapacity {target['MaxCapacity']}."
        )


def _service_linked_role() -> str:
    """https://docs.aws.amazon.com/autoscaling/application/userguide (service-linked roles)."""
    path = "sagemaker.application-autoscaling.amazonaws.com"
    name = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    return f"arn:aws:iam::{account_id()}:role/aws-service-role/{path}/{name}"
