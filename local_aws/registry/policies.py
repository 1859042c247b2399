"""Resource policies of model package groups: kept and given back, enforced by nothing."""

import json
from typing import Any

from local_aws.core.errors import ValidationException
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.registry.groups import group


@operation("sagemaker", "PutModelPackageGroupPolicy")
def put_model_package_group_policy(request: Request) -> dict[str, Any]:
    """Put the policy, in place of the one there was."""
    found = group(request["ModelPackageGroupName"])
    policy = request["ResourcePolicy"]
    try:
        json.loads(policy)
    except ValueError as problem:
        raise ValidationException(f"Invalid resource policy: {problem}") from problem
    found.policy = policy
    return {"ModelPackageGroupArn": found.arn}


@operation("sagemaker", "GetModelPackageGroupPolicy")
def get_model_package_group_policy(request: Request) -> dict[str, Any]:
    """The policy."""
    found = group(request["ModelPackageGroupName"])
    if found.policy is None:
        raise ValidationException(f"Cannot find resource policy for: {found.arn}")
    return {"ResourcePolicy": found.policy}


@operation("sagemaker", "DeleteModelPackageGroupPolicy")
def delete_model_package_group_policy(request: Request) -> dict[str, Any]:
    """Take the policy away."""
    found = group(request["ModelPackageGroupName"])
    if found.policy is None:
        raise ValidationException(f"Cannot find resource policy for: {found.arn}")
    found.policy = None
    return {}
