"""One request to an asynchronous endpoint, from the queue to its answer in S3."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local_aws.clock import Timer, clock
from local_aws.hosting.async_config import AsyncConfig
from local_aws.ministack.scope import region


class AsyncFailure(Exception):
    """The request failed; says why, as the notification does.

    Attributes:
        counted: The metric that counts such failures, beside InvocationFailures.
        answer: What the container answered, if it did; goes to S3FailurePath.
    """

    def __init__(self, reason: str, *, counted: str | None = None, answer: bytes = b"") -> None:
        super().__init__(reason)
        self.counted = counted
        self.answer = answer


@dataclass(kw_only=True)
class AsyncRequest:
    """A request that waits or is worked on.

    Attributes:
        endpoint_name: whose queue it is in.
        config: the config of the fleet that served when it came, which names where answers go.
        body: the payload, if it came with the request; else it is at `input_location`.
        headers: what the container is sent with it.
        ttl_seconds: how long it may wait.
        timeout_seconds: how long the container may take.
        received: when it came, in seconds since the epoch.
        expiry: ends its wait.
    """

    endpoint_name: str
    config: AsyncConfig
    inference_id: str
    input_location: str | None
    body: bytes | None
    content_type: str | None
    accept: str | None
    headers: Mapping[str, str]
    output_location: str
    failure_location: str | None
    ttl_seconds: int
    timeout_seconds: int
    received: float = field(default_factory=clock.now)
    expiry: Timer | None = None

    def notification(self) -> dict[str, Any]:
        """The message to a topic, but for what became of the request.

        Seen in AWS's own samples, for example awslabs/osml-model-runner and
        https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html.
        """
        asked = {
            "accept": self.accept,
            "contentType": self.content_type,
            "endpointName": self.endpoint_name,
            "inputLocation": self.input_location,
        }
        return {
            "awsRegion": region(),
            "eventTime": _iso(clock.now()),
            "receivedTime": _iso(self.received),
            "requestParameters": {name: value for name, value in asked.items() if value},
            "inferenceId": self.inference_id,
            "eventVersion": "1.0",
            "eventSource": "aws:sagemaker",
            "eventName": "InferenceResult",
        }


def _iso(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
