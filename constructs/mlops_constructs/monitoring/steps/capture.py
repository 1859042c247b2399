"""Captured records, streamed from S3 or a folder; what can't be read is counted by kind.

Format and path of the files:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
"""

import base64
import binascii
import csv
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from failure import Failure

TORN, FOREIGN, TIMELESS, NO_INPUT, NO_OUTPUT, OTHER_TYPE, BINARY, EMPTY, FEWER, MORE = (
    "torn line", "other JSON than a capture record", "no time of inference", "no input captured",
    "no output captured", "other content type than text/csv", "base64 that is no text",
    "empty request", "row with fewer columns", "row with more columns",
)  # fmt: skip
"""What makes a record, or a row of one, unreadable."""

INPUT, OUTPUT = "endpointInput", "endpointOutput"
"""The two sides of a record."""

CSV, JSON = "text/csv", "application/json"

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CaptureFile: TypeAlias = tuple[datetime, Iterable[bytes]]
"""Lines, and the hour that the file's path names."""


class Unreadable(ValueError):
    """A record that can't be read; its text is the kind."""


@dataclass(frozen=True)
class Record:
    """A request and its answer, as they stand in the file.

    Attributes:
        moment: When the endpoint was asked.
        event_id: Made by SageMaker; empty where there is none.
        inference_id: Given by who asked; empty if they gave none.
        sides: What was captured, by INPUT and OUTPUT.
    """

    moment: datetime
    event_id: str
    inference_id: str
    sides: Mapping[str, Any]

    def text(self, side: str, media_types: Collection[str] = (CSV,)) -> str:
        """The request, or the answer.

        Raises:
            Unreadable: If it was not captured, or is of none of these types.
        """
        entry = self.sides.get(side)
        if not isinstance(entry, dict):
            raise Unreadable(NO_INPUT if side == INPUT else NO_OUTPUT)
        return _text(entry, media_types)


class Reader:
    """Rows of a window by its days, with counts of what they could not be read from.

    Attributes:
        days: Stretches of 24 hours, counted back from the end; the first may be shorter.
        unreadable: Records, and rows of records, by what is wrong with them.
        misfits: Of each day, the rows with another number of columns.
    """

    def __init__(self, columns: int, start: datetime, end: datetime) -> None:
        """Of records in [start, end) with rows of so many columns."""
        self.days = days_between(start, end)
        self.unreadable: Counter[str] = Counter()
        self.misfits = [0] * self.days
        self._columns = columns
        self._start = start
        self._end = end

    def rows(self, files: Iterable[CaptureFile]) -> Iterator[tuple[int, list[str]]]:
        """Each readable row with the day of the window that it belongs to.

        A record counts by its own time. One that has none counts by its file's hour.
        """
        for said in records(files, self._start, self._end, self.unreadable):
            try:
                yield from self._split(self.day(said.moment), said.text(INPUT))
            except Unreadable as kind:
                self.unreadable[str(kind)] += 1

    def day(self, moment: datetime) -> int:
        """Which day of the window a moment falls into."""
        return self.days + (moment - self._end) // DAY

    def _split(self, day: int, text: str) -> Iterator[tuple[int, list[str]]]:
        for row in rows_of(text):
            if len(row) == self._columns:
                yield day, row
            else:
                self.unreadable[FEWER if len(row) < self._columns else MORE] += 1
                self.misfits[day] += 1


def days_between(start: datetime, end: datetime) -> int:
    """Stretches of 24 hours, the last one begun counts."""
    return -((start - end) // DAY)


def records(
    files: Iterable[CaptureFile], start: datetime, end: datetime, unreadable: Counter[str]
) -> Iterator[Record]:
    """The records of [start, end), each by its own time.

    What has no time that can be read is counted in `unreadable`, if its file's hour lies there.
    """
    for hour, lines in files:
        inside = start <= hour < end
        for line in lines:
            try:
                said = record(line)
            except Unreadable as kind:
                unreadable[str(kind)] += inside
                continue
            if start <= said.moment < end:
                yield said


def rows_of(text: str) -> list[list[str]]:
    """The rows of a CSV text that are not empty; where nothing is quoted, splitting is quick.

    Raises:
        Unreadable: If there are none.
    """
    lines = text.splitlines()
    if '"' not in text:
        rows = [line.split(",") for line in lines if line]
    else:
        try:
            rows = [row for row in csv.reader(lines, strict=True) if row]
        except csv.Error:
            raise Unreadable(TORN) from None
    if not rows:
        raise Unreadable(EMPTY)
    return rows


def record(line: bytes) -> Record:
    """A line of a capture file.

    Raises:
        Unreadable: If it is none, or does not say when.
    """
    said = parsed(line)
    try:
        metadata, sides = said["eventMetadata"], said["captureData"]
        time, event, inference = (
            metadata.get(key) for key in ("inferenceTime", "eventId", "inferenceId")
        )
    except (TypeError, KeyError, AttributeError):
        raise Unreadable(FOREIGN) from None
    if not isinstance(sides, dict):
        raise Unreadable(FOREIGN)
    moment = _moment(time if isinstance(time, str) else "")
    return Record(moment, _id(event), _id(inference), sides)


def parsed(line: bytes) -> Any:
    """What the JSON of a line says.

    Raises:
        Unreadable: If it is no JSON.
    """
    try:
        return json.loads(line.decode())
    except (ValueError, RecursionError):
        raise Unreadable(TORN) from None


def _id(said: Any) -> str:
    return said if isinstance(said, str) else ""


@lru_cache(maxsize=4096)
def _moment(time: str) -> datetime:
    try:
        moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
    except ValueError:
        raise Unreadable(TIMELESS) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _text(entry: dict[str, Any], media_types: Collection[str]) -> str:
    media_type = str(entry.get("observedContentType", "")).partition(";")[0].strip().lower()
    data = entry.get("data")
    if media_type not in media_types:
        raise Unreadable(OTHER_TYPE)
    if not isinstance(data, str):
        raise Unreadable(FOREIGN)
    if entry.get("encoding") != "BASE64":
        return data
    try:
        return base64.b64decode(data, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Unreadable(BINARY) from None


def files(
    source: str, start: datetime, end: datetime, what: str = "capture"
) -> Iterator[CaptureFile]:
    """The files of a window's hours and one before, by <yyyy>/<mm>/<dd>/<hh>/.

    The hour before, because nothing says whether a file's hour is that of its first record or that
    of its writing (UNVERIFIED); the hour after would be in the future.

    Args:
        source: s3://bucket/prefix or a folder, above the year.
        start: Of the window.
        end: Of the window.
        what: They hold, in words.

    Raises:
        Failure: If the source can't be read.
    """
    if source.startswith("s3://"):
        yield from _in_s3(source, start - HOUR, end, what)
        return
    folder = Path(source)
    if not folder.is_dir():
        raise Failure(f"there is no {what} at {source}")
    for path in sorted(folder.glob("*/*/*/*/*.json*")):
        hour = hour_of("/".join(path.parts[-5:]))
        if hour and start - HOUR <= hour < end:
            with path.open("rb") as lines:
                yield hour, lines


def hour_of(key: str) -> datetime | None:
    """The hour that `<yyyy>/<mm>/<dd>/<hh>/<file>` names, if it does."""
    try:
        return datetime.strptime(key.rpartition("/")[0], "%Y/%m/%d/%H").replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def _in_s3(source: str, start: datetime, end: datetime, what: str) -> Iterator[CaptureFile]:
    import boto3  # a folder needs none

    bucket, _, prefix = source.removeprefix("s3://").rstrip("/").partition("/")
    prefix = f"{prefix}/" if prefix else ""
    told = f"the {what} at {source}"
    with _told(told):
        s3 = boto3.client("s3")
        pages = s3.get_paginator("list_objects_v2")
        for day in range((end.date() - start.date()).days + 1):
            of_day = f"{prefix}{start + timedelta(days=day):%Y/%m/%d}/"
            for page in pages.paginate(Bucket=bucket, Prefix=of_day):
                for entry in page.get("Contents", []):
                    hour = hour_of(entry["Key"].removeprefix(prefix))
                    if hour and start <= hour < end:
                        yield hour, lines_of(s3, bucket, entry["Key"], told)


def lines_of(s3: Any, bucket: str, key: str, told: str) -> Iterator[bytes]:
    """The lines of an object.

    Args:
        s3: A client.
        bucket: Where it lies.
        key: Of the object.
        told: What it is, in words.

    Raises:
        Failure: If it can't be read.
    """
    with _told(told):
        yield from s3.get_object(Bucket=bucket, Key=key)["Body"].iter_lines(64 * 1024)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """What S3 refuses, or breaks off in the middle of a file, in one sentence."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise Failure(f"{what} can't be read: {error}") from None
