"""What batch transforms captured, as the lines that an endpoint would have captured.

A transform job copies nothing: it leaves manifests, below input/ of the objects that it read and
below output/ of those that it wrote, in the folder of the hour (UTC) in which it began. With
inference ids each line of what it wrote ends in one, and in the time at which the job began:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html

Each answer becomes a record of its own, with its time in it. Rows without their answers are of the
full hour in which their job began.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import capture
from capture import CSV, INPUT, OUTPUT, CaptureFile
from failure import Failure

FOLDERS = {INPUT: "input", OUTPUT: "output"}
SUFFIX = ".out"
"""What a transform adds to the name of an object (API reference, TransformOutput)."""

WHAT = "capture of batch transforms"
ROWS = 500
"""As many are read as one request, if nobody asks for their answers."""


@dataclass(frozen=True)
class Object:
    """What a job read or wrote.

    Attributes:
        name: By which the two sides belong together.
        hour: In which the job began.
    """

    uri: str
    name: str
    hour: datetime


class Store:
    """Objects by their URIs in S3, or by their paths."""

    def lines(self, uri: str) -> Iterator[bytes]:
        """The lines of one that are not empty: a transform makes no record of an empty line.

        Raises:
            Failure: If it can't be read.
        """
        told = f"what a batch transform read or wrote at {uri}"
        if uri.startswith("s3://"):
            bucket, _, key = uri.removeprefix("s3://").partition("/")
            held: Iterable[bytes] = capture.lines_of(self._s3, bucket, key, told)
        else:
            held = _held(Path(uri), told)
        yield from (line for whole in held if (line := whole.rstrip(b"\r\n")))

    @cached_property
    def _s3(self) -> Any:
        import boto3  # a folder needs none

        return boto3.client("s3")


def captured(
    options: argparse.Namespace, start: datetime, end: datetime, *sides: str
) -> Iterator[CaptureFile]:
    """The files of the capture that a run is told of.

    Args:
        options: Of invocation.parser.
        start: Of the window.
        end: Of the window.
        sides: What of a record is asked for, INPUT, OUTPUT or both; an endpoint has both anyway.

    Raises:
        Failure: If the capture can't be read.
    """
    if options.captured_by == "endpoint":
        return capture.files(options.capture, start, end)
    return files(options.capture, start, end, *sides)


def files(source: str, start: datetime, end: datetime, *sides: str) -> Iterator[CaptureFile]:
    """Of each object that was scored in a window's hours or one before, the lines of a capture.

    An object that several jobs scored is there once, of the last one: its answers are that one's.

    Args:
        source: s3://bucket/prefix or a folder, above input and output.
        start: Of the window.
        end: Of the window.
        sides: INPUT, OUTPUT or both.

    Raises:
        Failure: If a manifest is none, or can't be read.
    """
    store = Store()
    found = {side: _objects(f"{source.rstrip('/')}/{FOLDERS[side]}", start, end) for side in sides}
    asked, answered = found.get(INPUT, {}), found.get(OUTPUT, {})
    if OUTPUT not in sides:
        for one in asked.values():
            yield one.hour, _requests(store, one)
        return
    by_name = {one.name: one for one in asked.values()}
    for one in answered.values():
        yield one.hour, _exchanges(store, one, by_name.get(one.name), INPUT in sides)


def _objects(source: str, start: datetime, end: datetime) -> dict[str, Object]:
    """By their URIs, the last time that each was read or written."""
    found: dict[str, Object] = {}
    for hour, lines in capture.files(source, start, end, WHAT):
        for uri, name in _manifest(b"\n".join(lines), source, hour):
            if uri not in found or hour >= found[uri].hour:
                found[uri] = Object(uri, name.removesuffix(SUFFIX), hour)
    return found


def _manifest(text: bytes, source: str, hour: datetime) -> Iterator[tuple[str, str]]:
    """The URIs and names in a manifest: its first entry has the prefix of the others."""
    try:
        head, *names = json.loads(text)
        prefix = head["prefix"]
    except (ValueError, TypeError, KeyError):
        prefix, names = None, []
    if not isinstance(prefix, str) or not all(isinstance(name, str) for name in names):
        raise Failure(f"a file of the {WHAT} at {source}, {hour:%Y/%m/%d/%H}, is no manifest")
    yield from ((f"{prefix}{name}", name) for name in names)


def _requests(store: Store, asked: Object) -> Iterator[bytes]:
    """The rows that were scored: some hundreds as one request, which is quicker to read.

    Not where one could spoil the others: a quote that is not closed, or bytes that are no text.
    """
    moment = f"{asked.hour:%Y-%m-%dT%H:%M:%SZ}"
    stream = store.lines(asked.uri)
    while rows := list(islice(stream, ROWS)):
        whole = b"\n".join(rows)
        alone = b'"' in whole or not whole.isascii()
        for request in rows if alone else [whole]:
            yield _line({INPUT: request}, "", moment)


def _exchanges(
    store: Store, answered: Object, asked: Object | None, wanted: bool
) -> Iterator[bytes]:
    """Each answer, with its row if that is wanted and known."""
    if asked is None or not wanted:
        for line in store.lines(answered.uri):
            answer, inference, moment = _split(line)
            yield _line({OUTPUT: answer}, inference, moment)
        return
    rows, lines = list(store.lines(asked.uri)), list(store.lines(answered.uri))
    if len(rows) != len(lines):
        # Nobody can say which belong together: one record, whose sides differ in length.
        both = {INPUT: b"\n".join(rows), OUTPUT: b"\n".join(lines)}
        yield _line(both, "", f"{answered.hour:%Y-%m-%dT%H:%M:%SZ}")
        return
    for row, line in zip(rows, lines, strict=True):
        answer, inference, moment = _split(line)
        yield _line({INPUT: row, OUTPUT: answer}, inference, moment)


def _split(line: bytes) -> tuple[bytes, str, str]:
    """Answer, inference id and time; without these two the record has no time and counts so."""
    answer, *beside = (part.strip() for part in line.rsplit(b",", 2))
    if len(beside) < 2:
        return line, "", ""
    inference, moment = (part.decode(errors="replace") for part in beside)
    return answer, inference, moment


def _line(sides: dict[str, bytes], inference: str, moment: str) -> bytes:
    """A line of a capture; bytes that are no text stay as they are, and are then a torn line."""
    try:
        data = {
            side: {"observedContentType": CSV, "data": text.decode(), "encoding": "CSV"}
            for side, text in sides.items()
        }
    except UnicodeDecodeError:
        return b"\n".join(sides.values())
    metadata = {"inferenceTime": moment, "inferenceId": inference}
    return json.dumps({"captureData": data, "eventMetadata": metadata}).encode()


def _held(path: Path, told: str) -> Iterator[bytes]:
    try:
        with path.open("rb") as lines:
            yield from lines
    except OSError as error:
        raise Failure(f"{told} can't be read: {error}") from None
