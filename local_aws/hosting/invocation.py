"""InvokeEndpoint.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ApiError
from local_aws.core.operations import operation
from local_aws.core.request import Request
from local_aws.hosting.capture import Exchange
from local_aws.hosting.container import Reply
from local_aws.hosting.endpoint import ENDPOINTS, Endpoint
from local_aws.hosting.fleet import Fleet, Variant
from local_aws.hosting.metrics import Invocation
from local_aws.ministack.scope import account_id, region

MAX_BODY_BYTES = 6_291_456
CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"


class ValidationError(ApiError):
    """The runtime's error of this name; the control plane says ValidationException."""

    default_code = "ValidationError"


class ModelError(ApiError):
    """The container answered with an error, or not at all."""

    default_code = "ModelError"

    def __init__(self, endpoint: Endpoint, variant: Variant, reply: Reply | None) -> None:
        """Word it as AWS does.

        Args:
            endpoint, variant: which container it was; the log of both is in CloudWatch Logs.
            reply: what it answered; None if it did not in time.
        """
        where, account = region(), account_id()
        if reply:
            text = reply.body.decode(errors="replace")
            side = "client" if reply.status < 500 else "server"
            message = (
                f'Received {side} error ({reply.status}) from primary with message "{text}". '
                f"See https://{where}.console.aws.amazon.com/cloudwatch/home?region={where}"
                f"#logEventViewer:group={variant.log.group} in account {account} "
                "for more information."
            )
        else:
            text = ""
            message = (
                "Your invocation timed out while waiting for a response from container primary. "
                "Review the latency metrics for each container in Amazon CloudWatch, resolve the "
                "issue, and try again."
            )
        super().__init__(message, status=424)
        self.members = {
            "OriginalStatusCode": reply.status if reply else 0,
            "OriginalMessage": text,
            "LogStreamArn": f"arn:aws:logs:{where}:{account}:log-group:{variant.log.group}"
            f":log-stream:{variant.log.stream}",
        }


@operation("sagemaker-runtime", "InvokeEndpoint")
async def invoke_endpoint(request: Request) -> dict[str, Any]:
    """Let one variant answer; capture and measure it."""
    began, name, body = clock.now(), request["EndpointName"], request["Body"]
    if len(body) > MAX_BODY_BYTES:
        raise ApiError(
            f"HTTP content length exceeded {MAX_BODY_BYTES} bytes.", code="413", status=413
        )
    endpoint = ENDPOINTS.get(name)
    if endpoint is None:
        raise _not_found(name)
    with endpoint.traffic.lease() as fleet:
        if fleet is None:
            raise _not_found(name)
        variant = _variant(endpoint, fleet, request.get("TargetVariant"))
        asked = clock.now()
        reply = await _ask(variant, request)
        endpoint.metrics.record(
            Invocation(
                config_name=fleet.config_name,
                variant=variant.name,
                instance_count=variant.instance_count,
                status=reply.status if reply else 500,
                model_latency=clock.now() - asked,
                overhead_latency=asked - began,
            )
        )
        if reply is None or reply.status >= 400:
            variant.log.deliver_soon()
            raise ModelError(endpoint, variant, reply)
        return _answer(fleet, variant, request, reply)


async def _ask(variant: Variant, request: Request) -> Reply | None:
    """The container's answer; None if it gave none in time."""
    headers = {
        "Content-Type": request.get("ContentType"),
        "Accept": request.get("Accept"),
        CUSTOM_ATTRIBUTES: request.get("CustomAttributes"),
        "X-Amzn-SageMaker-Inference-Id": request.get("InferenceId"),
    }
    given = {name: value for name, value in headers.items() if value is not None}
    try:
        return await variant.container.invoke(request["Body"], given)
    except TimeoutError:
        return None
    except ConnectionError:
        gone = "The container has ended; unlike AWS the local AWS does not start it again."
        return Reply(status=500, headers={}, body=gone.encode())


def _answer(fleet: Fleet, variant: Variant, request: Request, reply: Reply) -> dict[str, Any]:
    content_type = reply.headers.get("content-type", "application/octet-stream")
    capture = fleet.capture
    # "the endpoint captures only if you also specify the content type when you invoke"
    if capture and request.get("ContentType"):
        capture.record(
            Exchange(
                variant=variant.name,
                request=request["Body"],
                request_type=request["ContentType"],
                answer=reply.body,
                answer_type=content_type,
                inference_id=request.get("InferenceId"),
                custom_attributes=request.get("CustomAttributes"),
            )
        )
    return {
        "Body": reply.body,
        "ContentType": content_type,
        "InvokedProductionVariant": variant.name,
        "CustomAttributes": reply.headers.get(CUSTOM_ATTRIBUTES.lower()),
    }


def _variant(endpoint: Endpoint, fleet: Fleet, target: str | None) -> Variant:
    if target is None:
        return fleet.choose()
    variant = fleet.variant(target)
    if variant is None:
        raise ValidationError(f"Endpoint {endpoint.name} has no production variant {target}.")
    return variant


def _not_found(name: str) -> ValidationError:
    return ValidationError(f"Endpoint {name} of account {account_id()} not found.")
