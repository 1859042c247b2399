"""Which resources a value of a template refers to, and what is replaced along with them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from review.resources import Pair
from review.schemas import resource_schema

_IN_TEXT = re.compile(r"\$\{(\w+)(?:\.[\w.]+)?\}")


def references(value: Any) -> Iterator[str]:
    """Logical ids, however deep, and besides them pseudo parameters and variables of `Fn::Sub`."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "Ref":
                yield str(inner)
            elif key == "Fn::GetAtt":
                yield inner.split(".")[0] if isinstance(inner, str) else str(inner[0])
            elif key == "Fn::Sub":
                text = inner if isinstance(inner, str) else str(inner[0])
                yield from _IN_TEXT.findall(text)
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def followers(
    pairs: Iterable[Pair], replaced: Iterable[str], immutable: Mapping[str, set[str]]
) -> dict[str, str]:
    """Logical ids of what is replaced only because it refers to what is, and to what it refers.

    CDK's engine looks for references, too, but not within `Fn::Join` and its like, where a rollback
    alarm has the name of its config in its own.

    Args:
        pairs: The resources of one stack.
        replaced: Those that are replaced for a change of their own.
        immutable: By logical id, properties that replace it besides those that its schema names.
    """
    stays = {p.either.logical_id: p for p in pairs if p.base and p.head}
    known, found = set(replaced), dict[str, str]()
    while True:
        new = {
            key: source
            for key, pair in stays.items()
            if key not in known and (source := _source(pair, known, immutable.get(key, set())))
        }
        if not new:
            return found
        known |= new.keys()
        found |= new


def _source(pair: Pair, replaced: set[str], immutable: set[str]) -> str:
    paths = (*resource_schema(pair.either.type).create_only, *((name,) for name in immutable))
    for path in paths:
        value: Any = pair.sides[1]
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        source = next((one for one in references(value) if one in replaced), "")
        if source:
            return source
    return ""
