"""Alarms, monitors, schedules and rules that are no longer in the app."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from review.findings import Guard, Thing
from review.guards.alarms import ALARMS
from review.guards.schedules import SCHEDULES, kind_of
from review.resources import Pair, Resource, StackPair
from review.text import shown

_JOBS: Final = (
    "AWS::SageMaker::DataQualityJobDefinition",
    "AWS::SageMaker::ModelQualityJobDefinition",
    "AWS::SageMaker::ModelBiasJobDefinition",
    "AWS::SageMaker::ModelExplainabilityJobDefinition",
)
WATCHERS: Final = (*ALARMS, *SCHEDULES, *_JOBS)


def removed_guards(pairs: Iterable[StackPair]) -> Iterator[Guard]:
    """One for each that went, and one for a whole stack of them."""
    pairs = list(pairs)
    there = {_identity(pair.head) for stack in pairs for pair in stack.resources if pair.head}
    for stack in pairs:
        gone = [
            pair.base
            for pair in stack.resources
            if _is_gone(pair) and pair.base and _identity(pair.base) not in there
        ]
        if gone and stack.head is None:
            counts = Counter(kind_of_watcher(one) for one in gone)
            told = "is no longer in the app, and with it " + ", ".join(
                f"{number} {kind}{'s' if number > 1 else ''}" for kind, number in counts.items()
            )
            kind = "monitor" if "monitor" in counts else next(iter(counts))
            yield Guard(kind, Thing.whole(stack.name), told)
        elif stack.head:
            for one in gone:
                yield Guard(kind_of_watcher(one), Thing.of(one), "is removed", _said(one), None)


def kind_of_watcher(resource: Resource) -> str:
    """`alarm`, `monitor`, `schedule` or `rule`."""
    return "alarm" if resource.type in ALARMS else kind_of(resource)


def _is_gone(pair: Pair) -> bool:
    if pair.base is None or pair.base.type not in WATCHERS:
        return False
    return pair.head is None or pair.head.type != pair.base.type


def _identity(resource: Resource) -> tuple[str, str]:
    """Of the thing, not of its place in a template: what was moved is not gone."""
    if resource.type in ALARMS and "Dimensions" in resource.properties:
        said = shown({k: resource.properties[k] for k in resource.properties if k != "AlarmName"})
        return resource.type, said
    return resource.type, f"{resource.stack if '/' in resource.name else ''} {resource.name}"


def _said(resource: Resource) -> str | None:
    description = resource.properties.get("AlarmDescription") or resource.properties.get(
        "Description"
    )
    return None if description is None else shown(description)
