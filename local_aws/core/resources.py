"""The life of a CloudFormation resource: made, changed, deleted by the operations of its type."""

import uuid
from typing import Any

from local_aws.clock import clock
from local_aws.core import api
from local_aws.core.cloudformation import Properties, ResourceType
from local_aws.core.coercion import coerce
from local_aws.core.errors import ApiError, NotImplementedHere
from local_aws.core.operations import dispatch
from local_aws.core.resource_schema import resource_schema

# The longer something takes, the seldomer it is looked at: after 0.1 to 10 s, a tenth of the time.
_LOOK_AGAIN_SECONDS = (0.1, 10.0)
# The operations that set tags and take them away, for services whose types' tags may change.
_TAGGING = {"sagemaker": ("AddTags", "DeleteTags"), "scheduler": ("TagResource", "UntagResource")}
Resource = tuple[str, dict[str, Any]]


class ResourceFailure(Exception):
    """Why a resource could not be made, changed or deleted, as a stack's event tells it."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(f'Resource handler returned message: "{error.message}" ({error.code})')


def create(resource_type: ResourceType, properties: Properties, generated_name: str) -> Resource:
    """Make the resource and wait until it is settled; one that fails then is deleted again.

    Returns:
        The physical id and the attributes for Fn::GetAtt.

    Raises:
        ResourceFailure: AWS's API refused, or the resource failed.
    """
    given = _named(resource_type, resource_type.prepare(properties), generated_name)
    try:
        _refuse_unknown(resource_type, given)
        _refuse_existing(resource_type, given)
        _send(resource_type, resource_type.create, given)
    except ApiError as error:
        raise ResourceFailure(error) from error
    try:
        resource_type.finish({}, given)
        return _settle(resource_type, given)
    except ApiError as error:
        _remove(resource_type, given)
        raise ResourceFailure(error) from error


def update(
    resource_type: ResourceType, physical_id: str, old: Properties, new: Properties
) -> Resource:
    """Change the resource in place and wait until it is settled.

    Raises:
        ResourceFailure: AWS's API refused, or the change failed.
    """
    before = _identified(resource_type, physical_id, old)
    after = _identified(resource_type, physical_id, new)
    try:
        _refuse_unknown(resource_type, after)
        if resource_type.update and _without_tags(resource_type, before) != _without_tags(
            resource_type, after
        ):
            _send(resource_type, resource_type.update, after)
        resource_type.finish(before, after)
        settled = _settle(resource_type, after)
        _change_tags(resource_type, before, after)
    except ApiError as error:
        raise ResourceFailure(error) from error
    return settled


def delete(resource_type: ResourceType, physical_id: str, properties: Properties) -> None:
    """Delete the resource and wait until it is gone; one that is gone already is no failure.

    Raises:
        ResourceFailure: AWS's API refused.
    """
    given = _identified(resource_type, physical_id, properties)
    try:
        resource_type.read(_names(resource_type, given))
    except ApiError:
        return
    try:
        _remove(resource_type, given)
    except ApiError as error:
        raise ResourceFailure(error) from error


def _named(resource_type: ResourceType, given: Properties, generated_name: str) -> Properties:
    name, *others = resource_type.identifier
    return given if others else {name: generated_name, **given}


def _identified(
    resource_type: ResourceType, physical_id: str, properties: Properties
) -> Properties:
    """The properties with the name that the resource got, which its physical id ends in."""
    name = physical_id.rsplit("/", 1)[-1]
    return _named(resource_type, resource_type.prepare(properties), name)


def _names(resource_type: ResourceType, given: Properties) -> Properties:
    names = {name: given[name] for name in resource_type.identifier}
    return names | {name: given[name] for name in resource_type.scope if name in given}


def _send(resource_type: ResourceType, action: str, given: Properties) -> None:
    shape = api.input_shape(resource_type.service, action)
    members = {name: value for name, value in given.items() if name in shape.members}
    for name, member in shape.members.items():
        if member.metadata.get("idempotencyToken"):
            members[name] = str(uuid.uuid4())
    dispatch(resource_type.service, action, coerce(members, shape))


def _settle(resource_type: ResourceType, given: Properties) -> Resource:
    began = clock.now()
    while True:
        described = resource_type.read(_names(resource_type, given))
        if resource_type.settled(described, given):
            break
        _wait_since(began)
    schema = resource_schema(resource_type.name)
    attributes = {
        name: value
        for name, value in {**given, **described}.items()
        if name in schema.properties - schema.write_only
    }
    if resource_type.ref:
        return described[resource_type.ref], attributes
    return "|".join(attributes[name] for name in schema.primary_identifier), attributes


def _remove(resource_type: ResourceType, given: Properties) -> None:
    _send(resource_type, resource_type.delete, resource_type.named(_names(resource_type, given)))
    began = clock.now()
    while True:
        try:
            resource_type.read(_names(resource_type, given))
        except ApiError:
            return
        _wait_since(began)


def _wait_since(began: float) -> None:
    shortest, longest = _LOOK_AGAIN_SECONDS
    clock.sleep(min(max((clock.now() - began) / 10, shortest), longest), quiet=True)


def _refuse_unknown(resource_type: ResourceType, given: Properties) -> None:
    actions = filter(None, (resource_type.create, resource_type.update))
    known = {
        *resource_type.extra,
        *(m for action in actions for m in api.input_shape(resource_type.service, action).members),
    }
    unknown = sorted(given.keys() - known)
    if unknown:
        raise NotImplementedHere(
            f"{resource_type.name}: the local AWS does not implement {', '.join(unknown)}"
        )


def _refuse_existing(resource_type: ResourceType, given: Properties) -> None:
    if not resource_type.refuses_existing:
        return
    names = _names(resource_type, given)
    try:
        resource_type.read(names)
    except ApiError:
        return
    raise ApiError(f"{', '.join(names.values())} already exists", code="AlreadyExists")


def _without_tags(resource_type: ResourceType, given: Properties) -> Properties:
    tags = resource_schema(resource_type.name).tag_property
    passed_over = {tags, *resource_type.extra}
    return {name: value for name, value in given.items() if name not in passed_over}


def _change_tags(resource_type: ResourceType, before: Properties, after: Properties) -> None:
    schema = resource_schema(resource_type.name)
    if resource_type.service not in _TAGGING or schema.tag_property is None:
        return
    old, new = (
        {tag["Key"]: tag["Value"] for tag in given.get(schema.tag_property) or ()}
        for given in (before, after)
    )
    service, (tag, untag) = resource_type.service, _TAGGING[resource_type.service]
    described = resource_type.read(_names(resource_type, after))
    kind = resource_type.name.rsplit("::", 1)[-1]
    resource = described.get("Arn") or described[f"{kind}Arn"]
    if gone := sorted(old.keys() - new.keys()):
        dispatch(service, untag, {"ResourceArn": resource, "TagKeys": gone})
    if changed := [{"Key": k, "Value": v} for k, v in new.items() if old.get(k) != v]:
        dispatch(service, tag, {"ResourceArn": resource, "Tags": changed})
