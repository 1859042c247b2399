"""Responses of the local AWS, held against the output shapes of AWS's API models."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from local_aws.launch import LocalAws

CHECKED = ("sagemaker", "application-autoscaling", "cloudwatch", "scheduler")
# local_aws/assumptions.toml: package-versions-have-no-name
_ASSUMED_ABSENT = {"ModelPackageName"}


def checked_clients(aws: LocalAws) -> Callable[[str], Any]:
    """`client("sagemaker")` is a boto3 client whose every response is checked."""
    made: dict[str, Any] = {}

    def connect(service: str) -> Any:
        if service not in made:
            made[service] = boto3.session.Session().client(service, **aws.client_arguments())
            if service in CHECKED:
                made[service].meta.events.register("after-call", check)
        return made[service]

    return connect


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
