"""IAM, as statements gained and lost: what only one of the sides allows or denies."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from review.assembly import Stack
from review.findings import Permission, Thing
from review.resources import Resource, StackPair
from review.statements import ANYONE, Atom, atoms

Said: TypeAlias = tuple[Thing, str, str, str]
"""Whose policy, effect, principal and condition."""


def permissions(pairs: Iterable[StackPair]) -> Iterator[Permission]:
    """Those that widen first, and among them those about everything."""
    found = [one for pair in pairs if pair.head for one in _of_stack(pair)]
    return iter(sorted(found, key=lambda one: (not one.wider, not one.everything)))


def _of_stack(pair: StackPair) -> Iterator[Permission]:
    base, head = (list(_atoms(pair.name, side)) for side in (pair.base, pair.head))
    known = {atom.thing.logical_id for atom in base} & {atom.thing.logical_id for atom in head}
    yield from _grouped("gained", _telling(_not_covered(head, base), known))
    yield from _grouped("lost", _telling(_not_covered(base, head), known))


def _telling(found: list[Atom], known: set[str]) -> list[Atom]:
    """Without denials of what is new or gone: it allowed nothing before, or will not."""
    return [atom for atom in found if atom.effect == "Allow" or atom.thing.logical_id in known]


def _atoms(name: str, side: Stack | None) -> Iterator[Atom]:
    if side:
        resources = {key: Resource(name, key, body) for key, body in side.resources.items()}
        yield from atoms(resources, side.assets)


def _not_covered(those: list[Atom], by: list[Atom]) -> list[Atom]:
    known = set(by)
    nearby = defaultdict(list)
    for atom in by:
        nearby[atom.thing, atom.effect, atom.who].append(atom)
    return [
        atom
        for atom in dict.fromkeys(those)
        if atom not in known
        and not any(one.covers(atom) for one in nearby[atom.thing, atom.effect, atom.who])
    ]


def _grouped(change: Literal["gained", "lost"], found: list[Atom]) -> Iterator[Permission]:
    actions_on: dict[tuple[Said, str], set[str]] = defaultdict(set)
    for atom in found:
        said = (atom.thing, atom.effect, atom.who, atom.condition)
        actions_on[said, atom.resource].add(atom.action)
    groups: dict[tuple[Said, tuple[str, ...]], set[str]] = defaultdict(set)
    for (said, resource), some in actions_on.items():
        groups[said, tuple(sorted(some))].add(resource)
    for ((thing, effect, who, condition), actions), resources in groups.items():
        yield Permission(
            change=change,
            thing=thing,
            effect=effect,
            who=who,
            actions=actions,
            resources=tuple(sorted(resources)),
            condition=condition,
            wider=(change == "gained") == (effect == "Allow"),
            everything=_everything(who, resources, actions),
        )


def _everything(who: str, resources: Iterable[str], actions: Iterable[str]) -> bool:
    return (
        "*" in resources
        or who == ANYONE
        or any(action == "*" or action.endswith(":*") for action in actions)
        or any(action.startswith("all ") for action in actions)
    )
