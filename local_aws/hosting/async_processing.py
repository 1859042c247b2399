"""What is done with a request of an asynchronous endpoint: read, asked, written, told.

https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.clock import clock
from local_aws.core.clients import client
from local_aws.hosting import objects
from local_aws.hosting.async_request import AsyncFailure, AsyncRequest
from local_aws.hosting.container import Reply
from local_aws.hosting.fleet import Variant
from local_aws.hosting.multi_model import ModelSet

log = logging.getLogger(__name__)
_MICROSECONDS, _MILLISECONDS = 1e6, 1e3


@dataclass(kw_only=True)
class Processed:
    """What is measured of one request; the names are those of the guide.

    https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
    """

    config_name: str
    variant: str
    measured: list[tuple[str, str, float]] = field(default_factory=list)

    def values(self) -> Iterator[tuple[str, str, float]]:
        """Each metric's name, unit and value."""
        yield from self.measured

    def count(self, *names: str) -> None:
        """One of each."""
        self.measured += [(name, "Count", 1) for name in names]

    def took(self, name: str, since: float) -> None:
        """From a moment until now."""
        unit, factor = "Microseconds", _MICROSECONDS
        if name == "TotalProcessingTime":
            unit, factor = "Milliseconds", _MILLISECONDS
        self.measured.append((name, unit, round((clock.now() - since) * factor)))


def process(request: AsyncRequest, variant: Variant, processed: Processed) -> None:
    """Have a variant answer a request, and tell what became of it."""
    processed.took("TimeInBacklog", request.received)
    try:
        content_type = _answer(request, variant, processed)
    except AsyncFailure as failure:
        fail(request, failure, processed)
    else:
        _tell_success(request, content_type, processed)
    processed.count("InvocationsProcessed")
    processed.took("TotalProcessingTime", request.received)


def fail(request: AsyncRequest, failure: AsyncFailure, processed: Processed) -> None:
    """Write and tell why a request has failed."""
    processed.count("InvocationFailures", *([failure.counted] if failure.counted else []))
    message = {
        **request.notification(),
        "invocationStatus": "Failed",
        "failureReason": str(failure),
    }
    if request.failure_location:
        content = failure.answer or str(failure).encode()
        try:
            objects.write(request.failure_location, content, request.config.kms_key_id)
        except (ClientError, BotoCoreError):
            log.exception("%s could not be written", request.failure_location)
            processed.count("ResponseUploadFailures")
        else:
            message["responseParameters"] = {"outputLocation": request.failure_location}
    _tell(request.config.error_topic, message, processed)


def _answer(request: AsyncRequest, variant: Variant, processed: Processed) -> str:
    """Read, ask, write; the media type of what was written."""
    body = request.body
    if body is None:
        body = _download(request, processed)
    asked, container = clock.now(), variant.container
    if isinstance(container, ModelSet):  # CreateEndpointConfig refuses it
        raise AsyncFailure("ClientError: A multi-model variant is not asynchronous.")
    reply = container.invoke_and_wait(body, request.headers, request.timeout_seconds)
    processed.took("ModelLatency", asked)
    status = reply.status if reply else 500
    for name, low in (("Invocation4XXErrors", 400), ("Invocation5XXErrors", 500)):
        processed.measured.append((name, "None", int(low <= status < low + 100)))
    if reply is None or status >= 400:
        variant.log.deliver_soon()
        raise _of_model(reply, request.timeout_seconds)
    began = clock.now()
    try:
        objects.write(request.output_location, reply.body, request.config.kms_key_id)
    except (ClientError, BotoCoreError) as error:
        raise AsyncFailure(
            f"ClientError: Failed to upload the response to {request.output_location}: {error}",
            counted="ResponseUploadFailures",
        ) from error
    processed.took("ResponseUploadLatency", began)
    return reply.headers.get("content-type", "application/octet-stream")


def _download(request: AsyncRequest, processed: Processed) -> bytes:
    began = clock.now()
    try:
        body = objects.read(request.input_location or "")
    except FileNotFoundError as error:
        raise AsyncFailure(f"ClientError: {error}", counted="RequestDownloadFailures") from error
    processed.took("RequestDownloadLatency", began)
    return body


def _of_model(reply: Reply | None, timeout_seconds: int) -> AsyncFailure:
    if reply is None:
        return AsyncFailure(
            f"ClientError: The model did not answer within {timeout_seconds} seconds "
            "(InvocationTimeoutSeconds)."
        )
    side = "client" if reply.status < 500 else "server"
    return AsyncFailure(
        f"ClientError: Received {side} error ({reply.status}) from model. See the SageMaker "
        "Endpoint logs in your account for more information.",
        answer=reply.body,
    )


def _tell_success(request: AsyncRequest, content_type: str, processed: Processed) -> None:
    written = {"contentType": content_type, "outputLocation": request.output_location}
    message = {
        **request.notification(),
        "invocationStatus": "Completed",
        "responseParameters": written,
    }
    _tell(request.config.success_topic, message, processed)


def _tell(topic: str | None, message: dict[str, Any], processed: Processed) -> None:
    if topic is None:
        return
    try:
        client("sns").publish(TopicArn=topic, Message=json.dumps(message, separators=(",", ":")))
    except (ClientError, BotoCoreError):
        log.exception("%s could not be told of %s", topic, message["inferenceId"])
        processed.count("NotificationFailures")
