"""Data capture by itself: what is written, where, and how much of it."""

import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from local_aws.core import background
from local_aws.hosting.capture import CaptureConfig, DataCapture, Exchange


class Bucket:
    """Takes objects, or refuses them."""

    def __init__(self, *, broken: bool = False) -> None:
        self.objects: dict[str, bytes] = {}
        self.keys: list[str | None] = []
        self._broken = broken

    def put(self, uri: str, body: bytes, kms_key_id: str | None) -> None:
        if self._broken:
            raise ConnectionError("no such bucket")
        self.objects[uri] = body
        self.keys.append(kms_key_id)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for body in self.objects.values() for line in body.splitlines()]


def capture(bucket: Bucket, **changes: Any) -> DataCapture:
    config = {
        "destination": "s3://bucket/capture/",
        "percentage": 100,
        "modes": frozenset({"Input", "Output"}),
        "csv_types": frozenset({"text/csv"}),
        "json_types": frozenset({"application/json"}),
        "kms_key_id": None,
        **changes,
    }
    return DataCapture(config=CaptureConfig(**config), endpoint_name="flights", put=bucket.put)


def exchange(**changes: Any) -> Exchange:
    members = {
        "variant": "AllTraffic",
        "request": b"1,2",
        "request_type": "text/csv",
        "answer": b'{"p": 0.5}',
        "answer_type": "application/json; charset=utf-8",
        "inference_id": None,
        "custom_attributes": None,
        **changes,
    }
    return Exchange(**members)


def test_an_exchange_is_written_as_aws_documents_it() -> None:
    bucket = Bucket()
    capturing = capture(bucket)
    capturing.record(exchange())
    before = datetime.now(UTC)
    capturing.deliver()
    (event,) = bucket.events()
    assert event["captureData"] == {
        "endpointInput": {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": "1,2",
            "encoding": "CSV",
        },
        "endpointOutput": {
            "observedContentType": "application/json; charset=utf-8",
            "mode": "OUTPUT",
            "data": '{"p": 0.5}',
            "encoding": "JSON",
        },
    }
    assert set(event["eventMetadata"]) == {"eventId", "inferenceTime"}
    inference = datetime.strptime(event["eventMetadata"]["inferenceTime"], "%Y-%m-%dT%H:%M:%SZ")
    assert abs((inference.replace(tzinfo=UTC) - before).total_seconds()) < 5
    assert event["eventVersion"] == "0"
    (uri,) = bucket.objects
    hour = inference.strftime("%Y/%m/%d/%H")
    assert re.fullmatch(
        rf"s3://bucket/capture/flights/AllTraffic/{hour}/\d\d-\d\d-\d{{3}}-[0-9a-f-]{{36}}\.jsonl",
        uri,
    )


def test_the_callers_identifiers_are_in_the_metadata() -> None:
    bucket = Bucket()
    capturing = capture(bucket)
    capturing.record(exchange(inference_id="flight-1", custom_attributes="trace=7"))
    capturing.deliver()
    (event,) = bucket.events()
    assert event["eventMetadata"]["inferenceId"] == "flight-1"
    assert event["eventMetadata"]["customAttributes"] == ["trace=7"]


def test_data_of_a_type_that_is_not_named_is_base64() -> None:
    bucket = Bucket()
    capturing = capture(bucket, csv_types=frozenset())
    capturing.record(exchange())
    capturing.deliver()
    (event,) = bucket.events()
    side = event["captureData"]["endpointInput"]
    assert (side["encoding"], side["data"]) == ("BASE64", "MSwy")


def test_only_the_sides_that_are_asked_for_are_captured() -> None:
    bucket = Bucket()
    capturing = capture(bucket, modes=frozenset({"Output"}))
    capturing.record(exchange())
    capturing.deliver()
    (event,) = bucket.events()
    assert list(event["captureData"]) == ["endpointOutput"]


@pytest.mark.parametrize(("percentage", "expected"), [(0, 0), (1, 1), (30, 30), (100, 100)])
def test_the_sample_is_exact(percentage: int, expected: int) -> None:
    bucket = Bucket()
    capturing = capture(bucket, percentage=percentage)
    for _ in range(100):
        capturing.record(exchange())
    capturing.deliver()
    assert len(bucket.events()) == expected


def test_each_variant_has_files_of_its_own() -> None:
    bucket = Bucket()
    capturing = capture(bucket)
    for variant in ("Blue", "Green", "Blue"):
        capturing.record(exchange(variant=variant))
    capturing.deliver()
    lines = {uri.split("/")[5]: len(body.splitlines()) for uri, body in bucket.objects.items()}
    assert lines == {"Blue": 2, "Green": 1}


def test_a_full_buffer_is_delivered_at_once_beside_the_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bucket = Bucket()
    capturing = capture(bucket)
    handed_over: list[Callable[[], None]] = []
    monkeypatch.setattr(background, "run", handed_over.append)
    capturing.record(exchange())
    assert handed_over == []
    capturing.record(exchange(request=b"1" * 1_000_000))
    (deliver,) = handed_over
    deliver()
    assert len(bucket.events()) == 2


def test_the_key_of_the_config_encrypts_the_files() -> None:
    bucket = Bucket()
    capturing = capture(bucket, kms_key_id="alias/capture")
    capturing.record(exchange())
    capturing.deliver()
    assert bucket.keys == ["alias/capture"]


def test_a_file_that_cannot_be_written_fails_no_request_and_is_said_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    capturing = capture(Bucket(broken=True))
    with caplog.at_level(logging.ERROR):
        capturing.record(exchange())
        capturing.deliver()
    assert capturing.failures == 1
    assert "data capture of endpoint flights is lost: s3://bucket/capture/flights/" in caplog.text
