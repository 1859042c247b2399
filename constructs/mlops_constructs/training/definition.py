"""A pipeline definition with placeholders for what only the cloud knows."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TypedDict

from aws_cdk import Fn

PSEUDO_PARAMETERS = frozenset({"AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix"})
"""What Fn::Sub fills in by itself."""


class PipelineValues(TypedDict):
    """What a training pipeline puts for the placeholders of its definition.

    `CodeUri` and `CodeDigest` are the model's scripts as a .tar.gz and its SHA-256,
    `MonitorCodeUri` the scripts of monitors, one of which makes baselines, and `NoChampionUri` an
    archive that stands where a champion's would.
    """

    PipelineName: str
    ModelPackageGroupName: str
    DataBucketName: str
    ArtifactBucketName: str
    KmsKeyArn: str
    JobRoleName: str
    CodeUri: str
    CodeDigest: str
    MonitorCodeUri: str
    NoChampionUri: str


PLACEHOLDERS = frozenset(PipelineValues.__annotations__)
"""The placeholders that every training pipeline fills, besides the accounts of its images."""

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_IMAGE = re.compile(r"\$\{(\w+)\}\.dkr\.ecr\.[^/\"]+/([a-z0-9._/-]+)")


def placeholders(definition: str) -> frozenset[str]:
    """The names between `${` and `}`."""
    return frozenset(_PLACEHOLDER.findall(definition))


def placeholder_problems(subject: str, definition: str, accounts: Collection[str]) -> Iterator[str]:
    """Yields one sentence for each placeholder that nothing would fill.

    Args:
        subject: What the definition is called in the sentence.
        definition: The definition.
        accounts: Placeholders of registries whose accounts are known, such as `XgboostAccount`;
            they stand in front of an image and nowhere else.
    """
    images_of = {account for account, _ in images(definition)}.intersection(accounts)
    known = ", ".join(sorted({*PLACEHOLDERS, *PSEUDO_PARAMETERS, *accounts}))
    for name in sorted(placeholders(definition) - PLACEHOLDERS - PSEUDO_PARAMETERS - images_of):
        yield (f"{subject} has the placeholder ${{{name}}}, which nothing fills; known are {known}")


def filled(definition: str, values: Mapping[str, str]) -> str:
    """The definition with each placeholder replaced when it is deployed (Fn::Sub)."""
    used = placeholders(definition)
    return Fn.sub(definition, {name: value for name, value in values.items() if name in used})


def images(definition: str) -> list[tuple[str, str]]:
    """Each container image it names: placeholder of the registry's account, and repository."""
    return sorted(set(_IMAGE.findall(definition)))
