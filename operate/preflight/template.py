"""What a template's values are in one account and region, as far as that is known before."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_PLACEHOLDER = re.compile(r"\$\{([^!{}]+)\}")


@dataclass(frozen=True)
class World:
    """Where a template is to go.

    Attributes:
        account: The 12-digit account.
        region: The region.
        partition: `aws`, `aws-cn` or `aws-us-gov`.
    """

    account: str
    region: str
    partition: str = "aws"

    @property
    def pseudo_parameters(self) -> dict[str, str]:
        """What CloudFormation's pseudo parameters are there."""
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        return {
            "AWS::AccountId": self.account,
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::URLSuffix": suffix,
        }

    def fill(self, text: str) -> str:
        """``text`` with its `${AWS::…}` filled in."""
        known = self.pseudo_parameters
        return _PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), text)


class Template:
    """A synthesized template.

    Args:
        body: The template.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.mappings: Mapping[str, Any] = body.get("Mappings", {})
        self._resources: Mapping[str, Any] = body.get("Resources", {})

    def resources(self, *types: str) -> Iterator[Mapping[str, Any]]:
        """The properties of all resources of these types."""
        for _, properties in self.named(*types):
            yield properties

    def named(self, *types: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Type and properties of all resources of these types."""
        for resource in self._resources.values():
            if resource["Type"] in types:
                yield resource["Type"], resource.get("Properties", {})

    def kept(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """The properties of all resources of a type that outlive their stack."""
        for resource in self._resources.values():
            if resource["Type"] == kind and resource.get("DeletionPolicy") == "Retain":
                yield resource.get("Properties", {})

    def pipelines(self, world: World) -> Iterator[tuple[str, dict[str, Any]]]:
        """Name and definition of each pipeline; what only a deployment knows is `unknown`."""
        for properties in self.resources("AWS::SageMaker::Pipeline"):
            body = properties["PipelineDefinition"].get("PipelineDefinitionBody")
            text = self.text(body, world, otherwise="unknown")
            if text is not None:
                name = self.text(properties.get("PipelineName"), world, otherwise="unknown")
                yield name or "unknown", json.loads(text)

    def text(self, value: Any, world: World, *, otherwise: str | None = None) -> str | None:
        """A value as text.

        Args:
            value: A literal, or a function of CloudFormation.
            world: Where the template goes.
            otherwise: What stands for parts that are not known before; by default the whole is
                None then.
        """
        if isinstance(value, str | int | float):
            return str(value)
        if not isinstance(value, dict) or len(value) != 1:
            return otherwise
        [(function, argument)] = value.items()
        if function == "Ref":
            return world.pseudo_parameters.get(argument, otherwise)
        if function == "Fn::Join":
            parts = [self.text(part, world, otherwise=otherwise) for part in argument[1]]
            known = [part for part in parts if part is not None]
            return str(argument[0]).join(known) if len(known) == len(parts) else None
        if function == "Fn::Sub":
            return self._substituted(argument, world, otherwise)
        if function == "Fn::FindInMap":
            return self._looked_up(argument, world) or otherwise
        return otherwise

    def _substituted(self, argument: Any, world: World, otherwise: str | None) -> str | None:
        text, values = argument if isinstance(argument, list) else (argument, {})
        unknown = False

        def value(found: re.Match[str]) -> str:
            nonlocal unknown
            name = found[1]
            given = values.get(name, {"Ref": name})
            known = self.text(given, world, otherwise=otherwise)
            unknown = unknown or known is None
            return known or ""

        filled = _PLACEHOLDER.sub(value, text)
        return None if unknown else filled.replace("${!", "${")

    def _looked_up(self, argument: list[Any], world: World) -> str | None:
        keys = [self.text(key, world) or "" for key in argument[:3]]
        found: str | None = self.mappings.get(keys[0], {}).get(keys[1], {}).get(keys[2])
        return found
