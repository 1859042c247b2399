"""TagResource, UntagResource, ListTagsForResource: of alarms and dashboards."""

from typing import Any

from local_aws.core.errors import ApiError
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.core.tags import TAGS

SERVICE = "cloudwatch"


@operation(SERVICE, "TagResource")
def tag_resource(request: Request) -> dict[str, Any]:
    """Set tags."""
    tags = request["Tags"].plain()
    TAGS.add(_known(request), tags)
    return {}


@operation(SERVICE, "UntagResource")
def untag_resource(request: Request) -> dict[str, Any]:
    """Take tags away."""
    keys = list(request["TagKeys"])
    TAGS.remove(_known(request), keys)
    return {}


@operation(SERVICE, "ListTagsForResource")
def list_tags_for_resource(request: Request) -> dict[str, Any]:
    """All tags of an alarm or a dashboard."""
    return {"Tags": TAGS.of(_known(request))}


def _known(request: Request) -> str:
    arn: str = request["ResourceARN"]
    if not TAGS.knows(arn):
        raise ApiError(f"{arn} not found", code="ResourceNotFoundException", status=404)
    return arn
