"""Tags of schedule groups; a schedule has none."""

from typing import Any

from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.core.tags import TAGS
from local_aws.scheduling.errors import ResourceNotFoundException
from local_aws.scheduling.groups import SERVICE, find_group


@operation(SERVICE, "ListTagsForResource")
def list_tags_for_resource(request: Request) -> dict[str, Any]:
    """The tags of a group."""
    return {"Tags": TAGS.of(_known(request))}


@operation(SERVICE, "TagResource")
def tag_resource(request: Request) -> dict[str, Any]:
    """Set tags."""
    TAGS.add(_known(request), request["Tags"])
    return {}


@operation(SERVICE, "UntagResource")
def untag_resource(request: Request) -> dict[str, Any]:
    """Take tags away."""
    TAGS.remove(_known(request), request["TagKeys"])
    return {}


def _known(request: Request) -> str:
    resource = str(request["ResourceArn"])
    if find_group(resource.rsplit("/", 1)[-1]).arn != resource:
        raise ResourceNotFoundException(f"Resource {resource} does not exist.")
    return resource
