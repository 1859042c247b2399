"""AWS's schemas of CloudFormation resource types, as cfn-lint bundles them.

They say what we would otherwise have to copy by hand: which properties replace a resource, what
Ref gives, and which property holds the tags.
"""

import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ResourceSchema:
    """What one type's schema says of its top-level properties."""

    properties: frozenset[str]
    create_only: frozenset[str]
    write_only: frozenset[str]
    primary_identifier: tuple[str, ...]
    tag_property: str | None


@cache
def resource_schema(type_name: str) -> ResourceSchema:
    """The schema of a type in us-east-1, where AWS publishes all types.

    Raises:
        KeyError: cfn-lint knows no such type.
    """
    digest = json.loads((_folder() / "providers/us-east-1.json").read_text())[type_name]
    schema = json.loads((_folder() / f"resources/{digest}.json").read_text())
    return ResourceSchema(
        properties=frozenset(schema["properties"]),
        create_only=frozenset(_names(schema, "createOnlyProperties")),
        write_only=frozenset(_names(schema, "writeOnlyProperties")),
        primary_identifier=_names(schema, "primaryIdentifier"),
        tag_property=_tag_property(schema),
    )


def _folder() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the local AWS reads resource schemas from cfn-lint; install it")
    return Path(spec.origin).parent / "data" / "schemas"


def _names(schema: dict[str, Any], key: str) -> tuple[str, ...]:
    """Top-level properties among a schema's list of JSON pointers."""
    parts = [pointer.split("/")[2:] for pointer in schema.get(key) or ()]
    return tuple(path[0] for path in parts if len(path) == 1)


def _tag_property(schema: dict[str, Any]) -> str | None:
    # A schema that says nothing of tags is taggable, in Tags, by the definition of such schemas.
    if "tagging" not in schema:
        return "Tags" if "Tags" in schema["properties"] else None
    tagging = schema["tagging"]
    return tagging["tagProperty"].split("/")[-1] if tagging.get("taggable") else None
