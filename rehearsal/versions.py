"""A version made from another one, as a person may register one by hand."""

from typing import Any

from rehearsal.world import World


def register_copy(world: World, package: str, *, archive: str | None = None) -> str:
    """Register a version with all that another one says, but for what promotions stamped on it.

    Args:
        world: where.
        package: the other one.
        archive: S3 URI of its model archive; by default the other one's.
    """
    sagemaker = world.client("sagemaker")
    found = sagemaker.describe_model_package(ModelPackageName=package)
    properties = found["CustomerMetadataProperties"].items()
    made = sagemaker.create_model_package(
        ModelPackageGroupName=found["ModelPackageGroupName"],
        InferenceSpecification=_with(archive, found["InferenceSpecification"]),
        ModelMetrics=found["ModelMetrics"],
        DriftCheckBaselines=found["DriftCheckBaselines"],
        CustomerMetadataProperties={k: v for k, v in properties if not k.startswith("perennial:")},
        ModelApprovalStatus="PendingManualApproval",
    )
    return str(made["ModelPackageArn"])


def _with(archive: str | None, specification: dict[str, Any]) -> dict[str, Any]:
    if archive is None:
        return specification
    [container] = specification["Containers"]
    return {**specification, "Containers": [{**container, "ModelDataUrl": archive}]}
