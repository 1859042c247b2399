"""What the model is asked, in which order, and how that becomes numbers: by its schema.json.

A request to the endpoint is text/csv without a header: one example a row, the columns of FEATURES,
raw values, nothing where a value is missing. Training reads its rows through the same functions.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

CATEGORY, NUMBER = "category", "number"

SCHEMA = json.loads((Path(__file__).parent / "schema.json").read_text(encoding="utf-8"))
"""The one place where a model's columns stand; it travels with the scripts and with the model."""

FEATURES: Mapping[str, str] = SCHEMA["features"]
"""The columns of a request, in its order, and what they hold: CATEGORY or NUMBER."""

USED: Mapping[str, str] = {
    name: kind for name, kind in FEATURES.items() if name not in SCHEMA.get("unused", ())
}
"""Those of them that the model looks at; the others travel for whoever watches it."""

LABEL: str = SCHEMA["label"]
"""What came true, 1 or 0: a column of the tables that preprocessing writes."""

ROW_ID: str = SCHEMA["id"]
"""Names a row of those tables; the model is not asked about it."""

Categories = Mapping[str, Sequence[str]]


class BadData(ValueError):
    """Data that can't be used, said in one sentence."""


def read_requests(text: str) -> list[list[str]]:
    """The rows of a request.

    Raises:
        BadData: If there are none, or one has not a value for each column.
    """
    rows = [row for row in csv.reader(text.splitlines()) if row]
    if not rows:
        raise BadData(
            "the request holds no rows; send one example a row, as text/csv without a header"
        )
    for number, row in enumerate(rows, start=1):
        if len(row) != len(FEATURES):
            raise BadData(
                f"row {number} has {len(row)} columns, expected {len(FEATURES)}: "
                f"{', '.join(FEATURES)}"
            )
    return rows


def categories_of(rows: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """The values of each category in `rows`, sorted; missing ones left out."""
    columns = _columns(rows)
    return {
        name: sorted(set(columns[name]) - {""}) for name, kind in USED.items() if kind == CATEGORY
    }


def encode(rows: Sequence[Sequence[str]], categories: Categories) -> np.ndarray:
    """The USED columns as a float32 matrix: categories by their position, NaN where missing.

    A category that is not in `categories` counts as missing.

    Raises:
        BadData: If a number can't be read.
    """
    columns = _columns(rows)
    return np.column_stack(
        [
            _codes(columns[name], categories[name])
            if kind == CATEGORY
            else _numbers(name, columns[name])
            for name, kind in USED.items()
        ]
    )


def _columns(rows: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return dict(zip(FEATURES, zip(*rows, strict=True), strict=True))


def _codes(values: Sequence[str], known: Sequence[str]) -> np.ndarray:
    position = {value: float(index) for index, value in enumerate(known)}
    return np.array([position.get(value, np.nan) for value in values], dtype=np.float32)


def _numbers(name: str, values: Sequence[str]) -> np.ndarray:
    try:
        return np.array([float(value or "nan") for value in values], dtype=np.float32)
    except ValueError as error:
        raise BadData(
            f"column {name}: {error}; expected numbers, or nothing where missing"
        ) from None
