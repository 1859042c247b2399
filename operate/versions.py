"""A model's versions, as the registry knows them and as a stage may use them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from operate.account import Account

REGISTRY = "registry"
"""The approval of a stage that trains: ModelApprovalStatus. Others name a life-cycle stage."""

WAITING = ("PendingManualApproval", "PendingApproval")


@dataclass(frozen=True)
class Version:
    """A model package.

    Attributes:
        arn: Its ARN, which ends in its number.
        approval: ModelApprovalStatus.
        created: When it was registered.
        life_cycle: ModelLifeCycle, or empty.
        properties: CustomerMetadataProperties, if the version was described.
        why: What the approver wrote, if the version was described.
    """

    arn: str
    approval: str = "unknown"
    created: datetime | None = None
    life_cycle: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def number(self) -> str:
        """Its number in its group."""
        return self.arn.rpartition("/")[2]

    def verdict(self, approval: str) -> str:
        """What people decided for a stage; empty if they were not asked.

        Args:
            approval: `registry`, or the life-cycle stage whose approval the stage wants besides.
        """
        if approval == REGISTRY or self.approval != "Approved":
            return self.approval
        if self.life_cycle.get("Stage") == approval:
            return self.life_cycle.get("StageStatus", "")
        return ""

    def stamp(self, stage: str) -> str:
        """What promotions of the stage wrote: `released <time>`, `rolled back <time>`, or empty."""
        return self.properties.get(f"perennial:{stage}", "")


def list_versions(account: Account, group: str, **narrowed: str) -> Iterator[Version]:
    """The versions of a group that are complete, the newest first."""
    for found in account.each(
        "sagemaker",
        "list_model_packages",
        "ModelPackageSummaryList",
        ModelPackageGroupName=group,
        SortBy="CreationTime",
        SortOrder="Descending",
        **narrowed,
    ):
        if found["ModelPackageStatus"] == "Completed":
            yield _version(found)


def read_version(account: Account, arn: str) -> Version:
    """A version with its properties."""
    return _version(account.read("sagemaker", "describe_model_package", ModelPackageName=arn))


def newest_usable(account: Account, promotion: Mapping[str, Any], *, but: str) -> Version | None:
    """The version that a promotion would release if ``but`` were rejected; None if there is none.

    The newest that is approved for the stage and was not rolled back in it.
    """
    approval = promotion.get("approval", REGISTRY)
    for listed in list_versions(account, promotion["group"], ModelApprovalStatus="Approved"):
        if listed.arn == but:
            continue
        version = read_version(account, listed.arn)
        rolled_back = version.stamp(promotion["stage"]).startswith("rolled back")
        if version.verdict(approval) == "Approved" and not rolled_back:
            return version
    return None


def _version(found: Mapping[str, Any]) -> Version:
    return Version(
        arn=found["ModelPackageArn"],
        approval=found.get("ModelApprovalStatus", "unknown"),
        created=found.get("CreationTime"),
        life_cycle=found.get("ModelLifeCycle", {}),
        properties=found.get("CustomerMetadataProperties", {}),
        why=found.get("ApprovalDescription", ""),
    )
