"""Model packages: versions in a group, or packages with a name of their own."""

from dataclasses import dataclass, field
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ValidationException
from local_aws.core.store import Table, arn

# Members that CreateModelPackage takes and DescribeModelPackage gives back as they are.
KEPT = (
    "ModelPackageDescription",
    "ModelPackageRegistrationType",
    "InferenceSpecification",
    "SourceAlgorithmSpecification",
    "CertifyForMarketplace",
    "MetadataProperties",
    "ModelMetrics",
    "Domain",
    "Task",
    "SamplePayloadUrl",
    "CustomerMetadataProperties",
    "DriftCheckBaselines",
    "AdditionalInferenceSpecifications",
    "SkipModelValidation",
    "SourceUri",
    "SecurityConfig",
    "ModelCard",
    "ModelLifeCycle",
)


@dataclass
class Package:
    """A model package; `members` are those of `KEPT` that it has."""

    arn: str
    name: str | None
    group: str | None
    version: int | None
    approval: str | None
    members: dict[str, Any]
    created: float = field(default_factory=clock.now)
    modified: float | None = None
    approval_description: str | None = None


PACKAGES: Table[Package] = Table()


def package(name_or_arn: str) -> Package:
    """The package of that ARN, or the unversioned package of that name.

    Raises:
        ValidationException: There is none.
    """
    where = name_or_arn if name_or_arn.startswith("arn:") else arn("model-package", name_or_arn)
    found = PACKAGES.get(where)
    if found is None:
        raise ValidationException(f"ModelPackage {where} does not exist.")
    return found


def packages_of(group: str) -> list[Package]:
    """The versions of a group, oldest first."""
    return [found for found in PACKAGES.values() if found.group == group]


def description(found: Package) -> dict[str, Any]:
    """What DescribeModelPackage answers."""
    return {
        **summary(found),
        **found.members,
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
        "ApprovalDescription": found.approval_description,
        "CreatedBy": {},
        "LastModifiedTime": found.modified,
        "LastModifiedBy": {} if found.modified else None,
    }


def summary(found: Package) -> dict[str, Any]:
    """The package in a list. A version has no ModelPackageName, its ARN names it
    (https://github.com/aws/sagemaker-python-sdk/issues/5606)."""
    return {
        "ModelPackageName": found.name,
        "ModelPackageGroupName": found.group,
        "ModelPackageVersion": found.version,
        "ModelPackageArn": found.arn,
        "ModelPackageDescription": found.members.get("ModelPackageDescription"),
        "ModelPackageRegistrationType": found.members.get("ModelPackageRegistrationType"),
        "CreationTime": found.created,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": found.approval,
        "ModelLifeCycle": found.members.get("ModelLifeCycle"),
    }
