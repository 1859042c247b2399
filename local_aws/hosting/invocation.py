"""InvokeEndpoint.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

import uuid
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ApiError
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.hosting.asking import CUSTOM_ATTRIBUTES, ask, content_type, exchange
from local_aws.hosting.container import Reply
from local_aws.hosting.endpoint import ENDPOINTS, Endpoint
from local_aws.hosting.fleet import Fleet, Variant
from local_aws.hosting.multi_model import ModelSet, UnknownModel
from local_aws.hosting.runtime_errors import ModelError, ValidationError, not_found
from local_aws.hosting.shadow import send_copy

MAX_BODY_BYTES = 6_291_456


@operation("sagemaker-runtime", "InvokeEndpoint")
async def invoke_endpoint(request: Request) -> dict[str, Any]:
    """Let one variant answer, and a shadow see a copy; capture and measure it."""
    began, name, body = clock.now(), request["EndpointName"], request["Body"]
    if len(body) > MAX_BODY_BYTES:
        raise ApiError(
            f"HTTP content length exceeded {MAX_BODY_BYTES} bytes.", code="413", status=413
        )
    endpoint = ENDPOINTS.get(name)
    if endpoint is None:
        raise not_found(name)
    with endpoint.traffic.lease() as fleet:
        if fleet is None:
            raise not_found(name)
        if fleet.asynchronous:
            raise ValidationError(
                f"Endpoint {name} is asynchronous; invoke it with InvokeEndpointAsync."
            )
        variant = _variant(endpoint, fleet, request.get("TargetVariant"))
        _refuse_wrong_target(name, variant, request.get("TargetModel"))
        try:
            reply = await ask(endpoint, fleet, variant, request, began=began)
        except UnknownModel as error:
            raise ValidationError(str(error)) from error
        good = reply is not None and reply.status < 400
        event_id = _captured(fleet, variant, request, reply) if reply and good else None
        if fleet.shadow and fleet.shadow_gets_copy():
            send_copy(endpoint, fleet, fleet.shadow, request, event_id)
        if reply is None or not good:
            raise ModelError(variant, reply)
        return {
            "Body": reply.body,
            "ContentType": content_type(reply),
            "InvokedProductionVariant": variant.name,
            "CustomAttributes": reply.headers.get(CUSTOM_ATTRIBUTES.lower()),
        }


def _refuse_wrong_target(name: str, variant: Variant, target: str | None) -> None:
    """Texts: aws/amazon-sagemaker-examples#1026, aws/sagemaker-tensorflow-serving-container#166."""
    is_multi_model = isinstance(variant.container, ModelSet)
    if target is None and is_multi_model:
        raise ValidationError(f"Request {uuid.uuid4()} is missing a target model header.")
    if target is not None and not is_multi_model:
        raise ValidationError(
            f"Endpoint {name} is not a multi-model endpoint and does not support target model "
            "header."
        )


def _captured(fleet: Fleet, variant: Variant, request: Request, reply: Reply) -> str | None:
    """The id under which the answer was captured, if it was."""
    found = exchange(variant, request, reply) if fleet.capture else None
    return fleet.capture.record(found) if fleet.capture and found else None


def _variant(endpoint: Endpoint, fleet: Fleet, target: str | None) -> Variant:
    if target is None:
        return fleet.choose()
    variant = fleet.variant(target)
    if variant is None:
        raise ValidationError(f"Endpoint {endpoint.name} has no production variant {target}.")
    return variant
