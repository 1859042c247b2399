"""Responses of the local AWS, held against the output shapes of AWS's API models."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

# local_aws/assumptions.toml: package-versions-have-no-name
_ASSUMED_ABSENT = {"ModelPackageName"}


def check(http_response: AWSResponse, model: OperationModel, **_: Any) -> None:
    """A handler of botocore's `after-call` event: fails on a member that AWS does not have."""
    spoken = model.service_model.metadata
    protocols = spoken.get("protocols", (spoken["protocol"],))
    if http_response.status_code != 200 or not {"json", "rest-json"} & set(protocols):
        return
    assert isinstance(model.output_shape, StructureShape) or http_response.content in (b"", b"{}")
    if model.output_shape is not None:
        found = list(problems(json.loads(http_response.content), model.output_shape, model.name))
        assert not found, "\n".join(found)


def problems(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from (
            f"{path}.{name}: AWS has no such member" for name in value.keys() - shape.members
        )
        missing = set(shape.required_members) - value.keys() - _ASSUMED_ABSENT
        yield from (f"{path}.{name}: AWS always has it" for name in missing)
        for name in value.keys() & shape.members.keys():
            yield from problems(value[name], shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for item in value:
            yield from problems(item, shape.member, f"{path}[]")
    elif isinstance(shape, MapShape):
        for item in value.values():
            yield from problems(item, shape.value, f"{path}{{}}")
