"""The resources of two assemblies, side by side."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from review.assembly import Assembly, Stack

NOUNS: Final[Mapping[str, str]] = {
    "AWS::SageMaker::DataQualityJobDefinition": "job-definition",
    "AWS::SageMaker::ModelQualityJobDefinition": "job-definition",
    "AWS::SageMaker::ModelBiasJobDefinition": "job-definition",
    "AWS::SageMaker::ModelExplainabilityJobDefinition": "job-definition",
    "AWS::SageMaker::ModelPackageGroup": "group",
    "AWS::CloudFormation::CustomResource": "custom-resource",
    "Custom::ModelSlot": "slot",
}
"""Where the last part of the type's name is not what people say."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


@dataclass(frozen=True)
class Resource:
    """One resource of a template.

    Attributes:
        stack: The name of its stack.
        logical_id: Its name in the template.
        body: What the template says of it.
    """

    stack: str
    logical_id: str
    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        """Such as `AWS::SageMaker::Endpoint`."""
        return str(self.body.get("Type", ""))

    @property
    def properties(self) -> Mapping[str, Any]:
        """As the template has them."""
        found: Mapping[str, Any] = self.body.get("Properties") or {}
        return found

    @property
    def noun(self) -> str:
        """What kind of thing it is, in a word that `--fail-on` knows too: `endpoint`, `key`."""
        return noun(self.type)

    @property
    def path(self) -> str:
        """The construct's path below its stack, without CDK's own `Resource` at its end."""
        path = str((self.body.get("Metadata") or {}).get("aws:cdk:path", ""))
        parts = path.split("/")
        own = next((n for n, part in enumerate(parts) if _ends(self.stack, part)), -1)
        inner = [part for part in parts[own + 1 :] if part not in ("Resource", "Default")]
        return "/".join(inner) or self.logical_id

    @property
    def name(self) -> str:
        """Its own name if the template gives it one, else the path of its construct."""
        given = self.properties.get(name_property(self.type, self.properties) or "")
        return given if isinstance(given, str) else self.path

    def __str__(self) -> str:
        return f"{self.noun.replace('-', ' ')} `{self.name}`"


@dataclass(frozen=True)
class Pair:
    """One resource on both sides; it may be missing on one."""

    base: Resource | None
    head: Resource | None

    @property
    def either(self) -> Resource:
        """The resource as it will be, or as it was if it goes."""
        known = self.head or self.base
        assert known is not None
        return known

    @property
    def sides(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The properties before and after; empty where it is missing."""
        return (
            self.base.properties if self.base else {},
            self.head.properties if self.head else {},
        )


@dataclass(frozen=True)
class StackPair:
    """One stack on both sides; it may be missing on one."""

    name: str
    base: Stack | None
    head: Stack | None

    @property
    def templates(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Both templates; empty where the stack is missing."""
        return (
            self.base.template if self.base else {},
            self.head.template if self.head else {},
        )

    @property
    def resources(self) -> Iterator[Pair]:
        """In the order of their logical ids."""
        base, head = (side.resources if side else {} for side in (self.base, self.head))
        for key in sorted(base.keys() | head.keys()):
            yield Pair(
                Resource(self.name, key, base[key]) if key in base else None,
                Resource(self.name, key, head[key]) if key in head else None,
            )


def stack_pairs(base: Assembly, head: Assembly) -> list[StackPair]:
    """All stacks of both, in the order of their names."""
    names = sorted(base.stacks.keys() | head.stacks.keys())
    return [StackPair(name, base.stacks.get(name), head.stacks.get(name)) for name in names]


def noun(type_name: str) -> str:
    """The last part of a type, such as endpoint-config of `AWS::SageMaker::EndpointConfig`."""
    if type_name in NOUNS:
        return NOUNS[type_name]
    if type_name.startswith("Custom::"):
        return "custom-resource"
    words: list[str] = _WORD.findall(type_name.split("::")[-1])
    return "-".join(words).lower()


def name_property(type_name: str, properties: Mapping[str, Any]) -> str | None:
    """The property that names the resource, such as BucketName or Name, if it is given."""
    last = type_name.split("::")[-1]
    for key in properties:
        if key.endswith("Name") and last.endswith(key.removesuffix("Name")):
            return key
    return None


def _ends(stack: str, part: str) -> bool:
    return bool(part) and (stack == part or stack.endswith(f"-{part}"))
