"""Resource types of the local AWS among those of MiniStack's CloudFormation."""

from collections import Counter
from typing import Any

from ministack.services.cloudformation import provisioners, stacks

from local_aws.core import resources
from local_aws.core.cloudformation import Properties, ResourceType, registered
from local_aws.core.resource_schema import resource_schema

_LONGEST_NAME = 63
_CREATIONS: Counter[tuple[str, str]] = Counter()
"""Of each resource, by stack and logical id."""

_runs_on_worker_thread = stacks._runs_on_worker_thread
_sends_back_failed_update = stacks._sends_back_failed_update


def install() -> None:
    """Teach MiniStack every registered type, and that these types wait and can half-fail.

    Waiting (for an endpoint to come into service, say) must not block the event loop. And since
    a service may have changed the resource before its update failed, the rollback of the stack
    sends that resource back too.
    """
    for resource_type in registered():
        _install(resource_type)
    names = frozenset(resource_type.name for resource_type in registered())
    stacks._runs_on_worker_thread = lambda name: name in names or _runs_on_worker_thread(name)
    stacks._sends_back_failed_update = lambda name: name in names or _sends_back_failed_update(name)


def _install(resource_type: ResourceType) -> None:
    schema = resource_schema(resource_type.name)
    provisioners._RESOURCE_HANDLERS[resource_type.name] = _handlers(resource_type)
    provisioners._REPLACING_PROPERTIES[resource_type.name] = tuple(sorted(schema.create_only))
    provisioners._CUSTOM_NAME_REPLACEMENT[resource_type.name] = {"name": resource_type.identifier}
    if schema.tag_property:
        provisioners._STACK_TAG_PROPERTY[resource_type.name] = (schema.tag_property, "list")


def _handlers(resource_type: ResourceType) -> dict[str, Any]:
    def create(logical_id: str, properties: Properties, stack_name: str) -> resources.Resource:
        return resources.create(resource_type, properties, _new_name(stack_name, logical_id))

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> resources.Resource:
        return resources.update(resource_type, physical_id, old, new)

    def delete(physical_id: str, properties: Properties) -> None:
        resources.delete(resource_type, physical_id, properties)

    return {
        "create": create,
        "update": update,
        "update_with_logical_id": True,
        "delete": delete,
    }


def _new_name(stack_name: str, logical_id: str) -> str:
    """Another one for each creation, as AWS draws it: a resource that was kept may have the first.

    A replacement has drawn one already.
    """
    earlier = _CREATIONS[stack_name, logical_id]
    _CREATIONS[stack_name, logical_id] += 1
    seed = provisioners._NAME_SEED.get() or (f"creation {earlier}" if earlier else "")
    drawn = provisioners._NAME_SEED.set(seed)
    try:
        name: str = provisioners._physical_name(stack_name, logical_id, max_len=_LONGEST_NAME)
        return name
    finally:
        provisioners._NAME_SEED.reset(drawn)
