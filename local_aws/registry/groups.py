"""Model package groups."""

from dataclasses import dataclass
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ConflictException, ValidationException
from local_aws.core.listing import select
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.core.tags import TAGS
from local_aws.registry.packages import packages_of


@dataclass
class Group:
    """A model package group, and the number of the newest version it ever had."""

    name: str
    arn: str
    description: str | None
    created: float
    newest: int = 0
    policy: str | None = None


GROUPS: Table[Group] = Table()


def group(name_or_arn: str) -> Group:
    """The group of that name or ARN.

    Raises:
        ValidationException: There is none.
    """
    name = name_or_arn.rsplit("/", 1)[-1]
    found = GROUPS.get(name)
    if found is None:
        where = arn("model-package-group", name)
        raise ValidationException(f"ModelPackageGroup {where} does not exist.")
    return found


@operation("sagemaker", "CreateModelPackageGroup")
def create_model_package_group(request: Request) -> dict[str, Any]:
    """Make an empty group; it is complete at once."""
    name = request["ModelPackageGroupName"]
    where = arn("model-package-group", name)
    with GROUPS.lock:
        if name in GROUPS:
            raise ValidationException(f"Model Package Group already exists: {where}")
        description = request.get("ModelPackageGroupDescription")
        GROUPS.put(name, Group(name, where, description, clock.now()))
    return {"ModelPackageGroupArn": where}


@operation("sagemaker", "DescribeModelPackageGroup")
def describe_model_package_group(request: Request) -> dict[str, Any]:
    """One group."""
    found = group(request["ModelPackageGroupName"])
    return {**_summary(found), "CreatedBy": {}}


@operation("sagemaker", "ListModelPackageGroups")
def list_model_package_groups(request: Request) -> dict[str, Any]:
    """Groups by name, time and order."""
    summaries = [_summary(found) for found in GROUPS.values()]
    found = select(request, summaries, name="ModelPackageGroupName", default_order="Ascending")
    return page(found, request, "ModelPackageGroupSummaryList")


@operation("sagemaker", "DeleteModelPackageGroup")
def delete_model_package_group(request: Request) -> dict[str, Any]:
    """Delete an empty group.

    Raises:
        ConflictException: The group still holds model packages.
    """
    with GROUPS.lock:
        found = group(request["ModelPackageGroupName"])
        if packages_of(found.name):
            raise ConflictException(
                f"Model Package Group cannot be deleted because it still contains Model Packages:"
                f" {found.arn}"
            )
        GROUPS.remove(found.name)
    TAGS.forget(found.arn)
    return {}


def _summary(found: Group) -> dict[str, Any]:
    return {
        "ModelPackageGroupName": found.name,
        "ModelPackageGroupArn": found.arn,
        "ModelPackageGroupDescription": found.description,
        "CreationTime": found.created,
        "ModelPackageGroupStatus": "Completed",
    }
