"""Inputs with every member that an operation supports, made from botocore's shapes."""

from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from local_aws.core import api, members
from local_aws.core.patterns import matches
from local_aws.core.request import covers

# Tried in turn for a string until one satisfies its pattern and length, else the first is taken.
STRINGS = (
    "value",
    "s3://bucket/key",
    "arn:aws:iam::123456789012:role/somebody",
    "arn:aws:sagemaker:us-east-1:123456789012:model-package/group/1",
    "https://example.com/sample",
    "256B",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1",
    "arn:aws:sagemaker:us-east-1:123456789012:pipeline/name/execution/abc",
    "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/0ab1",
    "text/csv",
    "sha256:" + "0" * 64,
    "a" * 32,
    "arn:aws:sqs:us-east-1:123456789012:queue",
    "arn:aws:sns:us-east-1:123456789012:topic",
    "arn:aws:scheduler:us-east-1:123456789012:schedule-group/group",
    "/opt/ml/path",
    "1",
    "1.0",
    "1.0.0",
    "ml.m5.large",
)


def maximal(service: str, action: str) -> dict[str, Any]:
    """The input with all that is required and every member below a row of what is not ignored."""
    rows = members.supported(service, action) | members.kept(service, action).keys()
    return dict(_structure(api.input_shape(service, action), "", rows, ()))


def only(shape: Shape, path: str) -> Any:
    """A value that fills the leaf at the path, and what is required beside it."""
    return _value(shape, "", frozenset({path}), ())


def _value(shape: Shape, path: str, rows: frozenset[str], above: tuple[str, ...]) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, path, rows, above)
    if isinstance(shape, ListShape):
        return [_value(shape.member, f"{path}[]", rows, above)]
    if isinstance(shape, MapShape):
        return {_text(shape.key): _value(shape.value, f"{path}{{}}", rows, above)}
    if isinstance(shape, StringShape):
        return _text(shape)
    return {"boolean": True, "timestamp": 0.0, "blob": b"x"}.get(
        shape.type_name, max(1, shape.metadata.get("min", 1))
    )


def _structure(
    shape: StructureShape, path: str, rows: frozenset[str], above: tuple[str, ...]
) -> dict[str, Any]:
    if shape.name in above:
        return {}
    found = {}
    for name, member in shape.members.items():
        below = f"{path}.{name}" if path else name
        if name in shape.required_members or any(_concerns(row, below) for row in rows):
            found[name] = _value(member, below, rows, (*above, shape.name))
    return found


def _concerns(row: str, path: str) -> bool:
    """Whether the row covers the path or lies below it."""
    return covers(row, path) or covers(path, row)


def _text(shape: Shape) -> str:
    if isinstance(shape, StringShape) and shape.enum:
        return str(shape.enum[0])
    pattern = shape.metadata.get("pattern", ".*")
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 10**6)
    fitting = (each for each in STRINGS if low <= len(each) <= high and matches(pattern, each))
    return next(fitting, STRINGS[0])
