"""AddTags, ListTags and DeleteTags, for every kind of SageMaker resource."""

from typing import Any

from local_aws.core.errors import ValidationException
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.tags import TAGS


@operation("sagemaker", "AddTags")
def add_tags(request: Request) -> dict[str, Any]:
    """Set tags, and answer with all that the resource has."""
    resource = _known(request)
    TAGS.add(resource, request["Tags"])
    return {"Tags": TAGS.of(resource)}


@operation("sagemaker", "ListTags")
def list_tags(request: Request) -> dict[str, Any]:
    """The tags of a resource; a page holds 50 unless the input says less."""
    return page(TAGS.of(_known(request)), request, "Tags", default=50)


@operation("sagemaker", "DeleteTags")
def delete_tags(request: Request) -> dict[str, Any]:
    """Take tags away."""
    TAGS.remove(_known(request), request["TagKeys"])
    return {}


def _known(request: Request) -> str:
    resource = str(request["ResourceArn"])
    if not TAGS.knows(resource):
        raise ValidationException(f"Could not find resource {resource}")
    return resource
