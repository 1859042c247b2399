"""Names that are taken by something that none of the stacks has made."""

import json
from collections.abc import Iterator, Sequence

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.finding import Finding, Weight
from operate.preflight.names import NAMED, owned
from operate.preflight.template import World

CHECK = "names"
IMPORTABLE = ("AWS::S3::Bucket", "AWS::SageMaker::ModelPackageGroup")
"""What a stack keeps when it is destroyed, and its successor adopts."""

_SLOT = "Custom::ModelSlot"


def clashes(account: Account, world: World, stacks: Sequence[PlannedStack]) -> Iterator[Finding]:
    """Yields each name that a deployment would find taken, and each slot that it would adopt."""
    for stack in stacks:
        ours = owned(account, stack.name)
        for kind, properties in stack.template.named(*NAMED):
            name = stack.template.text(properties.get(NAMED[kind].prop), world)
            if name and name not in ours and NAMED[kind].exists(account, name):
                yield _taken(stack.name, kind, name)
        for properties in stack.template.resources(_SLOT):
            yield from _slot(account, stack.name, json.loads(properties["Create"]), ours)


def _taken(stack: str, kind: str, name: str) -> Finding:
    noun = NAMED[kind].noun
    what = f"the {noun} {name} exists already and belongs to no stack called {stack}"
    todo = f"delete the {noun}, or give the stage or the model another name"
    if kind in IMPORTABLE:
        todo = (
            "if an earlier deployment left it, adopt it: `cdk deploy --import-existing-resources"
            f" {stack.replace('-', '/', 1)}`; else give the stage or the model another name"
        )
    return Finding(Weight.STOPS, CHECK, what, todo)


def _slot(
    account: Account, stack: str, create: dict[str, dict[str, str]], ours: set[str]
) -> Iterator[Finding]:
    name = create["parameters"]["Name"]
    found = account.read("ssm", "get_parameters", Names=[name])["Parameters"]
    if name in ours or not found or found[0]["Value"] == create["parameters"]["Value"]:
        return
    yield Finding(
        Weight.LATER,
        CHECK,
        f"the slot {name} exists, belongs to no stack called {stack} and says"
        f" {found[0]['Value']!r}, which the first deployment would serve",
        f"leave it if that is what you want; else `aws ssm delete-parameter --name {name}`",
    )
