"""Requests to an endpoint as any HTTP client sends them: signed by botocore, several at a time.

boto3's own call takes five times as much of the processor as this, which is much when an endpoint
is asked thousands of times beside a model on the same two cores.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aiohttp
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from rehearsal.world import World

AT_ONCE = 12
ANSWERED, MODEL_ERROR = 200, 424
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html"""

HEARD = "answered.rehearsal"
"""What the world's session emits for each answer, with `endpoint` and `status`."""

CSV = {"Content-Type": "text/csv", "Accept": "text/csv"}
INFERENCE_ID = "X-Amzn-SageMaker-Inference-Id"
TARGET_MODEL = "X-Amzn-SageMaker-Target-Model"

Asked = tuple[str, dict[str, str]]
"""The body of a request, and its headers."""


@dataclass(frozen=True)
class Answer:
    """What came back: an HTTP status, and a body that is the model's own only with status 200."""

    status: int
    body: str


class Asking:
    """InvokeEndpoint on one endpoint."""

    def __init__(self, world: World, endpoint: str) -> None:
        """Connect when something is asked."""
        self._endpoint, self._events = endpoint, world.session.events
        self._url = f"{world.url('sagemaker-runtime')}/endpoints/{endpoint}/invocations"
        region = world.environment["AWS_REGION"]
        self._signature = SigV4Auth(world.credentials, "sagemaker", region)

    def ask(
        self, bodies: Sequence[str], *, ids: Sequence[str] = (), target: str = ""
    ) -> list[Answer]:
        """Send requests of rows in CSV, AT_ONCE at a time; the answers in their order.

        Args:
            bodies: Of the requests.
            ids: Their inference ids, by which labels name them; without, they have none.
            target: The archive that they name, where the endpoint has several.

        Raises:
            aiohttp.ClientError: somebody got no answer.
        """
        plain = CSV | ({TARGET_MODEL: target} if target else {})
        headers = [plain | {INFERENCE_ID: name} for name in ids] or [plain] * len(bodies)
        return asyncio.run(self._all(list(zip(bodies, headers, strict=True))))

    async def _all(self, bodies: Sequence[Asked]) -> list[Answer]:
        answers: list[Answer] = [Answer(0, "")] * len(bodies)
        waiting = iter(range(len(bodies)))
        async with aiohttp.ClientSession() as session:
            senders = [self._send(session, bodies, waiting, answers) for _ in range(AT_ONCE)]
            await asyncio.gather(*senders)
        return answers

    async def _send(
        self, session: aiohttp.ClientSession, bodies: Sequence[Asked], waiting: Iterator[int],
        answers: list[Answer],
    ) -> None:  # fmt: skip
        for number in waiting:
            body, told = bodies[number]
            request = AWSRequest("POST", self._url, headers=told, data=body.encode())
            self._signature.add_auth(request)
            headers = dict(request.headers.items())
            async with session.post(self._url, data=request.data, headers=headers) as answer:
                answers[number] = Answer(answer.status, await answer.text())
            self._events.emit(HEARD, endpoint=self._endpoint, status=answer.status)
