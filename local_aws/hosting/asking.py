"""One request to one variant: asked, measured, captured."""

from local_aws.clock import clock
from local_aws.core.request import Request
from local_aws.hosting.capture import Exchange
from local_aws.hosting.container import Container, Reply
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.fleet import Fleet, Variant
from local_aws.hosting.metrics import Invocation
from local_aws.hosting.multi_model import Metric, ModelSet

CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"


async def ask(
    endpoint: Endpoint, fleet: Fleet, variant: Variant, request: Request, *, began: float
) -> Reply | None:
    """The answer of a variant's container, which is measured; None if it gave none in time.

    Args:
        endpoint, fleet: whose variant it is.
        variant: it is asked.
        request: the input of InvokeEndpoint.
        began: when the request came, in seconds since the epoch.

    Raises:
        ThrottlingException: It is serverless and takes no more.
        UnknownModel: It is a multi-model variant and has no such archive.
    """
    with variant.concurrency.taken() as concurrent:
        return await _measured(endpoint, fleet, variant, request, began, concurrent)


async def _measured(
    endpoint: Endpoint,
    fleet: Fleet,
    variant: Variant,
    request: Request,
    began: float,
    concurrent: int,
) -> Reply | None:
    asked, beside = clock.now(), list[Metric]()
    container = variant.container
    if isinstance(container, ModelSet):
        target = request["TargetModel"]
        reply, beside, asked = await container.invoke(target, request["Body"], _headers(request))
    else:
        reply = await _reply(container, request)
    endpoint.metrics.record(
        Invocation(
            config_name=fleet.config_name,
            variant=variant.name,
            instance_count=variant.instance_count,
            concurrent=concurrent,
            serverless=variant.serverless,
            status=reply.status if reply else 500,
            model_latency=clock.now() - asked,
            overhead_latency=asked - began,
            beside=beside,
        )
    )
    if reply is None or reply.status >= 400:
        variant.log.deliver_soon()
    return reply


def content_type(reply: Reply) -> str:
    """The media type of an answer."""
    return reply.headers.get("content-type", "application/octet-stream")


def exchange(variant: Variant, request: Request, reply: Reply) -> Exchange | None:
    """What data capture may record of an answer; None if the request has no content type.

    "the endpoint captures only if you also specify the content type when you invoke"
    """
    if not request.get("ContentType"):
        return None
    return Exchange(
        variant=variant.name,
        request=request["Body"],
        request_type=request["ContentType"],
        answer=reply.body,
        answer_type=content_type(reply),
        inference_id=request.get("InferenceId"),
        custom_attributes=request.get("CustomAttributes"),
    )


def _headers(request: Request) -> dict[str, str]:
    """What the container is sent with the body."""
    headers = {
        "Content-Type": request.get("ContentType"),
        "Accept": request.get("Accept"),
        CUSTOM_ATTRIBUTES: request.get("CustomAttributes"),
        "X-Amzn-SageMaker-Inference-Id": request.get("InferenceId"),
    }
    return {name: value for name, value in headers.items() if value is not None}


async def _reply(container: Container, request: Request) -> Reply | None:
    try:
        return await container.invoke(request["Body"], _headers(request))
    except TimeoutError:
        return None
    except ConnectionError:
        gone = "The container has ended; unlike AWS the local AWS does not start it again."
        return Reply(status=500, headers={}, body=gone.encode())
