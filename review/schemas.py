"""What CloudFormation's own schemas say of resource types, as cfn-lint ships them."""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from review.differences import ABSENT, same
from review.refused import Refused


@dataclass(frozen=True)
class ResourceSchema:
    """Which of a type's properties can't be changed in place.

    Attributes:
        create_only: A change of these replaces the resource; paths of names.
        conditional: A change of these may replace it.
    """

    create_only: tuple[tuple[str, ...], ...] = ()
    conditional: tuple[tuple[str, ...], ...] = ()

    @property
    def tags_replace(self) -> bool:
        """Whether a changed tag replaces the resource."""
        return ("Tags",) in self.create_only


@cache
def resource_schema(type_name: str) -> ResourceSchema:
    """Of us-east-1, where AWS publishes all types; empty for types that are not AWS's."""
    digest = _types().get(type_name)
    if digest is None:
        return ResourceSchema()
    schema = json.loads((_folder() / f"resources/{digest}.json").read_text(encoding="utf-8"))
    return ResourceSchema(
        create_only=_paths(schema, "createOnlyProperties"),
        conditional=_paths(schema, "conditionalCreateOnlyProperties"),
    )


def known_types() -> frozenset[str]:
    """The names of all resource types."""
    return frozenset(_types())


def changed(
    paths: tuple[tuple[str, ...], ...], base: Mapping[str, Any], head: Mapping[str, Any]
) -> list[str]:
    """Those of the paths at which two sides of a resource's properties differ, dotted."""
    return [".".join(path) for path in paths if not same(_at(base, path), _at(head, path))]


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for number, name in enumerate(path):
        if name == "*" and isinstance(value, list):
            inner = [_at(element, path[number + 1 :]) for element in value]
            return [None if element is ABSENT else element for element in inner]
        value = value.get(name, ABSENT) if isinstance(value, Mapping) else ABSENT
    # An intrinsic function in the middle hides what is below it; it differs as a whole or not.
    return value


@cache
def _types() -> Mapping[str, str]:
    types: Mapping[str, str] = json.loads(
        (_folder() / "providers/us-east-1.json").read_text(encoding="utf-8")
    )
    return types


def _folder() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise Refused("a review reads CloudFormation's schemas from cfn-lint; run `make install`")
    return Path(spec.origin).parent / "data" / "schemas"


def _paths(schema: Mapping[str, Any], key: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(pointer.split("/")[2:]) for pointer in schema.get(key) or ())
