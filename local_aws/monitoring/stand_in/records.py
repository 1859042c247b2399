"""Captured exchanges, merged with their labels or not, and the rows in them.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
"""

import csv
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import jmespath

from local_aws.monitoring.stand_in.job import Job, JobError, moment

Record = Mapping[str, Any]
Row = list[str]


def read(folder: Path) -> Iterator[tuple[Path, Record]]:
    """Each captured line below a folder, with its file."""
    for path in files(folder):
        for record in lines(path):
            yield path, record


def files(folder: Path) -> list[Path]:
    """All files below a folder, by name."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def lines(path: Path) -> Iterator[Record]:
    """The JSON lines of a file; what is no JSON is passed over."""
    unreadable = 0
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            unreadable += bool(line.strip())
            continue
        yield record
    if unreadable:
        print(f"{unreadable} lines of {path.name} are not JSON and were passed over.")


def within(
    records: Iterator[tuple[Path, Record]], window: tuple[datetime, datetime]
) -> list[Record]:
    """Those that were captured in a window of time; the container is given whole hours."""
    start, end = window
    return [
        record
        for _, record in records
        if "inferenceTime" not in (metadata := record.get("eventMetadata", {}))
        or start <= moment(metadata["inferenceTime"]) < end
    ]


def captured(job: Job) -> list[Record]:
    """The records that the job is about.

    Raises:
        JobError: There is none in its window.
    """
    found = within(read(job.path("dataset_source")), job.window)
    if not found:
        raise JobError("There is no captured data between start_time and end_time.")
    return found


def rows(side: Mapping[str, Any], attribute: str | None = None) -> list[Row]:
    """The rows of one side of an exchange, or of ground truth.

    Args:
        side: Its data and encoding.
        attribute: Which part of each row: zero-based indices of CSV columns with commas between
            them, or a JMESPath in JSON; everything if not given.

    Raises:
        JobError: The data has no such part, or is not what its encoding says.
    """
    text, encoding = side["data"], side["encoding"]
    if encoding == "BASE64":
        text, encoding = b64decode(text).decode(errors="replace"), "CSV"
    if encoding == "JSON":
        return [row for document in _documents(text) for row in _json_rows(document, attribute)]
    table = [row for row in csv.reader(text.splitlines()) if row]
    if attribute is None:
        return [[cell.strip() for cell in row] for row in table]
    return [[_cell(row, index).strip() for index in attribute.split(",")] for row in table]


def side(record: Record, name: str) -> Mapping[str, Any]:
    """The input or the output of an exchange.

    Raises:
        JobError: It was not captured.
    """
    try:
        found: Mapping[str, Any] = record["captureData"][name]
    except KeyError as error:
        raise JobError(f"The captured data has no {name}.") from error
    return found


def _cell(row: Row, index: str) -> str:
    try:
        return row[int(index)]
    except (ValueError, IndexError) as error:
        raise JobError(f"{','.join(row)!r} has no column {index!r}.") from error


def _documents(text: str) -> list[Any]:
    """A JSON document, or JSON lines."""
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def _json_rows(document: Any, attribute: str | None) -> list[Row]:
    found = jmespath.search(attribute, document) if attribute else document
    if found is None:
        raise JobError(f"{json.dumps(document)[:200]} has no {attribute!r}.")
    if isinstance(found, Mapping):
        found = list(found.values())
    if not isinstance(found, list):
        return [[_text(found)]]
    if attribute and "[*]" in attribute:
        return [_row(item) for item in found]
    return (
        [_row(item) for item in found] if any(isinstance(i, list) for i in found) else [_row(found)]
    )


def _row(value: Any) -> Row:
    if isinstance(value, Mapping):
        value = list(value.values())
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
