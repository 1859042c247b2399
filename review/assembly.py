"""What `cdk synth` wrote, as a review reads it: stacks with their templates, and their assets.

The manifest's format: https://docs.aws.amazon.com/cdk/api/v2/docs/cloud-assembly-schema-readme.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from review.refused import Refused

_DEPLOYED_WITH = (
    "assumeRoleArn",
    "cloudFormationExecutionRoleArn",
    "notificationArns",
    "parameters",
    "tags",
    "terminationProtection",
)


@dataclass(frozen=True)
class Stack:
    """One stack as it would be deployed.

    Attributes:
        name: CloudFormation's name of it, which is what makes it the same stack on both sides.
        template: Its template.
        deployed_with: What the template does not say: account and region, tags, protection, roles.
        assets: By content hash.
    """

    name: str
    template: Mapping[str, Any]
    deployed_with: Mapping[str, Any]
    assets: Mapping[str, "Asset"]

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """Logical id to resource."""
        found: Mapping[str, Mapping[str, Any]] = self.template.get("Resources", {})
        return found


@dataclass(frozen=True)
class Asset:
    """A file or folder that is uploaded, or an image that is pushed, before a stack is deployed.

    Attributes:
        digest: The content hash, which templates name it by.
        name: What CDK calls it, such as `Pipeline/Code`.
        path: Where it lies; None for an image that some command makes.
    """

    digest: str
    name: str
    path: Path | None


@dataclass(frozen=True)
class Assembly:
    """A folder that `cdk synth` wrote.

    Attributes:
        folder: Usually called `cdk.out`.
        name: What the page calls this side.
        notes: What its reader should know of how it was made.
    """

    folder: Path
    name: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def stacks(self) -> Mapping[str, Stack]:
        """Name to stack, in the order of names; stages within the app included.

        Raises:
            Refused: The folder holds no assembly, or two stacks in it have one name.
        """
        if not (self.folder / "manifest.json").is_file():
            raise Refused(f"no cloud assembly in {self.folder}: it has no manifest.json")
        found: dict[str, Stack] = {}
        for stack in _stacks(self.folder):
            name = stack.name
            if name in found:  # in two accounts or regions, then
                name = f"{name} ({stack.deployed_with['environment']})"
            if name in found:
                raise Refused(f"two stacks in {self.folder} are called {name}")
            found[name] = stack
        return dict(sorted(found.items()))


def _stacks(folder: Path) -> Iterator[Stack]:
    artifacts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    for key, artifact in sorted(artifacts.items()):
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(folder / properties["directoryName"])
        if artifact["type"] == "aws:cloudformation:stack":
            kept = {name: properties[name] for name in _DEPLOYED_WITH if name in properties}
            template = (folder / properties["templateFile"]).read_text(encoding="utf-8")
            yield Stack(
                name=properties.get("stackName", key),
                template=json.loads(template),
                deployed_with={"environment": artifact.get("environment", ""), **kept},
                assets=_assets(folder, artifacts, artifact, properties["templateFile"]),
            )


def _assets(
    folder: Path, artifacts: Mapping[str, Any], stack: Mapping[str, Any], template: str
) -> dict[str, Asset]:
    needed = {
        *stack.get("dependencies", ()),
        *stack["properties"].get("additionalDependencies", ()),
    }
    found = {}
    for name in sorted(needed & artifacts.keys()):
        if artifacts[name]["type"] == "cdk:asset-manifest":
            file = folder / artifacts[name]["properties"]["file"]
            manifest = json.loads(file.read_text(encoding="utf-8"))
            for kind in ("files", "dockerImages"):
                for digest, asset in manifest.get(kind, {}).items():
                    if asset["source"].get("path") != template:
                        found[digest] = _asset(folder, digest, asset)
    return found


def _asset(folder: Path, digest: str, asset: Mapping[str, Any]) -> Asset:
    inside = asset["source"].get("path") or asset["source"].get("directory")
    path = (folder / inside).resolve() if inside else None
    return Asset(digest=digest, name=asset.get("displayName", digest[:8]), path=path)
