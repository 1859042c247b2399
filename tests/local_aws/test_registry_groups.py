"""Model package groups and their policies."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.local_aws


@pytest.fixture
def sagemaker(client: Callable[[str], Any]) -> Any:
    return client("sagemaker")


@pytest.fixture
def name() -> str:
    return f"group-{uuid.uuid4().hex[:12]}"


def test_a_group_is_complete_at_once_and_found_by_name_and_by_arn(
    sagemaker: Any, name: str
) -> None:
    made = sagemaker.create_model_package_group(
        ModelPackageGroupName=name, ModelPackageGroupDescription="flights"
    )
    arn = made["ModelPackageGroupArn"]
    assert arn == f"arn:aws:sagemaker:us-east-1:123456789012:model-package-group/{name}"
    by_name, by_arn = (
        sagemaker.describe_model_package_group(ModelPackageGroupName=given) for given in (name, arn)
    )
    assert by_name["ModelPackageGroupStatus"] == "Completed"
    assert by_arn["ModelPackageGroupDescription"] == "flights"


def test_two_groups_cannot_share_a_name(sagemaker: Any, name: str) -> None:
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    with pytest.raises(ClientError, match=r"ValidationException.*already exists"):
        sagemaker.create_model_package_group(ModelPackageGroupName=name)


def test_a_group_that_is_not_there_cannot_be_described(sagemaker: Any, name: str) -> None:
    with pytest.raises(ClientError, match=f"{name} does not exist"):
        sagemaker.describe_model_package_group(ModelPackageGroupName=name)


def test_a_group_with_versions_cannot_be_deleted(sagemaker: Any, name: str) -> None:
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    version = sagemaker.create_model_package(ModelPackageGroupName=name)["ModelPackageArn"]
    with pytest.raises(sagemaker.exceptions.ConflictException, match="still contains"):
        sagemaker.delete_model_package_group(ModelPackageGroupName=name)
    sagemaker.delete_model_package(ModelPackageName=version)
    sagemaker.delete_model_package_group(ModelPackageGroupName=name)
    with pytest.raises(ClientError, match="does not exist"):
        sagemaker.describe_model_package_group(ModelPackageGroupName=name)


def test_groups_are_listed_by_part_of_their_name_page_by_page(sagemaker: Any, name: str) -> None:
    names = [f"{name}-{number}" for number in range(3)]
    for each in names:
        sagemaker.create_model_package_group(ModelPackageGroupName=each)
    pages = sagemaker.get_paginator("list_model_package_groups").paginate(
        NameContains=name, SortBy="Name", SortOrder="Descending", PaginationConfig={"PageSize": 2}
    )
    sizes = [[g["ModelPackageGroupName"] for g in p["ModelPackageGroupSummaryList"]] for p in pages]
    assert sizes == [[names[2], names[1]], [names[0]]]


def test_a_page_token_of_another_list_is_refused(sagemaker: Any) -> None:
    with pytest.raises(ClientError, match="Invalid pagination token given"):
        sagemaker.list_model_package_groups(NextToken="made-up")


def test_a_policy_is_kept_until_it_is_deleted(sagemaker: Any, name: str) -> None:
    group = {"ModelPackageGroupName": name}
    sagemaker.create_model_package_group(**group)
    policy = '{"Version": "2012-10-17", "Statement": []}'
    sagemaker.put_model_package_group_policy(**group, ResourcePolicy=policy)
    assert sagemaker.get_model_package_group_policy(**group)["ResourcePolicy"] == policy
    sagemaker.delete_model_package_group_policy(**group)
    with pytest.raises(ClientError, match="Cannot find resource policy"):
        sagemaker.get_model_package_group_policy(**group)
    with pytest.raises(ClientError, match="Cannot find resource policy"):
        sagemaker.delete_model_package_group_policy(**group)


def test_a_policy_that_is_no_json_is_refused(sagemaker: Any, name: str) -> None:
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    with pytest.raises(ClientError, match="Invalid resource policy"):
        sagemaker.put_model_package_group_policy(
            ModelPackageGroupName=name, ResourcePolicy="everybody"
        )


def test_tags_are_set_changed_and_taken_away(sagemaker: Any, name: str) -> None:
    first = [{"Key": "team", "Value": "flights"}, {"Key": "cost", "Value": "7"}]
    arn = sagemaker.create_model_package_group(ModelPackageGroupName=name, Tags=first)[
        "ModelPackageGroupArn"
    ]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "8"}])
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "cost", "Value": "8"}]


def test_a_group_made_anew_has_none_of_the_tags_of_its_namesake(sagemaker: Any, name: str) -> None:
    tags = [{"Key": "team", "Value": "flights"}]
    sagemaker.create_model_package_group(ModelPackageGroupName=name, Tags=tags)
    sagemaker.delete_model_package_group(ModelPackageGroupName=name)
    arn = sagemaker.create_model_package_group(ModelPackageGroupName=name)["ModelPackageGroupArn"]
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []


def test_tags_of_what_does_not_exist_are_refused(sagemaker: Any) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model/nobody-made-this"
    with pytest.raises(ClientError, match="Could not find resource"):
        sagemaker.list_tags(ResourceArn=arn)
