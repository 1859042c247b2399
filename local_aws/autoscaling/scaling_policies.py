"""Scaling policies: by which metric a target would be scaled."""

import uuid
from collections.abc import Mapping
from typing import Any, TypeAlias

from local_aws.autoscaling.scalable_targets import (
    PAGE_SIZE,
    SERVICE,
    ObjectNotFoundException,
    find_target,
    key_of,
)
from local_aws.autoscaling.steps import StepPolicy, step_policy
from local_aws.autoscaling.tracking import (
    TrackingPolicy,
    delete_alarms,
    make_alarms,
    tracking_policy,
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
Policy: TypeAlias = StepPolicy | TrackingPolicy
SCALING: Table[Policy] = Table()


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

    A step scaling policy scales when an alarm rings whose action it is; target tracking makes
    such alarms.
    """
    find_target(request)
    with POLICIES.lock:
        before = POLICIES.get(_key(request))
        kind = request.get("PolicyType") or (before or {}).get("PolicyType", "StepScaling")
        configuration = _configuration(request, kind)
        scaling = _scaling(request, kind)
        policy_arn = before["PolicyARN"] if before else _arn(request)
        delete_alarms(before["Alarms"] if before else ())
        alarms = []
        if isinstance(scaling, TrackingPolicy):
            alarms = make_alarms(scaling, policy_arn, request["ResourceId"])
        policy = {
            "PolicyARN": policy_arn,
            "PolicyName": request["PolicyName"],
            "ServiceNamespace": request["ServiceNamespace"],
            "ResourceId": request["ResourceId"],
            "ScalableDimension": request["ScalableDimension"],
            "PolicyType": kind,
            CONFIGURATIONS[kind]: configuration,
            "Alarms": alarms,
            "CreationTime": before["CreationTime"] if before else clock.now(),
        }
        POLICIES.put(_key(request), policy)
        SCALING.put(policy_arn, scaling)
    return {"PolicyARN": policy_arn, "Alarms": alarms}


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
    policy = find_policy(request)
    delete_alarms(policy["Alarms"])
    SCALING.remove(policy["PolicyARN"])
    POLICIES.remove(_key(request))
    return {}


def policy_of_arn(policy_arn: str) -> tuple[Mapping[str, Any], Policy] | None:
    """The policy of an ARN, as it is described and as it scales; None if none does."""
    policy = SCALING.get(policy_arn)
    if policy is None:
        return None
    return next(each for each in POLICIES.values() if each["PolicyARN"] == policy_arn), policy


def tracking_policies(target: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], TrackingPolicy]]:
    """The target tracking policies of a target, as they are described and as they scale."""
    found = [policy_of_arn(policy["PolicyARN"]) for policy in POLICIES.values()]
    return [
        (described, policy)
        for described, policy in filter(None, found)
        if isinstance(policy, TrackingPolicy) and key_of(described) == key_of(target)
    ]


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


def _scaling(request: Request, kind: str) -> Policy:
    given = request[CONFIGURATIONS[kind]]
    if kind == "StepScaling":
        return step_policy(given)
    return tracking_policy(
        given, resource=request["ResourceId"], dimension=request["ScalableDimension"]
    )


def _arn(request: Request) -> str:
    resource = f"resource/{request['ServiceNamespace']}/{request['ResourceId']}"
    return (
        f"arn:aws:autoscaling:{region()}:{account_id()}:scalingPolicy:{uuid.uuid4()}:{resource}"
        f":policyName/{request['PolicyName']}"
    )
