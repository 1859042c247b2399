"""The group a model's versions are registered in."""

import pytest
from aws_cdk import aws_iam as iam

from mlops_constructs.problems import InvalidProps
from mlops_constructs.training import ModelPackageGroup
from tests.constructs_library.someones_app import actions, new_stack, statements, synthesized, the


def test_it_outlives_its_stack_and_has_no_description_to_change():
    stack = new_stack()
    ModelPackageGroup(stack, "Group", group_name="churn")
    group = the(synthesized(stack), "AWS::SageMaker::ModelPackageGroup")
    assert group["DeletionPolicy"] == group["UpdateReplacePolicy"] == "Retain"
    assert group["Properties"] == {"ModelPackageGroupName": "churn"}


@pytest.mark.parametrize(
    ("grant", "granted"),
    [
        ("grant_register", {"sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackageGroup"}),
        ("grant_read", {"sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"}),
    ],
)
def test_what_is_granted_holds_for_this_group_and_its_versions(grant: str, granted: set[str]):
    stack = new_stack()
    group = ModelPackageGroup(stack, "Group", group_name="churn")
    role = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())
    getattr(group, grant)(role)
    [statement] = statements(synthesized(stack))
    assert set(actions(statement)) == granted
    whole_group, versions = statement["Resource"]
    assert whole_group["Fn::GetAtt"][1] == "ModelPackageGroupArn"
    assert versions["Fn::Join"][1][-1] == ":model-package/churn/*"


@pytest.mark.parametrize(
    "name", ["late_flights", "c" * 64, "c-" * 32 + "c", "", "-churn", "churn-"]
)
def test_a_name_that_sagemaker_would_refuse_is_refused_here(name: str):
    with pytest.raises(InvalidProps) as refused:
        ModelPackageGroup(new_stack(), "Group", group_name=name)
    assert str(refused.value) == (
        "the name of a model package group must be 1 to 63 letters, digits and inner hyphens, "
        f"got {name!r} ({len(name)} characters)"
    )
