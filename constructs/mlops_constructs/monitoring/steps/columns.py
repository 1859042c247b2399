"""Rows of text as columns of numbers and categories, by the schema that comes with a baseline."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from failure import Failure

NUMBER, CATEGORY = "number", "category"


@dataclass(frozen=True)
class Schema:
    """What a row holds.

    Attributes:
        time: The column of the tables that says when; requests do not have it. None: nothing does.
        features: Name to NUMBER or CATEGORY, in the order of a request's CSV row.
        label: The column of the tables that says what truly happened, if one does.
    """

    time: str | None
    features: Mapping[str, str]
    label: str | None = None

    @property
    def numbers(self) -> list[str]:
        """Names of the number columns."""
        return [name for name, kind in self.features.items() if kind == NUMBER]

    @property
    def categories(self) -> list[str]:
        """Names of the category columns."""
        return [name for name, kind in self.features.items() if kind == CATEGORY]


def read_schema(path: Path) -> Schema:
    """The schema that someone wrote down.

    Raises:
        Failure: If it is not one.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        schema = Schema(said.get("time"), dict(said["features"]), said.get("label"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failure(
            f"{path} is no schema ({type(error).__name__}: {error}); expected "
            '{"time": "<column>", "features": {"<column>": "number" or "category", ...}}'
        ) from None
    foreign = {name: kind for name, kind in schema.features.items() if kind not in KINDS}
    if foreign or not schema.features:
        raise Failure(f"{path}: each feature is a number or a category, got {foreign or 'none'}")
    return schema


KINDS = (NUMBER, CATEGORY)


@dataclass(frozen=True)
class Batch:
    """Rows as columns.

    Attributes:
        slots: For each row, the position of the stretch of time that it belongs to.
        numbers: Column to float64, NaN where there is no number.
        wrong: Number column to whether something stands there that is not a number.
        categories: Column to text, empty where missing.
    """

    slots: np.ndarray
    numbers: Mapping[str, np.ndarray]
    wrong: Mapping[str, np.ndarray]
    categories: Mapping[str, np.ndarray]

    def take(self, rows: np.ndarray) -> "Batch":
        """Some of the rows, by position or mask."""
        return Batch(
            slots=self.slots[rows],
            numbers={name: column[rows] for name, column in self.numbers.items()},
            wrong={name: column[rows] for name, column in self.wrong.items()},
            categories={name: column[rows] for name, column in self.categories.items()},
        )

    def missing(self, name: str) -> np.ndarray:
        """Whether nothing stands there; what is not a number is not missing."""
        if name in self.categories:
            return np.asarray(self.categories[name] == "", dtype=bool)
        return np.asarray(np.isnan(self.numbers[name]) & ~self.wrong[name])

    def lost(self, name: str) -> np.ndarray:
        """Whether the value is of no use: missing, or not a number in a number column."""
        return self.missing(name) if name in self.categories else np.isnan(self.numbers[name])


def parse(schema: Schema, rows: Iterable[Sequence[str]], slots: Sequence[int]) -> Batch:
    """Rows in the order of the schema's features, each as long as that."""
    columns = dict(zip(schema.features, zip(*rows, strict=True), strict=True))
    return from_columns(schema, columns, slots)


def from_columns(
    schema: Schema, columns: Mapping[str, Sequence[str]], slots: Sequence[int] | np.ndarray
) -> Batch:
    """Text by column."""
    numbers, wrong = {}, {}
    for name in schema.numbers:
        numbers[name], wrong[name] = to_numbers(columns[name])
    categories = {name: np.array(columns[name], dtype=object) for name in schema.categories}
    return Batch(np.asarray(slots, dtype=np.intp), numbers, wrong, categories)


def to_numbers(values: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Text as float64, and where it is no finite number; empty text and `nan` are missing."""
    try:
        read = np.array([float(value or "nan") for value in values], dtype=np.float64)
    except ValueError:
        read = np.array([_number(value) for value in values], dtype=np.float64)
    wrong = np.isinf(read)
    read[wrong] = np.nan
    return read, wrong


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return math.inf if value.strip() else math.nan
