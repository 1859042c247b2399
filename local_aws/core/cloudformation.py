"""CloudFormation resource types on top of the operations.

A type says which operations create, read, update and delete it; names, attributes and what forces
a replacement come from AWS's own resource schema (`local_aws.core.resource_schema`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Properties = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """How one CloudFormation type maps to the operations of a service.

    Args:
        name: E.g. `AWS::SageMaker::Endpoint`.
        service: botocore's service name.
        identifier: The input member that names the resource, e.g. `EndpointName`; the property of
            the same name is generated when the template leaves it out.
        create: The operation that creates it; properties become its input.
        describe: The operation that reads it, whose output gives the attributes.
        delete: The operation that deletes it.
        update: The operation that changes what the schema lets change in place; None if every
            change replaces the resource.
        input_of: Turns properties into the input of create or update, where they differ in more
            than the schema says; gets (properties, operation name).
        attributes: Attributes that the describe output has under another name: attribute -> member.
        id_members: Extra input members of describe, update and delete that identify the
            resource besides `identifier`, taken from the properties.
        settled: Given the describe output, None while the resource is still being made or
            changed, else True; raises ApiError when it failed. The default is "at once".
        max_name: The longest generated name.
    """

    name: str
    service: str
    identifier: str
    create: str
    describe: str
    delete: str
    update: str | None = None
    input_of: Callable[[Properties, str], Properties] = lambda properties, _: properties
    attributes: Mapping[str, str] = field(default_factory=dict)
    id_members: tuple[str, ...] = ()
    settled: Callable[[dict[str, Any]], bool | None] = lambda _: True
    max_name: int = 63


_types: dict[str, ResourceType] = {}


def register(resource_type: ResourceType) -> None:
    """Make a type known to CloudFormation; templates may use it from then on."""
    _types[resource_type.name] = resource_type


def registered() -> tuple[ResourceType, ...]:
    """All types that were registered."""
    return tuple(_types.values())
