"""Data capture: requests and answers as JSON lines in S3.

Format and path:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
"""

import json
import logging
import threading
import uuid
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from local_aws.clock import clock
from local_aws.core import background
from local_aws.core.moments import utc_text

# AWS says "a couple of minutes"; sooner costs nothing here and keeps a rehearsal short.
DELIVER_AFTER_SECONDS = 1.0
DELIVER_AT_BYTES = 1_000_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class CaptureConfig:
    """DataCaptureConfig of an endpoint config, taken apart.

    Attributes:
        destination: an S3 URI, under which the endpoint's name begins the keys.
        percentage: of requests, 0 to 100.
        modes: Input, Output or both.
        csv_types, json_types: media types whose data is written as text; all other is base64.
        kms_key_id: the key that encrypts the capture files; None for the bucket's default.
    """

    destination: str
    percentage: int
    modes: frozenset[str]
    csv_types: frozenset[str]
    json_types: frozenset[str]
    kms_key_id: str | None


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request with its answer, as the endpoint saw them."""

    variant: str
    request: bytes
    request_type: str
    answer: bytes
    answer_type: str
    inference_id: str | None
    custom_attributes: str | None


# (URI, body, KMS key or None for the bucket's default); raises when S3 refuses.
PutObject = Callable[[str, bytes, str | None], None]


class DataCapture:
    """Samples exchanges of one endpoint and delivers them in batches."""

    def __init__(self, *, config: CaptureConfig, endpoint_name: str, put: PutObject) -> None:
        """Start with an empty buffer; call `deliver` before dropping it."""
        self.config = config
        self.failures = 0
        self._endpoint_name = endpoint_name
        self._put = put
        self._error = 0
        self._size = 0
        self._lines: list[tuple[str, str, str]] = []
        self._lock = threading.Lock()

    def record(self, exchange: Exchange) -> str | None:
        """Keep the exchange if it falls into the sample; never raises for S3's sake.

        Returns:
            The eventId under which it is kept; None if it is not.
        """
        with self._lock:
            self._error += self.config.percentage
            if self._error < 100:
                return None
            self._error -= 100
        event_id = str(uuid.uuid4())
        self.keep(exchange, event_id)
        return event_id

    def keep(self, exchange: Exchange, event_id: str) -> None:
        """Keep the exchange under this eventId, whatever the sample."""
        now = clock.now()
        hour = f"{datetime.fromtimestamp(now, UTC):%Y/%m/%d/%H}"
        line = json.dumps(self._event(exchange, event_id, now), separators=(",", ":"))
        with self._lock:
            first = not self._lines
            self._lines.append((exchange.variant, hour, line))
            self._size += len(line)
            full = self._size >= DELIVER_AT_BYTES
        if full:
            background.run(self.deliver)
        elif first:
            background.after(DELIVER_AFTER_SECONDS, self.deliver)

    def deliver(self) -> None:
        """Write what is buffered, one object for each variant and hour of inference."""
        with self._lock:
            lines, self._lines, self._size = self._lines, [], 0
        for (variant, hour), group in groupby(sorted(lines, key=_place), key=_place):
            now = datetime.fromtimestamp(clock.now(), UTC)
            moment = f"{now:%M-%S}-{now.microsecond // 1000:03}"
            folder = f"{self.config.destination.rstrip('/')}/{self._endpoint_name}/{variant}/{hour}"
            body = "".join(f"{line}\n" for _, _, line in group).encode()
            self._write(f"{folder}/{moment}-{uuid.uuid4()}.jsonl", body)

    def _write(self, uri: str, body: bytes) -> None:
        try:
            self._put(uri, body, self.config.kms_key_id)
        except Exception:
            # As on AWS a lost capture file never fails a request; it must be seen, though.
            self.failures += 1
            log.exception(
                "data capture of endpoint %s is lost: %s could not be written",
                self._endpoint_name,
                uri,
            )

    def _event(self, exchange: Exchange, event_id: str, now: float) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if "Input" in self.config.modes:
            data["endpointInput"] = self._side("INPUT", exchange.request, exchange.request_type)
        if "Output" in self.config.modes:
            data["endpointOutput"] = self._side("OUTPUT", exchange.answer, exchange.answer_type)
        metadata: dict[str, Any] = {"eventId": event_id}
        if exchange.inference_id:
            metadata["inferenceId"] = exchange.inference_id
        if exchange.custom_attributes:
            metadata["customAttributes"] = [exchange.custom_attributes]
        metadata["inferenceTime"] = utc_text(now)
        return {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}

    def _side(self, mode: str, data: bytes, content_type: str) -> dict[str, str]:
        media_type = content_type.partition(";")[0].strip().lower()
        if media_type in self.config.csv_types:
            encoding, text = "CSV", data.decode(errors="replace")
        elif media_type in self.config.json_types:
            encoding, text = "JSON", data.decode(errors="replace")
        else:
            encoding, text = "BASE64", b64encode(data).decode()
        return {
            "observedContentType": content_type,
            "mode": mode,
            "data": text,
            "encoding": encoding,
        }


def _place(line: tuple[str, str, str]) -> tuple[str, str]:
    return line[0], line[1]
