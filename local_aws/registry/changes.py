"""UpdateModelPackage: approval, life cycle, and what can be added to a version."""

from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ValidationException
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.registry.events import package_changed
from local_aws.registry.packages import Package, package

# Members that replace what the package has, as they are.
_REPLACED = (
    "ModelPackageRegistrationType",
    "InferenceSpecification",
    "SourceUri",
    "ModelCard",
    "ModelLifeCycle",
)
_MOST_PROPERTIES = 50


@operation("sagemaker", "UpdateModelPackage")
def update_model_package(request: Request) -> dict[str, Any]:
    """Change a package and announce which fields changed."""
    found = package(request["ModelPackageArn"])
    changed = [
        *_change_properties(found, request),
        *_change_approval(found, request),
        *_add_specifications(found, request),
        *_replace(found, request),
    ]
    found.modified = clock.now()
    package_changed(found, changed)
    return {"ModelPackageArn": found.arn}


def _change_approval(found: Package, request: Request) -> list[str]:
    changed = []
    if "ModelApprovalStatus" in request:
        found.approval = request["ModelApprovalStatus"]
        changed.append("ModelApprovalStatus")
    if "ApprovalDescription" in request:
        found.approval_description = request["ApprovalDescription"]
        changed.append("ApprovalDescription")
    return changed


def _change_properties(found: Package, request: Request) -> list[str]:
    """CustomerMetadataProperties are merged key by key; a key to remove goes last."""
    added = request.get("CustomerMetadataProperties")
    removed = request.get("CustomerMetadataPropertiesToRemove")
    if added is None and removed is None:
        return []
    properties = {**found.members.get("CustomerMetadataProperties", {}), **(added or {})}
    for key in removed or ():
        properties.pop(key, None)
    if len(properties) > _MOST_PROPERTIES:
        raise ValidationException(
            f"CustomerMetadataProperties can hold at most {_MOST_PROPERTIES} entries,"
            f" got {len(properties)}"
        )
    found.members["CustomerMetadataProperties"] = properties
    return ["CustomerMetadataProperties"]


def _add_specifications(found: Package, request: Request) -> list[str]:
    added = request.get("AdditionalInferenceSpecificationsToAdd")
    if added is None:
        return []
    found.members.setdefault("AdditionalInferenceSpecifications", []).extend(added.plain())
    return ["AdditionalInferenceSpecifications"]


def _replace(found: Package, request: Request) -> list[str]:
    replaced = request.keep(*_REPLACED)
    found.members.update(replaced)
    # The documented event writes this one in lower case.
    return ["sourceUri" if name == "SourceUri" else name for name in replaced]
