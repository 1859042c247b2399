"""Two assemblies, compared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from review.assembly import Assembly, Stack
from review.differences import differences
from review.engine import StackImpact, impacts
from review.files import file_changes
from review.findings import Review, StackDifferences, Stopped
from review.guards import weakened
from review.hours import hours
from review.moving import moved
from review.network import network
from review.permissions import permissions
from review.pipelines import gate_guards, pipeline_changes
from review.readings import readings
from review.replacing import stopped
from review.resources import StackPair, stack_pairs
from review.settings import settings


def compare(base: Assembly, head: Assembly) -> Review:
    """What differs in `head`, and what that means.

    Raises:
        Refused: A side is no assembly, or CDK's diff engine is not there.
    """
    pairs = stack_pairs(base, head)
    engine = impacts(pairs)
    return Review(
        base=base.name,
        head=head.name,
        notes=(*base.notes, *head.notes),
        stopped=tuple(_stopped(pairs, engine)),
        guards=(*gate_guards(pairs), *weakened(pairs)),
        permissions=tuple(permissions(pairs)),
        network=tuple(network(pairs, engine)),
        settings=tuple(settings(pairs)),
        pipelines=tuple(pipeline_changes(pairs)),
        files=tuple(file_changes(pairs)),
        hours=tuple(hours(pairs)),
        stacks=tuple(_stacks(pairs)),
        names=dict(_names(pairs)),
    )


def _stopped(pairs: Sequence[StackPair], engine: Mapping[str, StackImpact]) -> Iterator[Stopped]:
    """What moves is told once, not again as what goes."""
    moving = tuple(moved(pairs))
    things = {one.thing for one in moving}
    yield from moving
    for one in stopped(pairs, engine):
        if one.fate != "removed" or one.thing not in things:
            yield one


def _names(pairs: Iterable[StackPair]) -> Iterator[tuple[str, str]]:
    for stack in pairs:
        for pair in stack.resources:
            yield pair.either.logical_id, pair.either.path


def _stacks(pairs: Iterable[StackPair]) -> Iterator[StackDifferences]:
    for pair in pairs:
        template = tuple(differences(*pair.templates))
        sides = _deployed(pair.base), _deployed(pair.head)
        deployed = tuple(differences(*sides))
        if template or deployed:
            read = (*readings(*pair.templates), *readings(*sides, "deployed with"))
            yield StackDifferences(pair.name, _change(pair), template, deployed, read)


def _change(pair: StackPair) -> Literal["added", "removed", "changed"]:
    if pair.base is None:
        return "added"
    return "removed" if pair.head is None else "changed"


def _deployed(stack: Stack | None) -> Any:
    return stack.deployed_with if stack else {}
