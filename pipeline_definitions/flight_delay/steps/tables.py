"""The tables that preprocessing hands to the other steps: CSV files with a header."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from features import CATEGORY, FEATURES, FLIGHT_ID, LABEL, NUMBER, BadData

SCHEDULED = "scheduled"
"""When it should depart, in New York, as ISO 8601: the time of a row of the tables."""


@dataclass(frozen=True)
class Table:
    """Flights with their outcome.

    Attributes:
        ids: Of the flights.
        labels: 1 if late, else 0.
        rows: Their features as text, in the order of FEATURES.
    """

    ids: list[str]
    labels: list[int]
    rows: list[list[str]]


def schema() -> dict[str, object]:
    """What the monitors have to know of the tables: the column of the time, and the features."""
    kinds = {CATEGORY: "category", NUMBER: "number"}
    return {"time": SCHEDULED, "features": {name: kinds[kind] for name, kind in FEATURES.items()}}


def read_table(folder: Path) -> Table:
    """All CSV files of a folder as one table.

    Raises:
        BadData: If there is no row, or a column is missing.
    """
    table = Table([], [], [])
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            _read_into(table, csv.reader(lines), path)
    if not table.rows:
        raise BadData(f"no rows in the CSV files of {folder}")
    return table


def _read_into(table: Table, lines: Iterator[list[str]], path: Path) -> None:
    header = next(lines, [])
    missing = {FLIGHT_ID, LABEL, *FEATURES} - set(header)
    if missing:
        raise BadData(f"{path.name} lacks the columns {', '.join(sorted(missing))}")
    places = {name: header.index(name) for name in header}
    features = [places[name] for name in FEATURES]
    for row in lines:
        table.ids.append(row[places[FLIGHT_ID]])
        table.labels.append(int(row[places[LABEL]]))
        table.rows.append([row[place] for place in features])
