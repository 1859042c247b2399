"""What the person on call is told: a queue that is subscribed to the stage's topic."""

import json
from typing import Any

from rehearsal.world import World


class Mailbox:
    """The messages of a topic, in the order in which they came."""

    def __init__(self, world: World, topic: str) -> None:
        """Subscribe to the topic."""
        self._world = world
        self._messages: list[dict[str, Any]] = []
        sqs = world.client("sqs")
        self._queue = sqs.create_queue(
            QueueName=f"rehearsal-{topic.rpartition(':')[2]}",
            Attributes={"MessageRetentionPeriod": str(14 * 24 * 3600)},
        )["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        world.client("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=attributes["Attributes"]["QueueArn"]
        )

    def await_message(self, arrow: str, subject: str) -> str:
        """Wait until somebody was told something, and return the whole message, once.

        Args:
            arrow: Who tells.
            subject: A part of the message's subject.
        """
        found = self._world.await_arrow(
            arrow, lambda: [m for m in self._read() if subject in m.get("Subject", "")],
            expected=f"a message about {subject!r}", within=3600.0,
        )  # fmt: skip
        self._messages = [message for message in self._messages if message not in found]
        return str(found[-1]["Message"])

    def empty(self) -> None:
        """Throw away what has come."""
        self._read()
        self._messages.clear()

    def _read(self) -> list[dict[str, Any]]:
        sqs = self._world.client("sqs")
        while got := sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in got:
                self._messages.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return self._messages
