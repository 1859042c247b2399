"""Data that is kept for a shorter time, or no longer outlives its stack.

What happens when nothing is said is CloudFormation's documented default: log events and objects
stay for ever, messages four days, and what leaves a template is deleted.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from review.findings import Guard, Thing
from review.numbers import as_number, at
from review.resources import Pair
from review.text import shown

FOR_EVER: Final = float("inf")
PERIODS: Final[Mapping[str, tuple[str, float, str]]] = {
    "AWS::Logs::LogGroup": ("RetentionInDays", FOR_EVER, "days"),
    "AWS::SQS::Queue": ("MessageRetentionPeriod", 345_600, "seconds"),
    "AWS::KMS::Key": ("PendingWindowInDays", 30, "days"),
    "AWS::RDS::DBInstance": ("BackupRetentionPeriod", 1, "days"),
    "AWS::RDS::DBCluster": ("BackupRetentionPeriod", 1, "days"),
    "AWS::Events::Archive": ("RetentionDays", FOR_EVER, "days"),
    "AWS::Kinesis::Stream": ("RetentionPeriodHours", 24, "hours"),
}
"""Type to the property that says how long, what it means when it is not set, and its unit."""

_EXPIRIES: Final = (
    "ExpirationInDays",
    "NoncurrentVersionExpiration.NoncurrentDays",
    "NoncurrentVersionExpirationInDays",
)


def kept_guards(pair: Pair) -> Iterator[Guard]:
    """What a resource keeps for less long."""
    thing = Thing.of(pair.either)
    if pair.either.type in PERIODS:
        path, default, unit = PERIODS[pair.either.type]
        sides = [_period(side, path, default) for side in pair.sides]
        yield from _shorter(thing, "keeps what it has for less long", sides, unit)
    if pair.either.type == "AWS::S3::Bucket":
        yield from _objects(pair)
    yield from _policies(pair)


def _objects(pair: Pair) -> Iterator[Guard]:
    before, after = (_expiries(side) for side in pair.sides)
    for key in sorted(before.keys() | after.keys()):
        told = f"keeps objects for less long ({key})"
        sides = [side.get(key, FOR_EVER) for side in (before, after)]
        yield from _shorter(Thing.of(pair.either), told, sides, "days")


def _expiries(bucket: Mapping[str, Any]) -> dict[str, float]:
    """Rule and property to days, of the rules that are enabled."""
    found: dict[str, float] = {}
    rules = at(bucket, "LifecycleConfiguration.Rules") or []
    for rule in rules if isinstance(rules, list) else []:
        if not isinstance(rule, dict) or rule.get("Status") != "Enabled":
            continue
        where = shown(rule.get("Prefix") or rule.get("TagFilters") or "all of them")
        for path in _EXPIRIES:
            days = as_number(at(rule, path))
            if days is not None:
                key = f"{where}: {path}"
                found[key] = min(days, found.get(key, FOR_EVER))
    return found


def _period(properties: Mapping[str, Any], path: str, default: float) -> float | None:
    given = at(properties, path)
    return default if given is None else as_number(given)


def _shorter(
    thing: Thing, told: str, sides: list[float | None] | list[float], unit: str
) -> Iterator[Guard]:
    before, after = sides
    if before is not None and after is not None and after < before:
        yield Guard("retention", thing, told, _said(before, unit), _said(after, unit))


def _said(period: float, unit: str) -> str:
    return "for ever" if period == FOR_EVER else f"{period:g} {unit}"


def _policies(pair: Pair) -> Iterator[Guard]:
    before, after = (side.body if side else {} for side in (pair.base, pair.head))
    lost = [
        (when, old)
        for policy, when in (
            ("DeletionPolicy", "when it leaves its stack"),
            ("UpdateReplacePolicy", "when it is replaced"),
        )
        if (old := str(before.get(policy, "Delete"))).startswith(("Retain", "Snapshot"))
        and after.get(policy, "Delete") == "Delete"
    ]
    if lost:
        told = "is deleted " + " and ".join(when for when, _ in lost)
        yield Guard("retention", Thing.of(pair.either), told, lost[0][1], "Delete")
