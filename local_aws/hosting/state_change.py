"""The two events of an endpoint, in AWS's documented shape.

https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
Their EndpointStatus is written IN_SERVICE where the API says InService, and times are
milliseconds.
"""

import re
from typing import Any

from local_aws.core.events import emit
from local_aws.core.tags import TAGS
from local_aws.hosting.endpoint import Endpoint


def announce(endpoint: Endpoint) -> None:
    """Send "SageMaker Endpoint State Change" for the status that the endpoint has now."""
    detail = {**_detail(endpoint), "FailureReason": endpoint.failure_reason}
    emit("SageMaker Endpoint State Change", detail, [endpoint.arn])


def announce_stage(endpoint: Endpoint) -> None:
    """Send "SageMaker Endpoint Deployment State Change" for the pending deployment's stage."""
    if endpoint.pending:
        summary = _in_milliseconds(endpoint.pending.summary())
        detail = {**_detail(endpoint), "PendingDeploymentSummary": summary}
        emit("SageMaker Endpoint Deployment State Change", detail, [endpoint.arn])


def _detail(endpoint: Endpoint) -> dict[str, Any]:
    described = endpoint.described()
    members = ("EndpointName", "EndpointArn", "EndpointConfigName", "ProductionVariants")
    return {
        **{member: _in_milliseconds(described[member]) for member in members},
        "EndpointStatus": _upper_snake(endpoint.status),
        "CreationTime": endpoint.creation_time * 1000,
        "LastModifiedTime": endpoint.last_modified_time * 1000,
        "Tags": {tag["Key"]: tag["Value"] for tag in TAGS.of(endpoint.arn)},
    }


def _upper_snake(status: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", status).upper()


def _in_milliseconds(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: item * 1000 if name == "StartTime" else _in_milliseconds(item)
            for name, item in value.items()
        }
    return [_in_milliseconds(item) for item in value] if isinstance(value, list) else value
