"""What a model's requests hold, as its `steps/schema.json` says it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SCHEMA: Final = "schema.json"
KINDS: Final = ("number", "category")


class InvalidSchema(ValueError):
    """A schema.json that is none, said in one sentence."""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """Columns of requests and of the tables that preprocessing writes.

    Attributes:
        features: The columns of a request, in order, each a `number` or a `category`.
        label: The column of the tables that says what truly happened; None if there is none.
        time: The column of the tables that says when; None if the rows have no time.
    """

    features: Mapping[str, str]
    label: str | None = None
    time: str | None = None


def read_schema(path: Path) -> Schema:
    """The schema in a file: `{"features": {"<column>": "<kind>", ...}, "label": ..., "time": ...}`.

    Raises:
        InvalidSchema: If it is not one; the sentence does not name the file.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidSchema(f"is no JSON ({error})") from None
    members = said if isinstance(said, dict) else {}
    schema = Schema(
        features=_features(members.get("features")),
        label=_column(members, "label"),
        time=_column(members, "time"),
    )
    if schema.label in schema.features:
        raise InvalidSchema(
            f"has the label {schema.label!r} among its features; a request can't know it"
        )
    return schema


def _features(said: object) -> Mapping[str, str]:
    features = said if isinstance(said, dict) else {}
    if not features or not all(kind in KINDS for kind in features.values()):
        raise InvalidSchema(
            'must hold "features", each column of a request with "number" or "category", got '
            f"{said!r}"
        )
    return features


def _column(members: Mapping[str, object], name: str) -> str | None:
    column = members.get(name)
    if column is not None and not isinstance(column, str):
        raise InvalidSchema(f'must hold in "{name}" the name of a column, or null, got {column!r}')
    return column
