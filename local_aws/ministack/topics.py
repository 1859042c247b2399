"""Messages to SNS topics from AWS itself."""

import uuid

from ministack.services import sns


def publish(topic_arn: str, subject: str, message: str) -> None:
    """Send a message to all who subscribed to the topic; none, if there is no such topic."""
    sns._fanout(topic_arn, str(uuid.uuid4()), message, subject)
