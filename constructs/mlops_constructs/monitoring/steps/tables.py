"""Tables that the steps of a training pipeline hand on: CSV files with a header, and a schema."""

import csv
from collections.abc import Collection, Sequence
from datetime import datetime, timezone
from pathlib import Path

from columns import Schema, read_schema
from failure import Failure


def schema_of(folder: Path) -> Schema:
    """The schema below a folder.

    Raises:
        Failure: If there is not exactly one.
    """
    schemas = sorted(folder.rglob("schema.json"))
    if len(schemas) != 1:
        raise Failure(f"{folder} must hold one schema.json, got {len(schemas)}")
    return read_schema(schemas[0])


def columns_of(path: Path, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Every column of a table, as text.

    Raises:
        Failure: If it lacks one of those named, or a row is shorter or longer than the header.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        header, rows = next(reader, []), list(reader)
    lacking = set(names) - set(header)
    if lacking:
        raise Failure(f"{path.name} lacks the columns {', '.join(sorted(lacking))}")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise Failure(f"{path.name}: line {number} has {len(row)} of {len(header)} columns")
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    return dict(zip(header, columns, strict=True))


def hours_of(times: Sequence[str], file: str) -> list[int]:
    """Times as hours since 1970; one without a zone is UTC.

    Raises:
        Failure: If one is none.
    """
    try:
        hours = {text: _hour(text) for text in dict.fromkeys(times)}
    except ValueError as error:
        raise Failure(f"{file}: {error}; expected a time in ISO 8601") from None
    return [hours[text] for text in times]


def _hour(text: str) -> int:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return int(aware.timestamp() // 3600)
