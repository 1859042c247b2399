"""Model packages: versions, approval, what can be added, lists."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

pytestmark = pytest.mark.local_aws
SPECIFICATION = {
    "Containers": [{"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


@pytest.fixture
def sagemaker(client: Callable[[str], Any]) -> Any:
    return client("sagemaker")


@pytest.fixture
def group(sagemaker: Any) -> str:
    name = f"group-{uuid.uuid4().hex[:12]}"
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    return name


def version(sagemaker: Any, group: str, **members: Any) -> str:
    made = sagemaker.create_model_package(
        ModelPackageGroupName=group, InferenceSpecification=SPECIFICATION, **members
    )
    return str(made["ModelPackageArn"])


def test_versions_count_up_and_wait_for_approval(sagemaker: Any, group: str) -> None:
    arns = [version(sagemaker, group) for _ in range(2)]
    assert [arn.rsplit("/", 1)[-1] for arn in arns] == ["1", "2"]
    found = sagemaker.describe_model_package(ModelPackageName=arns[1])
    assert found["ModelPackageVersion"] == 2
    assert found["ModelApprovalStatus"] == "PendingManualApproval"
    assert found["InferenceSpecification"] == SPECIFICATION


def test_the_number_of_a_deleted_version_is_not_used_again(sagemaker: Any, group: str) -> None:
    sagemaker.delete_model_package(ModelPackageName=version(sagemaker, group))
    assert version(sagemaker, group).endswith("/2")


def test_metrics_baselines_and_metadata_come_back_as_they_were_given(
    sagemaker: Any, group: str
) -> None:
    metrics = {"ContentType": "application/json", "S3Uri": "s3://bucket/evaluation.json"}
    given = {
        "ModelMetrics": {"ModelQuality": {"Statistics": metrics}},
        "DriftCheckBaselines": {"ModelDataQuality": {"Constraints": metrics}},
        "CustomerMetadataProperties": {"DataVersion": "2013-06"},
        "MetadataProperties": {"GeneratedBy": "a pipeline"},
        "ModelLifeCycle": {"Stage": "Development", "StageStatus": "PendingApproval"},
    }
    found = sagemaker.describe_model_package(ModelPackageName=version(sagemaker, group, **given))
    assert given.items() <= found.items()


def test_a_version_takes_no_tags_since_it_has_those_of_its_group(
    sagemaker: Any, group: str
) -> None:
    with pytest.raises(ClientError, match="Tags cannot be provided with ModelPackageGroupName"):
        version(sagemaker, group, Tags=[{"Key": "a", "Value": "b"}])


def test_a_package_has_a_name_or_a_group_and_not_both(sagemaker: Any, group: str) -> None:
    with pytest.raises(ClientError, match="Both ModelPackageName and ModelPackageGroupName"):
        version(sagemaker, group, ModelPackageName="named")
    with pytest.raises(ClientError, match="Missing ARN"):
        sagemaker.create_model_package(InferenceSpecification=SPECIFICATION)


def test_a_version_needs_its_group(sagemaker: Any) -> None:
    with pytest.raises(ClientError, match="model-package-group/nobody does not exist"):
        version(sagemaker, "nobody")


def test_a_package_with_a_name_is_found_by_it_and_only_among_its_kind(
    sagemaker: Any, group: str
) -> None:
    name = f"named-{group}"
    sagemaker.create_model_package(ModelPackageName=name, InferenceSpecification=SPECIFICATION)
    assert sagemaker.describe_model_package(ModelPackageName=name)["ModelPackageName"] == name
    version(sagemaker, group)

    def listed(**filters: str) -> list[str]:
        found = sagemaker.list_model_packages(NameContains=group, **filters)
        return [
            each["ModelPackageArn"].split(":model-package/")[1]
            for each in found["ModelPackageSummaryList"]
        ]

    assert listed() == [name]
    assert listed(ModelPackageType="Versioned") == [f"{group}/1"]
    assert sorted(listed(ModelPackageType="Both")) == sorted([name, f"{group}/1"])
    with pytest.raises(ClientError, match="already exists"):
        sagemaker.create_model_package(ModelPackageName=name)


def test_a_version_that_is_not_there_cannot_be_described(sagemaker: Any, group: str) -> None:
    arn = version(sagemaker, group).removesuffix("1") + "7"
    with pytest.raises(ClientError, match=f"ModelPackage {arn} does not exist"):
        sagemaker.describe_model_package(ModelPackageName=arn)


def test_the_newest_approved_version_is_found_with_one_call(sagemaker: Any, group: str) -> None:
    arns = [version(sagemaker, group) for _ in range(3)]
    for arn in arns[:2]:
        sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    found = sagemaker.list_model_packages(
        ModelPackageGroupName=group, ModelApprovalStatus="Approved", MaxResults=1
    )
    assert [each["ModelPackageArn"] for each in found["ModelPackageSummaryList"]] == [arns[1]]
    more = sagemaker.list_model_packages(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        MaxResults=1,
        NextToken=found["NextToken"],
    )
    assert [each["ModelPackageArn"] for each in more["ModelPackageSummaryList"]] == [arns[0]]


def test_a_list_can_be_bounded_by_time_and_turned_round(sagemaker: Any, group: str) -> None:
    arns = [version(sagemaker, group) for _ in range(2)]
    made = sagemaker.describe_model_package(ModelPackageName=arns[0])["CreationTime"]

    def listed(**filters: Any) -> list[str]:
        found = sagemaker.list_model_packages(ModelPackageGroupName=group, **filters)
        return [each["ModelPackageArn"] for each in found["ModelPackageSummaryList"]]

    assert listed(SortOrder="Ascending") == arns
    assert listed(SortOrder="Descending") == arns[::-1]
    assert listed(CreationTimeBefore=made.replace(year=2000)) == []
    assert len(listed(CreationTimeAfter=made.replace(year=2000))) == 2


def test_approval_and_life_cycle_change_together(sagemaker: Any, group: str) -> None:
    arn = version(sagemaker, group)
    life_cycle = {"Stage": "Prod", "StageStatus": "PendingApproval"}
    sagemaker.update_model_package(
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="better by 0.01",
        ModelLifeCycle=life_cycle,
    )
    found = sagemaker.describe_model_package(ModelPackageName=arn)
    assert found["ApprovalDescription"] == "better by 0.01"
    assert found["ModelLifeCycle"] == life_cycle
    [listed] = sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    assert listed["ModelLifeCycle"] == life_cycle
    assert found["LastModifiedTime"] >= found["CreationTime"]


def test_a_life_cycle_without_a_status_is_refused_by_its_name(sagemaker: Any, group: str) -> None:
    arn = version(sagemaker, group)
    with pytest.raises(ParamValidationError, match="StageStatus"):
        sagemaker.update_model_package(ModelPackageArn=arn, ModelLifeCycle={"Stage": "Prod"})
    with pytest.raises(ClientError, match=r"[mM]odelLifeCycle\.[sS]tage"):
        sagemaker.update_model_package(
            ModelPackageArn=arn, ModelLifeCycle={"Stage": "in prod", "StageStatus": "Approved"}
        )


def test_metadata_properties_are_merged_and_can_be_removed(sagemaker: Any, group: str) -> None:
    arn = version(sagemaker, group, CustomerMetadataProperties={"a": "1", "b": "2"})
    sagemaker.update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"b": "3", "c": "4"},
        CustomerMetadataPropertiesToRemove=["a", "unknown"],
    )
    found = sagemaker.describe_model_package(ModelPackageName=arn)
    assert found["CustomerMetadataProperties"] == {"b": "3", "c": "4"}


def test_a_package_holds_at_most_fifty_metadata_properties(sagemaker: Any, group: str) -> None:
    properties = {f"key{number}": "value" for number in range(50)}
    arn = version(sagemaker, group, CustomerMetadataProperties=properties)
    with pytest.raises(ClientError, match="at most 50 entries, got 51"):
        sagemaker.update_model_package(
            ModelPackageArn=arn,
            ModelApprovalStatus="Approved",
            CustomerMetadataProperties={"more": "value"},
        )
    found = sagemaker.describe_model_package(ModelPackageName=arn)
    assert found["ModelApprovalStatus"] == "PendingManualApproval"


def test_another_inference_specification_can_be_added(sagemaker: Any, group: str) -> None:
    arn = version(sagemaker, group)
    more = {"Name": "small", "Containers": SPECIFICATION["Containers"]}
    sagemaker.update_model_package(
        ModelPackageArn=arn, AdditionalInferenceSpecificationsToAdd=[more]
    )
    found = sagemaker.describe_model_package(ModelPackageName=arn)
    assert found["AdditionalInferenceSpecifications"] == [more]
