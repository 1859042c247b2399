"""AWS::SageMaker::ModelPackageGroup."""

import json

from local_aws.core.cloudformation import Properties, ResourceType, register
from local_aws.core.operations import dispatch


def _put_policy(old: Properties, new: Properties) -> None:
    """ModelPackageGroupPolicy has operations of its own; templates may write it as an object."""
    policy = new.get("ModelPackageGroupPolicy")
    if policy == old.get("ModelPackageGroupPolicy"):
        return
    name = {"ModelPackageGroupName": new["ModelPackageGroupName"]}
    if policy is None:
        dispatch("sagemaker", "DeleteModelPackageGroupPolicy", name)
        return
    text = policy if isinstance(policy, str) else json.dumps(policy)
    dispatch("sagemaker", "PutModelPackageGroupPolicy", {**name, "ResourcePolicy": text})


register(
    ResourceType(
        name="AWS::SageMaker::ModelPackageGroup",
        service="sagemaker",
        identifier=("ModelPackageGroupName",),
        create="CreateModelPackageGroup",
        delete="DeleteModelPackageGroup",
        read=lambda names: dispatch("sagemaker", "DescribeModelPackageGroup", names),
        extra=("ModelPackageGroupPolicy",),
        finish=_put_policy,
    )
)
