"""InvokeEndpointAsync.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html
"""

import uuid
from typing import Any

from local_aws.core.errors import NotImplementedHere
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.hosting.asking import CUSTOM_ATTRIBUTES
from local_aws.hosting.async_request import AsyncRequest
from local_aws.hosting.endpoint import ENDPOINTS
from local_aws.hosting.runtime_errors import ValidationError, not_found

# botocore: "The default is 6 hours" and "The default is 15 minutes".
_TTL_SECONDS, _TIMEOUT_SECONDS = 21_600, 900


@operation("sagemaker-runtime", "InvokeEndpointAsync")
def invoke_endpoint_async(request: Request) -> dict[str, Any]:
    """Let a request wait for its turn, and say where its answer will be."""
    name, members = request["EndpointName"], _members(request)
    place = request.get("S3OutputPathExtension"), request.get("Filename")
    endpoint = ENDPOINTS.get(name)
    fleet = endpoint.traffic.fleet if endpoint else None
    if endpoint is None or fleet is None:
        raise not_found(name)
    if fleet.asynchronous is None or endpoint.backlog is None:
        raise ValidationError(
            f"Endpoint {name} has no AsyncInferenceConfig; invoke it with InvokeEndpoint."
        )
    config = fleet.asynchronous
    waiting = AsyncRequest(
        endpoint_name=name,
        config=config,
        output_location=config.output_location(*place),
        failure_location=config.failure_location(),
        **members,
    )
    endpoint.backlog.add(waiting)
    return {
        "InferenceId": waiting.inference_id,
        "OutputLocation": waiting.output_location,
        "FailureLocation": waiting.failure_location,
    }


def _members(request: Request) -> dict[str, Any]:
    """What the request says of itself.

    Raises:
        ValidationError: It has no payload, or two.
    """
    location, body = request.get("InputLocation"), request.get("Body")
    if bool(location) == bool(body):
        raise ValidationError("Exactly one of Body and InputLocation must be given.")
    if location and not location.startswith("s3://"):
        raise NotImplementedHere(
            f"The local AWS reads InputLocation from S3 URIs (s3://...), got {location}."
        )
    inference_id = request.get("InferenceId") or str(uuid.uuid4())
    content_type, accept = request.get("ContentType"), request.get("Accept")
    headers = {
        "Content-Type": content_type,
        "Accept": accept,
        CUSTOM_ATTRIBUTES: request.get("CustomAttributes"),
        "X-Amzn-SageMaker-Inference-Id": inference_id,
    }
    return {
        "inference_id": inference_id,
        "input_location": location,
        "body": body or None,
        "content_type": content_type,
        "accept": accept,
        "headers": {name: value for name, value in headers.items() if value is not None},
        "ttl_seconds": request.get("RequestTTLSeconds", _TTL_SECONDS),
        "timeout_seconds": request.get("InvocationTimeoutSeconds", _TIMEOUT_SECONDS),
    }
