"""Pipeline variables: what stands in a definition for a value known only when the pipeline runs."""

from collections.abc import Iterator
from typing import Any, TypeGuard

GET, JOIN, JSON_GET = "Get", "Std:Join", "Std:JsonGet"


def is_variable(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether it is a Get, Std:Join or Std:JsonGet, and nothing else."""
    return isinstance(value, dict) and len(value) == 1 and set(value) <= {GET, JOIN, JSON_GET}


def is_placeholder(value: object) -> bool:
    """Whether it is text with a `${Placeholder}` that the deployment fills in."""
    return isinstance(value, str) and "${" in value


def variables(node: object) -> Iterator[dict[str, Any]]:
    """Every variable in a part of a definition, those inside others included."""
    if is_variable(node):
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from variables(child)
