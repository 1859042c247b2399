"""A container's output in CloudWatch Logs.

Group and stream: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
"""

import logging
import threading
from contextlib import suppress
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.clock import clock
from local_aws.core.clients import client

log = logging.getLogger(__name__)
# PutLogEvents takes 1 MB with 26 bytes an event; this stays below it.
EVENT_BYTES = 10_000
BATCH = 50


class LogStream:
    """Sends what a container wrote since the last time, line by line."""

    def __init__(self, *, group: str, stream: str, file: Path) -> None:
        """Send nothing yet."""
        self.group = group
        self.stream = stream
        self._file = file
        self._position = 0
        self._lock = threading.Lock()

    def deliver(self) -> None:
        """Send the new lines; what cannot be sent stays in the file and is said in the log."""
        with self._lock, self._file.open("rb") as file:
            file.seek(self._position)
            lines = [line for line in file.read().decode(errors="replace").splitlines() if line]
            self._position = file.tell()
            if lines:
                self._put(lines)

    def _put(self, lines: list[str]) -> None:
        logs, now = client("logs"), int(clock.now() * 1000)
        events = [{"timestamp": now, "message": line[:EVENT_BYTES]} for line in lines]
        try:
            self._create()
            for start in range(0, len(events), BATCH):
                logs.put_log_events(
                    logGroupName=self.group,
                    logStreamName=self.stream,
                    logEvents=events[start : start + BATCH],
                )
        except (ClientError, BotoCoreError):
            log.exception("the log of %s %s is only in %s", self.group, self.stream, self._file)

    def _create(self) -> None:
        logs = client("logs")
        group, stream = {"logGroupName": self.group}, {"logStreamName": self.stream}
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(**group)
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(**group, **stream)
