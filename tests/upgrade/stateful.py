"""What of a template has state that an update could lose, and what of it must not change."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.core.resource_schema import resource_schema

SLOT = "Custom::ModelSlot"
CUSTOM = "AWS::CloudFormation::CustomResource"
STATEFUL = (
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SageMaker::Endpoint",
    "AWS::SageMaker::ModelPackageGroup",
    "AWS::SageMaker::Pipeline",
    SLOT,
)
"""Data, versions, traffic, the history of runs, what people subscribed to; and what encrypts it."""

Kept = dict[str, dict[str, Any]]
"""Logical id to its `type` and its `fixed` properties: those that CloudFormation can only set when
it makes the resource, so that a change replaces it."""


def kept(template: Mapping[str, Any]) -> Kept:
    """All that has state in a template."""
    return {
        logical_id: {"type": resource["Type"], "fixed": _fixed(resource)}
        for logical_id, resource in sorted(template["Resources"].items())
        if resource["Type"] in STATEFUL
    }


def losses(before: Mapping[str, Kept], after: Mapping[str, Kept]) -> Iterator[str]:
    """Yields what an update from ``before`` to ``after`` replaces or removes, a sentence each.

    Args:
        before: Stack name to what it keeps.
        after: The same, of the templates that would be deployed over it.
    """
    for stack, resources in before.items():
        for logical_id, was in resources.items():
            yield from _loss(f"{stack}/{logical_id}", was, after.get(stack, {}).get(logical_id))


def _loss(name: str, was: dict[str, Any], now: dict[str, Any] | None) -> Iterator[str]:
    if now is None:
        yield (
            f"{name} ({was['type']}) is no longer in its template, so an update removes it; give"
            " its construct and its stack the ids they had"
        )
    elif now["type"] != was["type"]:
        yield f"{name} was an {was['type']} and is an {now['type']}, so an update replaces it"
    else:
        for prop in sorted(was["fixed"].keys() | now["fixed"].keys()):
            old, new = was["fixed"].get(prop), now["fixed"].get(prop)
            if old != new:
                yield (
                    f"{name} ({was['type']}) has {prop} {_text(new)} and had {_text(old)}, which"
                    " CloudFormation changes by replacing it; give it back"
                )


def _fixed(resource: Mapping[str, Any]) -> dict[str, Any]:
    properties = resource.get("Properties", {})
    if resource["Type"] == SLOT:
        token = resource_schema(CUSTOM).create_only
        fixed = {prop: properties[prop] for prop in sorted(token) if prop in properties}
        # The parameter that its only call makes; nothing ever changes or deletes it.
        return fixed | {"Name": json.loads(properties["Create"])["parameters"]["Name"]}
    create_only = resource_schema(resource["Type"]).create_only
    return {prop: properties[prop] for prop in sorted(create_only) if prop in properties}


def _text(value: Any) -> str:
    return "none" if value is None else json.dumps(value)
