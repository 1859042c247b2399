"""The registry's group that a model's versions are registered in."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops_constructs.names import name_problems
from mlops_constructs.problems import refuse


class ModelPackageGroup(Construct):
    """A model package group, kept when its stack goes: AWS refuses to delete one that has versions.

    It carries no description, because a changed description would replace the group.

    Args:
        group_name: 1 to 63 letters, digits and inner hyphens.
    """

    def __init__(self, scope: Construct, construct_id: str, *, group_name: str) -> None:
        refuse(name_problems("the name of a model package group", group_name))
        super().__init__(scope, construct_id)
        resource = sagemaker.CfnModelPackageGroup(
            self, "Resource", model_package_group_name=group_name
        )
        resource.apply_removal_policy(RemovalPolicy.RETAIN)
        self.group_name = group_name
        self.group_arn = resource.attr_model_package_group_arn
        self.versions_arn = Stack.of(self).format_arn(
            service="sagemaker", resource="model-package", resource_name=f"{group_name}/*"
        )

    def grant_register(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` register new versions."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackageGroup"],
            resource_arns=[self.group_arn, self.versions_arn],
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` list versions and read what is registered of each."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"],
            resource_arns=[self.group_arn, self.versions_arn],
        )
