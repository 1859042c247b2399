"""What `cdk synth` wrote: the stacks, where each is to go, and what they hold."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operate.preflight.template import Template, World
from operate.refused import Refused

_ANYWHERE = ("unknown-account", "unknown-region")


@dataclass(frozen=True)
class PlannedStack:
    """A stack that is to be deployed.

    Attributes:
        name: Its name.
        account: The account it is to go to; empty if it goes wherever the credentials point.
        region: The region; likewise.
        template: Its template.
        bootstrap_version: What CDK's bootstrap stack must have at least; 0 if nothing is asked.
        bootstrap_parameter: The SSM parameter that holds it.
        execution_role: ARN of the role that CloudFormation takes, with `${AWS::…}` in it.
    """

    name: str
    account: str
    region: str
    template: Template
    bootstrap_version: int
    bootstrap_parameter: str
    execution_role: str

    def goes_to(self, world: World) -> bool:
        """Whether it is to be deployed there."""
        return self.account in ("", world.account) and self.region in ("", world.region)


def read_assembly(folder: Path) -> list[PlannedStack]:
    """All stacks of an assembly and of those nested in it.

    Raises:
        Refused: The folder holds no assembly, or one without stacks.
    """
    try:
        stacks = list(_stacks(folder))
    except (OSError, ValueError, KeyError) as error:
        raise Refused(
            f"{folder} is no whole cloud assembly ({type(error).__name__}: {error}); make one with"
            " `cdk synth`, or name another with --assembly"
        ) from error
    if not stacks:
        raise Refused(f"the cloud assembly {folder} has no stacks; make it with `cdk synth`")
    return stacks


def _stacks(folder: Path) -> Iterator[PlannedStack]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for identifier, artifact in manifest["artifacts"].items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(folder / properties["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            named = {"stackName": identifier, **properties}  # left out where both are the same
            yield _stack(folder, artifact["environment"], named)


def _stack(folder: Path, environment: str, properties: Mapping[str, Any]) -> PlannedStack:
    account, region = environment.removeprefix("aws://").split("/")
    text = (folder / properties["templateFile"]).read_text(encoding="utf-8")
    return PlannedStack(
        name=properties["stackName"],
        account="" if account in _ANYWHERE else account,
        region="" if region in _ANYWHERE else region,
        template=Template(json.loads(text)),
        bootstrap_version=properties.get("requiresBootstrapStackVersion", 0),
        bootstrap_parameter=properties.get("bootstrapStackVersionSsmParameter", ""),
        execution_role=properties.get("cloudFormationExecutionRoleArn", ""),
    )
