"""Whether AWS's images, which the jobs run in, are in the region."""

import re
from collections.abc import Iterator, Sequence

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.finding import Finding, Weight
from operate.preflight.template import World
from operate.refused import Refused
from operate.said import is_denied

CHECK = "images"
_IMAGE = re.compile(r"(\w+)\.dkr\.ecr\.[\w.-]+/([\w./-]+?):([\w.-]+)")
_GONE = ("RepositoryNotFoundException", "ImageNotFoundException")


def images(account: Account, world: World, stacks: Sequence[PlannedStack]) -> Iterator[Finding]:
    """Yields each registry that is not known for the region, and each image that is not in it."""
    yield from _registries(world, stacks)
    for registry, repository, tag in sorted({i for s in stacks for i in _images(s, world)}):
        yield from _image(account, world, registry, repository, tag)


def _registries(world: World, stacks: Sequence[PlannedStack]) -> Iterator[Finding]:
    for stack in stacks:
        for mapping in stack.template.mappings.values():
            accounts = {name for names in mapping.values() for name in names}
            if not all(name.endswith("Account") for name in accounts) or world.region in mapping:
                continue
            yield Finding(
                Weight.STOPS,
                CHECK,
                f"{stack.name} knows no registry of {', '.join(sorted(accounts))} in"
                f" {world.region}; it knows those of {', '.join(sorted(mapping))}",
                "deploy to one of these regions (region= in config/stages.py), or renew the list"
                " with `make definitions`",
            )


def _images(stack: PlannedStack, world: World) -> Iterator[tuple[str, str, str]]:
    for _, definition in stack.template.pipelines(world):
        for found in _IMAGE.finditer(str(definition)):
            if found[1].isdigit():
                yield found[1], found[2], found[3]


def _image(
    account: Account, world: World, registry: str, repository: str, tag: str
) -> Iterator[Finding]:
    name = f"{registry}.dkr.ecr.{world.region}.{world.pseudo_parameters['AWS::URLSuffix']}"
    image = f"{name}/{repository}:{tag}"
    try:
        account.read(
            "ecr",
            "describe_images",
            registryId=registry,
            repositoryName=repository,
            imageIds=[{"imageTag": tag}],
        )
    except Refused as refused:
        if refused.code in _GONE:
            todo = "name a version in pipeline.py that the region has, then `make definitions`"
            yield Finding(Weight.STOPS, CHECK, f"there is no image {image}", todo)
        elif is_denied(refused.code):
            yield Finding(
                Weight.UNKNOWN,
                CHECK,
                f"whether {image} is there can't be told: its registry lets other accounts pull but"
                " not describe",
                f"with Docker at hand: `docker manifest inspect {image}` after `aws ecr"
                f" get-login-password`; else the first run shows it",
            )
        else:
            raise
