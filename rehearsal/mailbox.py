"""What the person on call is told: a queue that is subscribed to the stage's topic."""

import json
from collections.abc import Iterator
from typing import Any

from rehearsal.world import World


def queue_of(topic: str) -> str:
    """Name of the queue that hears a topic, whose ARN is given."""
    return f"rehearsal-{topic.rpartition(':')[2]}"


def make_queue(world: World, name: str, *, sender: str, source: str) -> tuple[str, str]:
    """URL and ARN of a queue that a service may send to on behalf of one topic or rule.

    Args:
        world: where.
        name: the queue's.
        sender: the service, such as `sns.amazonaws.com`.
        source: ARN of the topic or rule.
    """
    sqs = world.client("sqs")
    url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn: str = attributes["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow", "Principal": {"Service": sender}, "Action": "sqs:SendMessage",
        "Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }  # fmt: skip
    sqs.set_queue_attributes(
        QueueUrl=url,
        Attributes={
            "MessageRetentionPeriod": str(14 * 24 * 3600),
            "Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        },
    )
    return url, arn


def taken(world: World, url: str) -> Iterator[dict[str, Any]]:
    """All that lies in a queue of JSON, each taken out; queues keep no order."""
    sqs = world.client("sqs")
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in got:
            yield json.loads(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


class Mailbox:
    """The messages of a topic, in the order in which they came."""

    def __init__(self, world: World, topic: str) -> None:
        """Subscribe to the topic."""
        self._world = world
        self._messages: list[dict[str, Any]] = []
        name = queue_of(topic)
        self._queue, arn = make_queue(world, name, sender="sns.amazonaws.com", source=topic)
        world.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

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
        self._messages += taken(self._world, self._queue)
        return self._messages
