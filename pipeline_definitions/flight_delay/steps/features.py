"""What the model is asked about a flight, in which order, and how that becomes numbers.

A request to the endpoint is text/csv without a header: one flight a row, these columns, raw values,
nothing where a value is missing. Training reads its rows through the same functions.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

CATEGORY, NUMBER = "c", "q"  # as XGBoost spells feature types

FEATURES: Mapping[str, str] = {
    "carrier": CATEGORY,  # two-letter airline code
    "origin": CATEGORY,  # EWR, JFK or LGA
    "dest": CATEGORY,  # airport code
    "sched_dep_minute": NUMBER,  # scheduled departure, local minutes after midnight
    "sched_arr_minute": NUMBER,  # scheduled arrival, local minutes after midnight
    "day_of_week": NUMBER,  # 1 is Monday
    "distance": NUMBER,  # miles
    "temp": NUMBER,  # weather at the origin in the scheduled hour: degrees Fahrenheit
    "dewp": NUMBER,  # dew point, degrees Fahrenheit
    "humid": NUMBER,  # relative humidity, per cent
    "wind_dir": NUMBER,  # degrees
    "wind_speed": NUMBER,  # miles per hour
    "wind_gust": NUMBER,  # miles per hour
    "precip": NUMBER,  # inches
    "pressure": NUMBER,  # millibars
    "visib": NUMBER,  # miles
    "plane_year": NUMBER,  # year of manufacture
    "plane_seats": NUMBER,
}

LABEL = "late"
LATE_MINUTES = 15
"""A flight is late if it arrives more than this behind its schedule."""

FLIGHT_ID = "flight_id"
"""Names a row of the tables that preprocessing writes; the model is not asked about it."""

Categories = Mapping[str, Sequence[str]]


class BadData(ValueError):
    """Data that can't be used, said in one sentence."""


def read_requests(text: str) -> list[list[str]]:
    """The rows of a request.

    Raises:
        BadData: If there are none, or one has not a value for each feature.
    """
    rows = [row for row in csv.reader(text.splitlines()) if row]
    if not rows:
        raise BadData(
            "the request holds no rows; send one flight a row, as text/csv without a header"
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
    columns = dict(zip(FEATURES, zip(*rows, strict=True), strict=True))
    return {
        name: sorted(set(columns[name]) - {""})
        for name, kind in FEATURES.items()
        if kind == CATEGORY
    }


def encode(rows: Sequence[Sequence[str]], categories: Categories) -> np.ndarray:
    """Rows of FEATURES as a float32 matrix: categories by their position, NaN where missing.

    A category that is not in `categories` counts as missing.

    Raises:
        BadData: If a number can't be read.
    """
    columns = zip(FEATURES.items(), zip(*rows, strict=True), strict=True)
    return np.column_stack(
        [
            _codes(values, categories[name]) if kind == CATEGORY else _numbers(name, values)
            for (name, kind), values in columns
        ]
    )


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
