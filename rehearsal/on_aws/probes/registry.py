"""What the model registry shows of versions."""

from typing import Any

from rehearsal.on_aws.seen import NOT_SO_FAR, Seen, unseen
from rehearsal.on_aws.telling import Told
from rehearsal.world import World

FIELDS = "UpdatedModelPackageFields"


def creation_names_approval(_: World, told: Told) -> Seen:
    """The event of each version's creation: the first that was heard of it, still pending."""
    if told.listener is None:
        return NOT_SO_FAR
    created: dict[str, dict[str, Any]] = {}
    for event in sorted(told.listener.heard(), key=lambda event: str(event["time"])):
        detail = event["detail"]
        if detail["ModelApprovalStatus"] == "PendingManualApproval":
            created.setdefault(detail["ModelPackageArn"], detail)
    if not created:
        return unseen("no event of a version that was not yet approved was heard")
    named = ["ModelApprovalStatus" in detail.get(FIELDS, []) for detail in created.values()]
    what = f"{sum(named)} of {len(named)} events of a version's creation name it in {FIELDS}"
    return unseen(what) if 0 < sum(named) < len(named) else Seen(all(named), what)


def life_cycle_in_summaries(world: World, told: Told) -> Seen:
    """ListModelPackages, of a version that was proposed and approved for the next stage."""
    if told.names is None or not told.first:
        return NOT_SO_FAR
    described = world.client("sagemaker").describe_model_package(ModelPackageName=told.first)
    if "ModelLifeCycle" not in described:
        return NOT_SO_FAR
    shown = _summaries(world, told.names.group)[told.first].get("ModelLifeCycle")
    if shown is None:
        return Seen(False, "ListModelPackages leaves ModelLifeCycle out")
    return Seen(True, "ListModelPackages shows ModelLifeCycle; that it is replaced as a whole was"
                      " not tried", in_part=True)  # fmt: skip


def versions_have_no_name(world: World, told: Told) -> Seen:
    """DescribeModelPackage and ListModelPackages of version 1."""
    if told.names is None or not told.first:
        return NOT_SO_FAR
    described = world.client("sagemaker").describe_model_package(ModelPackageName=told.first)
    summary = _summaries(world, told.names.group)[told.first]
    named = [
        operation
        for operation, said in (("DescribeModelPackage", described), ("ListModelPackages", summary))
        if said.get("ModelPackageName")
    ]
    return Seen(not named, f"ModelPackageName is in the answer of {' and '.join(named) or 'none'}")


def _summaries(world: World, group: str) -> dict[str, dict[str, Any]]:
    pages = world.client("sagemaker").get_paginator("list_model_packages")
    return {
        package["ModelPackageArn"]: package
        for page in pages.paginate(ModelPackageGroupName=group)
        for package in page["ModelPackageSummaryList"]
    }
