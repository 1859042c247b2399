"""Captured records are read as the documentation shows them; all others are counted by kind."""

import base64
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from tests.monitoring.conftest import record, script

capture = script("capture")
START, END = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 12, tzinfo=UTC)
AT = START + timedelta(hours=30)


def read(*lines: str | bytes, hour: datetime = AT, columns: int = 2):
    """Rows of the lines of one file, and the reader."""
    reader = capture.Reader(columns, START, END)
    encoded = [line if isinstance(line, bytes) else line.encode() for line in lines]
    return list(reader.rows([(hour, encoded)])), reader


def test_a_request_may_hold_several_rows():
    rows, reader = read(json.dumps(record(AT, "a,1\nb,2\r\n")))
    assert rows == [(1, ["a", "1"]), (1, ["b", "2"])]
    assert not reader.unreadable


def test_quoted_values_may_hold_commas():
    rows, _ = read(json.dumps(record(AT, '"a,b",1\n"c ""d""",2')))
    assert [row for _, row in rows] == [["a,b", "1"], ['c "d"', "2"]]


def test_a_record_counts_by_its_own_time():
    late = END - timedelta(seconds=1)
    times = [START - timedelta(seconds=1), START, late, END]
    rows, reader = read(*[json.dumps(record(at, "a,1")) for at in times])
    assert [day for day, _ in rows] == [0, 6]
    assert not reader.unreadable


def test_days_are_counted_back_from_the_end():
    reader = capture.Reader(1, END - timedelta(hours=30), END)
    assert reader.days == 2
    assert [reader.day(END - timedelta(hours=hours)) for hours in (30, 25, 24, 1)] == [0, 0, 1, 1]


def test_base64_is_decoded_if_it_is_text():
    text = base64.b64encode(b"a,1\n").decode()
    rows, _ = read(json.dumps(record(AT, text, encoding="BASE64")))
    assert rows == [(1, ["a", "1"])]


def test_media_types_may_have_parameters():
    rows, _ = read(json.dumps(record(AT, "a,1", observedContentType="Text/CSV; charset=utf-8")))
    assert len(rows) == 1


def without(path: str) -> str:
    """A record that lacks something."""
    whole: Any = record(AT, "a,1")
    *parents, last = path.split(".")
    part = whole
    for parent in parents:
        part = part[parent]
    del part[last]
    return json.dumps(whole)


BAD_TIME = {**record(AT, "a,1"), "eventMetadata": {"inferenceTime": "soon"}}
NO_TEXT_TIME = {**record(AT, "a,1"), "eventMetadata": {"inferenceTime": 17}}
NOT_BASE64 = record(AT, "%%%", encoding="BASE64")
NOT_TEXT = record(AT, base64.b64encode(b"\xff\xfe\x00").decode(), encoding="BASE64")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        pytest.param(json.dumps(record(AT, "a,1"))[:-20], capture.TORN, id="torn"),
        pytest.param("", capture.TORN, id="empty line"),
        pytest.param(b"\xff\xfe", capture.TORN, id="not UTF-8"),
        pytest.param("[" * 100_000, capture.TORN, id="nested without end"),
        pytest.param(json.dumps(record(AT, 'a,"1')), capture.TORN, id="torn CSV"),
        pytest.param("[1, 2]", capture.FOREIGN, id="a list"),
        pytest.param("17", capture.FOREIGN, id="a number"),
        pytest.param("null", capture.FOREIGN, id="null"),
        pytest.param('{"captureData": 1, "eventMetadata": 2}', capture.FOREIGN, id="numbers"),
        pytest.param(without("captureData"), capture.FOREIGN, id="nothing captured"),
        pytest.param(without("eventMetadata"), capture.FOREIGN, id="no metadata"),
        pytest.param(json.dumps(record(AT, {"a": 1})), capture.FOREIGN, id="data is no text"),  # type: ignore[arg-type]
        pytest.param(without("captureData.endpointInput.data"), capture.FOREIGN, id="no data"),
        pytest.param(without("eventMetadata.inferenceTime"), capture.TIMELESS, id="no time"),
        pytest.param(json.dumps(BAD_TIME), capture.TIMELESS, id="a bad time"),
        pytest.param(json.dumps(NO_TEXT_TIME), capture.TIMELESS, id="a number for a time"),
        pytest.param(without("captureData.endpointInput"), capture.NO_INPUT, id="answers only"),
        pytest.param(
            json.dumps(record(AT, "{}", observedContentType="application/json", encoding="JSON")),
            capture.OTHER_TYPE, id="JSON",
        ),
        pytest.param(
            without("captureData.endpointInput.observedContentType"), capture.OTHER_TYPE,
            id="no content type",
        ),
        pytest.param(json.dumps(NOT_BASE64), capture.BINARY, id="no base64"),
        pytest.param(json.dumps(NOT_TEXT), capture.BINARY, id="base64 of no text"),
        pytest.param(json.dumps(record(AT, "")), capture.EMPTY, id="empty"),
        pytest.param(json.dumps(record(AT, "\n\n")), capture.EMPTY, id="empty rows"),
        pytest.param(json.dumps(record(AT, "a")), capture.FEWER, id="fewer columns"),
        pytest.param(json.dumps(record(AT, "a,1,2")), capture.MORE, id="more columns"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_counted_by_its_kind(line: str | bytes, kind: str):
    good = json.dumps(record(AT, "a,1"))
    rows, reader = read(good, line, good)
    assert len(rows) == 2
    assert reader.unreadable == {kind: 1}


def test_a_torn_line_of_another_hour_is_not_counted_here():
    _, reader = read("{", hour=START - timedelta(hours=1))
    assert sum(reader.unreadable.values()) == 0


def test_a_record_without_input_counts_by_its_own_time():
    _, reader = read(without("captureData.endpointInput"), hour=START - timedelta(hours=1))
    assert reader.unreadable == {capture.NO_INPUT: 1}


def test_rows_of_another_width_are_remembered_by_day():
    _, reader = read(json.dumps(record(AT, "a,1\nb\nc")))
    assert reader.misfits == [0, 2, 0, 0, 0, 0, 0]


def test_only_files_of_the_windows_hours_and_one_before_are_opened(tmp_path: Path):
    for hours in (-2, -1, 0, 5, 167, 168):
        at = START + timedelta(hours=hours)
        path = tmp_path / f"{at:%Y/%m/%d/%H}" / "x.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("{}\n")
    (tmp_path / "2026/01/05/99").mkdir(parents=True)
    (tmp_path / "2026/01/05/99/x.jsonl").write_text("{}\n")
    hours = [hour for hour, _ in capture.files(str(tmp_path), START, END)]
    assert hours == [START + timedelta(hours=h) for h in (-1, 0, 5, 167)]


def test_a_folder_that_is_not_there_is_told():
    with pytest.raises(script("failure").Failure, match=r"^there is no capture at /nowhere$"):
        list(capture.files("/nowhere", START, END))


class Bucket:
    """S3 with some objects; each page holds one."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects
        self.listed: list[str] = []

    def get_paginator(self, operation: str) -> "Bucket":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, *, Bucket: str, Prefix: str):
        if Bucket != "captures":
            said = {"Error": {"Code": "NoSuchBucket", "Message": "it does not exist"}}
            raise ClientError(said, "ListObjectsV2")
        self.listed.append(Prefix)
        found = [{"Key": key} for key in self.objects if key.startswith(Prefix)]
        yield from [{"Contents": [entry]} for entry in found] or [{}]

    def get_object(self, *, Bucket: str, Key: str):
        body, torn = self.objects[Key], len(self.objects[Key]) + 7 * Key.endswith("torn.jsonl")
        return {"Body": StreamingBody(io.BytesIO(body), torn)}


def test_s3_is_listed_day_by_day(monkeypatch: pytest.MonkeyPatch):
    line = json.dumps(record(AT, "a,1")).encode() + b"\n"
    keys = {f"shop/AllTraffic/{AT:%Y/%m/%d/%H}/{n}.jsonl": line * 2 for n in range(2)}
    bucket = Bucket({**keys, "shop/AllTraffic/2026/01/05/readme": b"", "shop/other": b""})
    monkeypatch.setattr(boto3, "client", lambda service: bucket)
    files = capture.files("s3://captures/shop/AllTraffic/", START, END)
    reader = capture.Reader(2, START, END)
    assert len(list(reader.rows(files))) == 4
    assert bucket.listed == [f"shop/AllTraffic/2026/01/{day:02}/" for day in range(4, 13)]


def test_a_bucket_that_can_not_be_read_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(boto3, "client", lambda service: Bucket({}))
    with pytest.raises(script("failure").Failure) as told:
        list(capture.files("s3://gone/shop", START, END))
    assert str(told.value) == (
        "the capture at s3://gone/shop can't be read: An error occurred (NoSuchBucket) when "
        "calling the ListObjectsV2 operation: it does not exist"
    )


def test_a_file_that_breaks_off_on_its_way_is_told(monkeypatch: pytest.MonkeyPatch):
    line = json.dumps(record(AT, "a,1")).encode() + b"\n"
    bucket = Bucket({f"shop/{AT:%Y/%m/%d/%H}/torn.jsonl": line})
    monkeypatch.setattr(boto3, "client", lambda service: bucket)
    files = capture.files("s3://captures/shop", START, END)
    with pytest.raises(
        script("failure").Failure, match=r"^the capture at s3://captures/shop can't"
    ):
        list(capture.Reader(2, START, END).rows(files))
