"""Requests to an asynchronous endpoint: each is answered in S3, and told once on a topic."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from rehearsal.arrows import StoryBroke
from rehearsal.executions import HOUR
from rehearsal.mailbox import make_queue, queue_of, taken
from rehearsal.passing import let_pass_until
from rehearsal.serving.model import Model

PARTS = 15
"""Of as many parts consist the requests of a release; one is put between two looks at it."""

MEANWHILE, PAUSE_SECONDS = 10, 40.0
FAILED = "failed"
"""Who is said to have answered a request that failed."""


@dataclass
class Queue:
    """Who puts requests into a model's queue, and hears what became of each.

    Attributes:
        model: Whose.
        heard_by: URLs of the queues that hear its topics.
        waiting: Inference ids of which nothing was heard yet.
        sent: How many requests there were.
        answers: How many each version answered since they were looked at.
    """

    model: Model
    heard_by: tuple[str, ...]
    waiting: set[str] = field(default_factory=set)
    sent: int = 0
    answers: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, model: Model) -> "Queue":
        """Subscribe to the topics, and put the one object that all requests name."""
        world = model.world
        urls = []
        for topic in (model.names["SuccessTopicArn"], model.names["ErrorTopicArn"]):
            url, arn = make_queue(
                world, queue_of(topic), sender="sns.amazonaws.com", source=topic
            )  # fmt: skip
            world.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
            urls.append(url)
        made = cls(model, tuple(urls))
        bucket, _, key = made.asked_with.removeprefix("s3://").partition("/")
        world.client("s3").put_object(Bucket=bucket, Key=key, Body=b"0")
        return made

    @property
    def asked_with(self) -> str:
        """URI of the object that each request names."""
        return f"{self.model.names['RequestUri'].rstrip('/')}/one-row.csv"

    def ask(self, count: int) -> None:
        """Put so many requests."""
        runtime = self.model.world.client("sagemaker-runtime")
        for _ in range(count):
            self.sent += 1
            name = f"{self.model.row}-{self.sent}"
            runtime.invoke_endpoint_async(
                EndpointName=self.model.endpoint, InputLocation=self.asked_with,
                ContentType="text/csv", Accept="text/csv", InferenceId=name,
            )  # fmt: skip
            self.waiting.add(name)

    def ask_until(self, over: Callable[[], bool], least: int) -> None:
        """Ask until a promotion is over, so many times at least."""
        began = self.sent
        while not over():
            enough = self.sent - began >= least
            self.ask(MEANWHILE if enough else max(MEANWHILE, least // PARTS))
            self._pause()
            self._hear()
        self.ask(max(0, least - (self.sent - began)))

    def drained(self, may: set[str]) -> Counter[str]:
        """Wait until every request was heard of; who answered them since this was asked last.

        Args:
            may: Versions that may have answered; FAILED if some may have failed.

        Raises:
            ArrowDidNotFire: Some were lost.
            StoryBroke: Another version answered.
        """
        self.model.world.await_arrow(
            "queue -> answers -> topics", self._left, expected="each request to be told of",
            until=lambda left: not left, within=2 * HOUR,
        )  # fmt: skip
        found, self.answers = self.answers, Counter()
        if not set(found) <= may:
            raise StoryBroke(
                f"{self.model.endpoint} was answered by {dict(found)} while {sorted(may)} might"
            )
        return found

    def _left(self) -> int:
        self._hear()
        return len(self.waiting)

    def _hear(self) -> None:
        """Take what the topics told, and read the answers that it tells of.

        Raises:
            StoryBroke: A request was told of twice, or never made.
        """
        for url in self.heard_by:
            for notice in taken(self.model.world, url):
                message = json.loads(notice["Message"])
                if message["inferenceId"] not in self.waiting:
                    raise StoryBroke(f"{message['inferenceId']} was told of, and nobody waits")
                self.waiting.remove(message["inferenceId"])
                who = FAILED
                if message["invocationStatus"] == "Completed":
                    answer = message["responseParameters"]["outputLocation"]
                    who = self.model.world.read_bytes(answer).decode().strip()
                self.answers[who] += 1

    def _pause(self) -> None:
        time = self.model.world.time
        let_pass_until(time, time.now() + PAUSE_SECONDS)
