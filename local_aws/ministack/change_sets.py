"""Change sets of templates with conditions.

A resource whose condition is false is none
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html),
so a change set removes it if it exists and adds it once the condition turns true. MiniStack
compares what both templates declare, whatever their conditions say.
"""

from typing import Any

from ministack.services.cloudformation import changesets

_resolve_props_for_diff = changesets._resolve_props_for_diff


def install() -> None:
    """Compare only what the conditions of either side let be."""
    changesets._resolve_props_for_diff = _resolve


def _resolve(
    template: dict[str, Any], params: dict[str, Any], stack_name: str, stack_id: str
) -> dict[str, Any]:
    resolved: dict[str, Any] = _resolve_props_for_diff(template, params, stack_name, stack_id)
    met = changesets._evaluate_conditions(template, params)
    return {
        **resolved,
        "Resources": {
            name: resource
            for name, resource in resolved.get("Resources", {}).items()
            if met.get(resource.get("Condition"), True)
        },
    }
