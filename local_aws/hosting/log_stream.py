"""A container's output in CloudWatch Logs.

Group and stream: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.clock import clock
from local_aws.core import background
from local_aws.core.clients import client

log = logging.getLogger(__name__)
EVENT_BYTES = 10_000
# "The maximum batch size is 1,048,576 bytes [...] plus 26 bytes for each log event", and 10,000
# events: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
BATCH_BYTES = 1_048_576
BATCH_EVENTS = 10_000
BYTES_BESIDE = 26
# AWS says nothing of how soon; a failing release writes one traceback for each of its requests.
DELIVER_AFTER_SECONDS = 1.0


class LogStream:
    """Sends what a container wrote since the last time, line by line."""

    def __init__(self, *, group: str, stream: str, file: Path) -> None:
        """Send nothing yet."""
        self.group = group
        self.stream = stream
        self._file = file
        self._position = 0
        self._made = self._awaited = False
        self._lock = threading.Lock()

    def deliver_soon(self) -> None:
        """Send the new lines within a second, with those that follow; this waits for nobody.

        It is called on the event loop, which `deliver` needs to go on while it holds its lock.
        """
        if not self._awaited:
            self._awaited = True
            background.after(DELIVER_AFTER_SECONDS, self._deliver_late, quiet=True)

    def deliver(self) -> None:
        """Send the new lines; what cannot be sent stays in the file and is said in the log."""
        with self._lock, self._file.open("rb") as file:
            self._awaited = False
            file.seek(self._position)
            lines = [line for line in file.read().decode(errors="replace").splitlines() if line]
            self._position = file.tell()
            if lines:
                self._put(lines)

    def _deliver_late(self) -> None:
        if self._awaited:  # else somebody did, perhaps before the container's files went
            self.deliver()

    def _put(self, lines: list[str]) -> None:
        now = int(clock.now() * 1000)
        try:
            self._create()
            for batch in _batches([line[:EVENT_BYTES] for line in lines]):
                client("logs").put_log_events(
                    logGroupName=self.group,
                    logStreamName=self.stream,
                    logEvents=[{"timestamp": now, "message": line} for line in batch],
                )
        except (ClientError, BotoCoreError):
            log.exception("the log of %s %s is only in %s", self.group, self.stream, self._file)

    def _create(self) -> None:
        if self._made:
            return
        logs = client("logs")
        group, stream = {"logGroupName": self.group}, {"logStreamName": self.stream}
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(**group)
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(**group, **stream)
        self._made = True


def _batches(lines: list[str]) -> Iterator[list[str]]:
    """Lines in their order, in as few requests as the limits allow."""
    batch: list[str] = []
    size = 0
    for line in lines:
        more = len(line.encode()) + BYTES_BESIDE
        if batch and (size + more > BATCH_BYTES or len(batch) == BATCH_EVENTS):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += more
    if batch:
        yield batch
