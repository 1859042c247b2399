"""Template values as the API wants them: CloudFormation lets `"2"` stand for 2."""

from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

_NUMBERS: dict[str, type[int] | type[float]] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
}


def coerce(value: Any, shape: Shape) -> Any:
    """The value with its scalars in the shape's types; what cannot be converted stays as it is."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            name: coerce(item, shape.members[name]) if name in shape.members else item
            for name, item in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [coerce(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {name: coerce(item, shape.value) for name, item in value.items()}
    return _scalar(value, shape.type_name)


def _scalar(value: Any, type_name: str) -> Any:
    if type_name in _NUMBERS and isinstance(value, str):
        try:
            return _NUMBERS[type_name](value)
        except ValueError:
            return value
    if type_name == "boolean" and value in ("true", "false"):
        return value == "true"
    if type_name == "string" and isinstance(value, (bool, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value
