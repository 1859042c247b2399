"""Input judged by AWS's API model, in the words that AWS's services use.

The wording is that of AWS's service framework, which every JSON service shares:
`1 validation error detected: Value 'a_b' at 'modelName' failed to satisfy constraint: Member must
satisfy regular expression pattern: ...`.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from local_aws.core.errors import ApiError, ValidationException
from local_aws.core.patterns import matches

_NUMBERS = ("integer", "long", "float", "double")


def validate(params: Mapping[str, Any], shape: StructureShape) -> None:
    """Check an input against its shape: required members, types, lengths, ranges, enums, patterns.

    Raises:
        ApiError: `SerializationException` for a value of the wrong JSON type.
        ValidationException: All other problems, all at once.
    """
    problems = list(_structure(params, shape, ""))
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise ValidationException(count + "; ".join(problems))


def _check(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _structure(value, shape, path)
    elif isinstance(shape, ListShape):
        yield from _list(value, shape, path)
    elif isinstance(shape, MapShape):
        yield from _map(value, shape, path)
    elif isinstance(shape, StringShape):
        yield from _string(value, shape, path)
    elif shape.type_name in _NUMBERS:
        yield from _number(value, shape, path)
    else:
        _other(value, shape, path)


def _structure(value: Any, shape: StructureShape, path: str) -> Iterator[str]:
    _require_type(value, Mapping, "structure", path)
    unknown = sorted(set(value) - set(shape.members))
    if unknown:
        raise ApiError(
            f"{shape.name} has no member {', '.join(unknown)}", code="SerializationException"
        )
    for name in shape.required_members:
        if value.get(name) is None:
            yield _problem(None, _join(path, name), "Member must not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _check(value[name], member, _join(path, name))


def _list(value: Any, shape: ListShape, path: str) -> Iterator[str]:
    _require_type(value, list, "list", path)
    yield from _within(len(value), shape, lambda rule: _problem(value, path, _length(rule)))
    for number, item in enumerate(value, start=1):
        yield from _check(item, shape.member, f"{path}.{number}.member")


def _map(value: Any, shape: MapShape, path: str) -> Iterator[str]:
    _require_type(value, Mapping, "map", path)
    yield from _within(len(value), shape, lambda rule: _problem(value, path, _length(rule)))
    for key, item in value.items():
        yield from _check(key, shape.key, f"{path}.key")
        yield from _check(item, shape.value, f"{path}.{key}.member")


def _string(value: Any, shape: StringShape, path: str) -> Iterator[str]:
    _require_type(value, str, "string", path)
    if shape.enum and value not in shape.enum:
        allowed = ", ".join(shape.enum)
        yield _problem(value, path, f"Member must satisfy enum value set: [{allowed}]")
    yield from _within(len(value), shape, lambda rule: _problem(value, path, _length(rule)))
    pattern = shape.metadata.get("pattern")
    if pattern and not matches(pattern, value):
        yield _problem(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _number(value: Any, shape: Shape, path: str) -> Iterator[str]:
    kind = int if shape.type_name in ("integer", "long") else (int, float)
    _require_type(value, kind, shape.type_name, path)
    yield from _within(
        value, shape, lambda rule: _problem(value, path, f"Member must have value {rule}")
    )


def _other(value: Any, shape: Shape, path: str) -> None:
    kinds: dict[str, type | tuple[type, ...]] = {
        "boolean": bool,
        "timestamp": (int, float, str, datetime.datetime),
        "blob": (str, bytes),
    }
    _require_type(value, kinds[shape.type_name], shape.type_name, path)


def _within(size: float, shape: Shape, problem: Callable[[str], str]) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield problem(f"greater than or equal to {low}")
    if high is not None and size > high:
        yield problem(f"less than or equal to {high}")


def _length(rule: str) -> str:
    return f"Member must have length {rule}"


def _require_type(value: Any, kind: Any, name: str, path: str) -> None:
    numeric = name in _NUMBERS
    if not isinstance(value, kind) or (numeric and isinstance(value, bool)):
        raise ApiError(
            f"{path or 'The input'} must be of type {name}, got {type(value).__name__}",
            code="SerializationException",
        )


def _problem(value: Any, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"


def _join(path: str, name: str) -> str:
    member = name[0].lower() + name[1:]
    return f"{path}.{member}" if path else member
