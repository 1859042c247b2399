"""The default event bus."""

from typing import Any

from ministack.services import eventbridge


def put(entry: dict[str, Any]) -> None:
    """Put one PutEvents entry on the default bus; unlike the API, also one of an `aws.` source."""
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
