"""Stack policies, which MiniStack keeps and does not enforce.

Once a stack has a policy, every update of a resource needs a statement that allows it and none
that denies it
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html).
"""

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners, stacks

_update_keeping_seed = stacks._update_keeping_seed
_validation_errors = stacks._validation_errors
Statement = dict[str, Any]


def install() -> None:
    """Ask the stack's policy before a resource is changed, replaced or deleted by an update."""
    stacks._update_keeping_seed = _update
    stacks._validation_errors = _validate


def denial(policy: str, action: str, logical_id: str, resource_type: str) -> str | None:
    """Why a policy forbids an action on a resource; None if it allows it.

    Args:
        policy: The policy's JSON; empty if the stack has none.
        action: `Update:Modify`, `Update:Replace` or `Update:Delete`.
        logical_id: The resource's id in the template.
        resource_type: E.g. `AWS::SageMaker::Endpoint`.
    """
    if not policy:
        return None
    statements = json.loads(policy)["Statement"]
    concerned = [
        (number, statement["Effect"])
        for number, statement in enumerate(statements, start=1)
        if _concerns(statement, action, logical_id, resource_type)
    ]
    denied = [number for number, effect in concerned if effect == "Deny"]
    if concerned and not denied:
        return None
    wanted = f"[{action}] for resource [{logical_id}]"
    if denied:
        return f"Action denied by stack policy: Statement [#{denied[0]}] does not allow {wanted}"
    return f"Action not allowed by stack policy: no statement allows {wanted}"


def _concerns(statement: Statement, action: str, logical_id: str, resource_type: str) -> bool:
    types = statement.get("Condition", {}).get("StringEquals", {}).get("ResourceType")
    like = statement.get("Condition", {}).get("StringLike", {}).get("ResourceType")
    return (
        _named(statement, "Action", action)
        and _named(statement, "Resource", f"LogicalResourceId/{logical_id}")
        and (types is None or resource_type in _listed(types))
        and (like is None or _any_like(_listed(like), resource_type))
    )


def _named(statement: Statement, member: str, value: str) -> bool:
    if f"Not{member}" in statement:
        return not _any_like(_listed(statement[f"Not{member}"]), value)
    return _any_like(_listed(statement[member]), value)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _any_like(patterns: Iterable[str], value: str) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def _policy(stack_name: str) -> str:
    return str(cloudformation._stacks[stack_name].get("_stack_policy") or "")


def _update(
    resource_type: str,
    physical_id: str,
    old: dict[str, Any],
    new: dict[str, Any],
    stack_name: str,
    logical_id: str,
    *rest: Any,
) -> Any:
    replaces = provisioners._replacing_change(resource_type, old, new)
    action = "Update:Replace" if replaces else "Update:Modify"
    reason = denial(_policy(stack_name), action, logical_id, resource_type) if old != new else None
    if reason:
        raise ValueError(reason)
    arguments = (resource_type, physical_id, old, new, stack_name, logical_id, *rest)
    return _update_keeping_seed(*arguments)


def _validate(
    definitions: dict[str, Any], ordered: list[str], *rest: Any, **named: Any
) -> list[tuple[str, str, str, str, str]]:
    """MiniStack's problems with a template, and resources it drops that the policy protects."""
    problems = list(_validation_errors(definitions, ordered, *rest, **named))
    stack_name = rest[3]
    resources = cloudformation._stacks[stack_name].get("_resources", {})
    for logical_id in resources.keys() - set(ordered):
        kind = resources[logical_id]["ResourceType"]
        reason = denial(_policy(stack_name), "Update:Delete", logical_id, kind)
        if reason:
            path = f"/Resources/{logical_id}"
            problems.append((logical_id, kind, "STACK_POLICY", path, reason))
    return problems
