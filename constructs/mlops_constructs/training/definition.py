"""A pipeline definition with placeholders for what only the cloud knows."""

import re
from collections.abc import Iterator, Mapping

from aws_cdk import Fn

PSEUDO_PARAMETERS = frozenset({"AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix"})
"""What Fn::Sub fills in by itself."""

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_IMAGE = re.compile(r"\$\{(\w+)\}\.dkr\.ecr\.[^/\"]+/([a-z0-9._/-]+)")


def placeholders(definition: str) -> frozenset[str]:
    """The names between `${` and `}`."""
    return frozenset(_PLACEHOLDER.findall(definition))


def placeholder_problems(pipeline: str, definition: str, known: frozenset[str]) -> Iterator[str]:
    """Yields one sentence for each placeholder that nothing would fill."""
    for name in sorted(placeholders(definition) - known - PSEUDO_PARAMETERS):
        yield (
            f"the definition of pipeline {pipeline!r} has the placeholder ${{{name}}}, which "
            f"nothing fills; known are {', '.join(sorted(known | PSEUDO_PARAMETERS))}"
        )


def filled(definition: str, values: Mapping[str, str]) -> str:
    """The definition with each placeholder replaced when it is deployed (Fn::Sub)."""
    used = placeholders(definition)
    return Fn.sub(definition, {name: value for name, value in values.items() if name in used})


def images(definition: str) -> list[tuple[str, str]]:
    """Each container image it names: placeholder of the registry's account, and repository."""
    return sorted(set(_IMAGE.findall(definition)))
