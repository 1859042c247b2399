"""Scaling policies: by which metric a target would be scaled."""

import uuid
from collections.abc import Mapping
from typing import Any

from local_aws.autoscaling.scalable_targets import (
    PAGE_SIZE,
    SERVICE,
    ObjectNotFoundException,
    find_target,
    key_of,
)
from local_aws.clock import clock
from local_aws.core.errors import ValidationException
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table
from local_aws.ministack.scope import account_id, region

CONFIGURATIONS = {
    "StepScaling": "StepScalingPolicyConfiguration",
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
}
POLICIES: Table[dict[str, Any]] = Table()


def find_policy(request: Mapping[str, Any]) -> dict[str, Any]:
    """The policy that the input names.

    Raises:
        ObjectNotFoundException: There is none.
    """
    policy = POLICIES.get(_key(request))
    if policy is None:
        raise ObjectNotFoundException(
            f"No scaling policy found for service namespace: {request['ServiceNamespace']}, "
            f"resource ID: {request['ResourceId']}, "
            f"scalable dimension: {request['ScalableDimension']}, "
            f"policy name: {request['PolicyName']}"
        )
    return policy


@operation(SERVICE, "PutScalingPolicy")
def put_scaling_policy(request: Request) -> dict[str, Any]:
    """Record a policy of a registered target, or change the one of that name.

    AWS would make the alarms of a target tracking policy; nothing scales here, so there are none.
    """
    find_target(request)
    with POLICIES.lock:
        before = POLICIES.get(_key(request))
        kind = request.get("PolicyType") or (before or {}).get("PolicyType", "StepScaling")
        configuration = _configuration(request, kind)
        policy = {
            "PolicyARN": before["PolicyARN"] if before else _arn(request),
            "PolicyName": request["PolicyName"],
            "ServiceNamespace": request["ServiceNamespace"],
            "ResourceId": request["ResourceId"],
            "ScalableDimension": request["ScalableDimension"],
            "PolicyType": kind,
            CONFIGURATIONS[kind]: configuration,
            "Alarms": [],
            "CreationTime": before["CreationTime"] if before else clock.now(),
        }
        POLICIES.put(_key(request), policy)
    return {"PolicyARN": policy["PolicyARN"], "Alarms": []}


@operation(SERVICE, "DescribeScalingPolicies")
def describe_scaling_policies(request: Request) -> dict[str, Any]:
    """The policies of a namespace, of this resource, dimension and these names if given."""
    names = request.get("PolicyNames")
    found = [
        policy
        for policy in POLICIES.values()
        if policy["ServiceNamespace"] == request["ServiceNamespace"]
        and (names is None or policy["PolicyName"] in names)
        and request.get("ResourceId") in (None, policy["ResourceId"])
        and request.get("ScalableDimension") in (None, policy["ScalableDimension"])
    ]
    return page(found, request, "ScalingPolicies", default=PAGE_SIZE)


@operation(SERVICE, "DeleteScalingPolicy")
def delete_scaling_policy(request: Request) -> dict[str, Any]:
    """Forget a policy."""
    find_policy(request)
    POLICIES.remove(_key(request))
    return {}


@operation(SERVICE, "DescribeScalingActivities")
def describe_scaling_activities(request: Request) -> dict[str, Any]:
    """None: nothing scales here."""
    return {"ScalingActivities": []}


def _key(request: Mapping[str, Any]) -> str:
    return f"{key_of(request)}|{request['PolicyName']}"


def _configuration(request: Request, kind: str) -> Mapping[str, Any]:
    name = CONFIGURATIONS[kind]
    if name not in request:
        raise ValidationException(f"A policy of type {kind} needs {name}.")
    configuration: Mapping[str, Any] = request[name].plain()
    metrics = ("PredefinedMetricSpecification", "CustomizedMetricSpecification")
    if kind == "TargetTrackingScaling" and sum(m in configuration for m in metrics) != 1:
        raise ValidationException(f"{name} needs exactly one of {' and '.join(metrics)}.")
    return configuration


def _arn(request: Request) -> str:
    resource = f"resource/{request['ServiceNamespace']}/{request['ResourceId']}"
    return (
        f"arn:aws:autoscaling:{region()}:{account_id()}:scalingPolicy:{uuid.uuid4()}:{resource}"
        f":policyName/{request['PolicyName']}"
    )
