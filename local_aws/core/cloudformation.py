"""CloudFormation resource types, declared on top of the operations.

A declaration names the operations that create, read, update and delete the resource. What
replaces it, what Ref gives and where its tags are comes from AWS's schema of the type
(`local_aws.core.resource_schema`); `local_aws.core.resources` makes both work together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Properties = dict[str, Any]


def _as_they_are(properties: Properties) -> Properties:
    return properties


def _at_once(described: dict[str, Any], properties: Properties) -> bool:
    return True


def _nothing(old: Properties, new: Properties) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """How one CloudFormation type maps to the operations of a service.

    Args:
        name: E.g. `AWS::SageMaker::Endpoint`.
        service: botocore's service name.
        identifier: The input members that name the resource to read, update and delete, e.g.
            `("EndpointName",)`. A single one is generated when the template leaves it out.
        scope: Input members that help to find it where the template gives them, e.g. the group
            of a schedule.
        create: The operation that creates it.
        delete: The operation that deletes it.
        read: Its state, from the members of `identifier`; an ApiError if there is none.
        update: The operation for changes in place; None if the schema allows none but tags.
        prepare: The properties in the API's words, where the schema's differ.
        extra: Properties that are no member of create or update, and that `finish` sees to.
        finish: Called with the old and new properties after create (old is empty) and update.
        settled: Given what `read` says and the properties, False while AWS would still wait;
            an ApiError when the resource failed.
        ref: What Ref gives, as a member of `read`, where AWS documents something else than the
            primary identifier.
        named: The input that names the resource to `delete`, made from the identifier.
        refuses_existing: Whether creation fails if there is such a resource; for operations that
            would change it.
    """

    name: str
    service: str
    identifier: tuple[str, ...]
    create: str
    delete: str
    read: Callable[[Properties], dict[str, Any]]
    scope: tuple[str, ...] = ()
    update: str | None = None
    prepare: Callable[[Properties], Properties] = _as_they_are
    extra: tuple[str, ...] = ()
    finish: Callable[[Properties, Properties], None] = _nothing
    settled: Callable[[dict[str, Any], Properties], bool] = _at_once
    ref: str | None = None
    named: Callable[[Properties], Properties] = _as_they_are
    refuses_existing: bool = False


_types: dict[str, ResourceType] = {}


def register(resource_type: ResourceType) -> None:
    """Make a type known to CloudFormation.

    Raises:
        ValueError: The type is declared already.
    """
    if resource_type.name in _types:
        raise ValueError(f"{resource_type.name} is declared twice; keep one")
    _types[resource_type.name] = resource_type


def registered() -> tuple[ResourceType, ...]:
    """All types that were declared."""
    return tuple(_types.values())
