"""Locks that are taken off: encryption, public access, versions, isolation, dead-letter queues."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from review.findings import Guard, Thing
from review.resources import Pair
from review.text import shown

SWITCHES: Final[Mapping[str, tuple[str, str]]] = {
    "BlockPublicAcls": ("public-access", "lets public ACLs be put"),
    "BlockPublicPolicy": ("public-access", "lets public policies be put"),
    "IgnorePublicAcls": ("public-access", "heeds public ACLs"),
    "RestrictPublicBuckets": ("public-access", "answers to the public where a policy says so"),
    "EnableKeyRotation": ("encryption", "is no longer rotated"),
    "EnableNetworkIsolation": ("isolation", "may reach the network"),
    "EnableInterContainerTrafficEncryption": (
        "encryption",
        "talks unencrypted among its instances",
    ),
    "DeletionProtection": ("protection", "may be deleted"),
    "DeletionProtectionEnabled": ("protection", "may be deleted"),
    "StorageEncrypted": ("encryption", "is no longer encrypted"),
    "PointInTimeRecoveryEnabled": ("retention", "can't be restored to a point in time"),
}
"""Properties that protect while they are true, wherever they stand in a resource."""

PRESENT: Final[Mapping[str, tuple[str, str]]] = {
    "KmsKeyId": ("encryption", "is not encrypted with a key of its own any more"),
    "VolumeKmsKeyId": ("encryption", "has volumes without a key of their own"),
    "KmsMasterKeyId": ("encryption", "is not encrypted with a key of its own any more"),
    "KMSMasterKeyID": ("encryption", "is not encrypted with a key of its own any more"),
    "BucketEncryption": ("encryption", "does not say how it is encrypted any more"),
    "PublicAccessBlockConfiguration": ("public-access", "does not block public access any more"),
    "DeadLetterConfig": ("delivery", "loses what it can't deliver"),
    "RedrivePolicy": ("delivery", "loses what nobody could handle"),
    "PermissionsBoundary": ("boundary", "has no permissions boundary any more"),
}
"""Properties that protect by being there."""


def locked_guards(pair: Pair) -> Iterator[Guard]:
    """What a resource is no longer protected by."""
    thing = Thing.of(pair.either)
    seen = set()
    for name, before, after in _pairs(*pair.sides):
        if name in SWITCHES and _true(before) and not _true(after):
            kind, told = SWITCHES[name]
            guard = Guard(kind, thing, told, f"{name} true", f"{name} {_said(after)}")
        elif name in PRESENT and before and not after:
            kind, told = PRESENT[name]
            guard = Guard(kind, thing, told, shown(before), None)
        elif name == "VersioningConfiguration" and _versions(before) and not _versions(after):
            guard = Guard("retention", thing, "keeps no old versions of objects", "Enabled", None)
        else:
            continue
        if guard not in seen:
            seen.add(guard)
            yield guard


def _pairs(before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """Name, and value before and after, of everything within both; lists are paired in order."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name, value in sorted(before.items()):
            yield name, value, after.get(name)
            yield from _pairs(value, after.get(name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from _pairs(one, other)


def _true(value: Any) -> bool:
    return value is True or value == "true"


def _said(value: Any) -> str:
    return "not set" if value is None else shown(value)


def _versions(configuration: Any) -> bool:
    return isinstance(configuration, Mapping) and configuration.get("Status") == "Enabled"
