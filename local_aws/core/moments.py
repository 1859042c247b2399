"""Moments as AWS writes most of them, with a second's precision."""

from datetime import UTC, datetime


def utc_text(seconds: float) -> str:
    """The second that this moment is in, as `2022-03-22T18:59:43Z`.

    Args:
        seconds: Since the epoch.
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
