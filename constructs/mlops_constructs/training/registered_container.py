"""The container that a pipeline registers its versions with."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import Fn

from mlops_constructs.problems import refuse
from mlops_constructs.training.definition import placeholders


@dataclass(frozen=True, kw_only=True)
class RegisteredContainer:
    """What all versions of a model run in.

    Attributes:
        image: Its URI.
        environment: Its variables.
    """

    image: str
    environment: Mapping[str, str]

    @staticmethod
    def of(name: str, definition: str, accounts: Mapping[str, str]) -> "RegisteredContainer":
        """The container of a pipeline's model packages.

        Args:
            name: What sentences call the model.
            definition: The pipeline's definition, with `${Placeholders}`.
            accounts: Placeholder to the account of a registry, as `ImageRegistries` finds them.

        Raises:
            InvalidProps: It registers none or several, or one that only a run knows.
        """
        found = list(_containers(json.loads(definition)))
        refuse(_problems(name, found))
        [container] = found
        return RegisteredContainer(
            image=_filled(container["Image"], accounts),
            environment={
                variable: _filled(value, accounts)
                for variable, value in sorted(container.get("Environment", {}).items())
            },
        )


def _containers(node: Any) -> Iterator[dict[str, Any]]:
    """The containers of all inference specifications, at any depth."""
    if isinstance(node, dict):
        yield from node.get("InferenceSpecification", {}).get("Containers", ())
        for value in node.values():
            yield from _containers(value)
    elif isinstance(node, list):
        for value in node:
            yield from _containers(value)


def _problems(name: str, found: list[dict[str, Any]]) -> Iterator[str]:
    if len(found) != 1:
        yield (
            f"model {name!r} can't be served by MultiModel: all its archives run in one container,"
            f" and its pipeline registers {len(found)}; serve it by RealTime"
        )
        return
    [container] = found
    said = {"Image": container.get("Image"), **container.get("Environment", {})}
    unknown = sorted(key for key, value in said.items() if not isinstance(value, str))
    if unknown:
        yield (
            f"model {name!r} can't be served by MultiModel: {', '.join(unknown)} of the container"
            " that its pipeline registers is known in a run only; write it into pipeline.py"
        )


def _filled(text: str, accounts: Mapping[str, str]) -> str:
    used = {name: accounts[name] for name in placeholders(text) & accounts.keys()}
    if used:
        return Fn.sub(text, used)
    return Fn.sub(text) if placeholders(text) else text
