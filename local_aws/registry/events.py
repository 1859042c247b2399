"""The event that a model package's changes send.

https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-model-package
"""

from collections.abc import Sequence

from local_aws.core import assumptions
from local_aws.core.events import emit
from local_aws.core.moments import utc_text
from local_aws.registry.packages import Package, description

# The members of DescribeModelPackage that the documented event does not show.
_ABSENT = ("CreatedBy", "LastModifiedBy", "ModelPackageName", "ApprovalDescription")


def package_changed(found: Package, updated: Sequence[str] = ()) -> None:
    """Send "SageMaker Model Package State Change", as after a create or an update.

    Args:
        found: The package as it is now.
        updated: The fields that an update changed.
    """
    detail = {k: v for k, v in description(found).items() if k not in _ABSENT}
    detail["CertifyForMarketplace"] = detail.get("CertifyForMarketplace", False)
    detail["CreationTime"] = utc_text(found.created)
    detail["LastModifiedTime"] = utc_text(found.modified or found.created)
    detail["UpdatedModelPackageFields"] = list(updated) or None
    if not updated and found.approval and assumptions.holds("created-package-event-names-approval"):
        detail["UpdatedModelPackageFields"] = ["ModelApprovalStatus"]
    emit("SageMaker Model Package State Change", detail, [found.arn])
