"""Tags of scalable targets; this API has them as a map where others have a list."""

from typing import Any

from local_aws.autoscaling.scalable_targets import SERVICE
from local_aws.core.errors import ApiError
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.core.tags import TAGS


class ResourceNotFoundException(ApiError):
    """There is no scalable target of this ARN."""

    default_code = "ResourceNotFoundException"


@operation(SERVICE, "ListTagsForResource")
def list_tags_for_resource(request: Request) -> dict[str, Any]:
    """The tags of a target."""
    return {"Tags": {tag["Key"]: tag["Value"] for tag in TAGS.of(_known(request))}}


@operation(SERVICE, "TagResource")
def tag_resource(request: Request) -> dict[str, Any]:
    """Set tags."""
    tags = [{"Key": key, "Value": value} for key, value in request["Tags"].items()]
    TAGS.add(_known(request), tags)
    return {}


@operation(SERVICE, "UntagResource")
def untag_resource(request: Request) -> dict[str, Any]:
    """Take tags away."""
    keys = list(request["TagKeys"])
    TAGS.remove(_known(request), keys)
    return {}


def _known(request: Request) -> str:
    resource = str(request["ResourceARN"])
    if not TAGS.knows(resource):
        raise ResourceNotFoundException(f"No scalable target has the ARN {resource}.")
    return resource
