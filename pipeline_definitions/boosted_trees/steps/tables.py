"""The tables that preprocessing hands to the other steps: CSV files with a header."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from features import FEATURES, LABEL, ROW_ID, BadData


@dataclass(frozen=True)
class Table:
    """Examples with their outcome.

    Attributes:
        ids: Of the examples.
        labels: What came true, 1 or 0.
        rows: What a request would ask about them, as text, in the order of FEATURES.
    """

    ids: list[str]
    labels: list[int]
    rows: list[list[str]]


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
    missing = {ROW_ID, LABEL, *FEATURES} - set(header)
    if missing:
        raise BadData(f"{path.name} lacks the columns {', '.join(sorted(missing))}")
    places = {name: header.index(name) for name in header}
    features = [places[name] for name in FEATURES]
    for row in lines:
        table.ids.append(row[places[ROW_ID]])
        table.labels.append(int(row[places[LABEL]]))
        table.rows.append([row[place] for place in features])
