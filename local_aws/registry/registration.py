"""CreateModelPackage, and what can be asked of packages and deleted."""

from typing import Any

from local_aws.core.errors import ValidationException
from local_aws.core.listing import select
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import arn
from local_aws.core.tags import TAGS
from local_aws.registry.events import package_changed
from local_aws.registry.groups import GROUPS, group
from local_aws.registry.packages import (
    KEPT,
    PACKAGES,
    Package,
    description,
    package,
    packages_of,
    summary,
)


@operation("sagemaker", "CreateModelPackage")
def create_model_package(request: Request) -> dict[str, Any]:
    """Register a version in a group, or a package with a name of its own.

    Raises:
        ValidationException: Group and name are both there or both absent, or Tags come with a
            group: botocore documents "if you supply ModelPackageGroupName, you cannot supply a
            tag argument", as versions inherit the tags of their group.
    """
    name, group_name = request.get("ModelPackageName"), request.get("ModelPackageGroupName")
    if name and group_name:
        raise ValidationException(
            "Both ModelPackageName and ModelPackageGroupName are provided in the input."
            " Cannot determine which one to use."
        )
    if group_name and request.get("Tags"):
        raise ValidationException(
            "Tags cannot be provided with ModelPackageGroupName: a model package version"
            " inherits the tags of its group."
        )
    if not (name or group_name):
        raise ValidationException("Missing ARN.")
    registered = _version(request, group_name) if group_name else _named(request, str(name))
    package_changed(registered)
    return {"ModelPackageArn": registered.arn}


@operation("sagemaker", "DescribeModelPackage")
def describe_model_package(request: Request) -> dict[str, Any]:
    """One package, by ARN or name."""
    return description(package(request["ModelPackageName"]))


@operation("sagemaker", "ListModelPackages")
def list_model_packages(request: Request) -> dict[str, Any]:
    """Versions of a group, or packages with names, which is what ModelPackageType defaults to."""
    group_name = request.get("ModelPackageGroupName")
    approval = request.get("ModelApprovalStatus")
    kind = request.get("ModelPackageType", "Versioned" if group_name else "Unversioned")
    if group_name:
        found = packages_of(group(group_name).name)
    else:
        versioned = {"Versioned": (True,), "Unversioned": (False,), "Both": (True, False)}[kind]
        found = [each for each in PACKAGES.values() if (each.group is not None) in versioned]
    summaries = [
        {**summary(each), "_": each.name or each.arn}
        for each in found
        if approval in (None, each.approval)
    ]
    chosen = select(request, summaries, name="_")
    for each in chosen:
        del each["_"]
    return page(chosen, request, "ModelPackageSummaryList")


@operation("sagemaker", "DeleteModelPackage")
def delete_model_package(request: Request) -> dict[str, Any]:
    """Delete a package, by ARN or name; its version number is not used again."""
    found = package(request["ModelPackageName"])
    PACKAGES.remove(found.arn)
    TAGS.forget(found.arn)
    return {}


def _version(request: Request, group_name: str) -> Package:
    with GROUPS.lock:
        found = group(group_name)
        found.newest += 1
        registered = Package(
            arn=arn("model-package", f"{found.name}/{found.newest}"),
            name=None,
            group=found.name,
            version=found.newest,
            approval=request.get("ModelApprovalStatus", "PendingManualApproval"),
            members=request.keep(*KEPT),
        )
        PACKAGES.put(registered.arn, registered)
    return registered


def _named(request: Request, name: str) -> Package:
    registered = Package(
        arn=arn("model-package", name),
        name=name,
        group=None,
        version=None,
        approval=request.get("ModelApprovalStatus"),
        members=request.keep(*KEPT),
    )
    with PACKAGES.lock:
        if registered.arn in PACKAGES:
            raise ValidationException(f"Model package already exists: {registered.arn}")
        PACKAGES.put(registered.arn, registered)
    return registered
