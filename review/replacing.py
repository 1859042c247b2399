"""What stops, and what another takes the place of."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from review.differences import ABSENT, same
from review.engine import ResourceImpact, StackImpact
from review.findings import Cause, Fate, Stopped, Thing
from review.readings import readings
from review.references import followers, references
from review.resources import Pair, Resource, StackPair, name_property
from review.schemas import ResourceSchema, changed, resource_schema
from review.text import shown

_IMMUTABLE = "can't be changed in place"
_PERHAPS = "can't always be changed in place"
_HOLDING = ("bucket", "table", "group", "queue", "log-group", "db-instance", "db-cluster")
_KEPT = ("Retain", "RetainExceptOnCreate")
_UNCHANGED = ResourceImpact("NO_CHANGE", {})


def stopped(pairs: Iterable[StackPair], impacts: Mapping[str, StackImpact]) -> list[Stopped]:
    """Everything that does, in the order of stacks."""
    pairs = list(pairs)
    added = [
        pair.head
        for stack in pairs
        for pair in stack.resources
        if pair.head and (pair.base is None or pair.base.type != pair.head.type)
    ]
    return [one for stack in pairs for one in _of_stack(stack, impacts[stack.name], added)]


def _of_stack(stack: StackPair, impact: StackImpact, added: list[Resource]) -> Iterator[Stopped]:
    if stack.base is None:
        return
    if stack.head is None:
        note = "`cdk deploy` does not delete it: it stays as it is until someone destroys it"
        yield Stopped(Thing.whole(stack.name), "left behind", notes=(note,))
        return
    before, after = (side.deployed_with["environment"] for side in (stack.base, stack.head))
    if before != after:
        note = f"from {before} to {after}; what is deployed there stays, and is made anew here"
        yield Stopped(Thing.whole(stack.name), "moves away", notes=(note,))
    told_of = impact.resources
    immutable = {key: _named(told, "WILL_REPLACE") for key, told in told_of.items()}
    roots = [
        pair.either.logical_id
        for pair in stack.resources
        if _replaces_itself(pair, immutable.get(pair.either.logical_id, set()))
    ]
    follows = followers(stack.resources, roots, immutable)
    for pair in stack.resources:
        key = pair.either.logical_id
        if pair.base and pair.head:
            told = told_of.get(key, _UNCHANGED)
            yield from _of_change(stack, pair.base, pair.head, told, follows.get(key, ""))
        elif pair.base:
            yield _of_removal(pair.base, added)


def _replaces_itself(pair: Pair, immutable: set[str]) -> bool:
    """Whether one of its immutable properties differs, and not only in what it refers to."""
    if pair.base is None or pair.head is None:
        return False
    paths = (*resource_schema(pair.head.type).create_only, *((name,) for name in immutable))
    return pair.base.type != pair.head.type or bool(changed(paths, *pair.sides))


def _of_removal(base: Resource, added: list[Resource]) -> Stopped:
    kept = base.body.get("DeletionPolicy") in _KEPT
    fate: Fate = "left behind" if kept else "removed"
    notes = ["its DeletionPolicy keeps it, outside of any stack"] if kept else []
    name = _given_name(base)
    for other in added:
        if other.type == base.type and not name and same(other.properties, base.properties):
            notes.append(
                f"`{other.logical_id}` in {other.stack} is new and the same: a construct that was"
                " renamed or moved is another one to CloudFormation"
            )
        if name and other.type == base.type and _given_name(other) == name:
            notes.append(
                f"`{other.logical_id}` in {other.stack} takes its name, which is still taken then:"
                " CloudFormation makes what is new before it deletes what is old"
            )
    return Stopped(Thing.of(base), fate, notes=tuple(notes))


def _of_change(
    stack: StackPair, base: Resource, head: Resource, told: ResourceImpact, follows: str
) -> Iterator[Stopped]:
    if base.type != head.type:
        cause = Cause("Type", base.type, head.type, _IMMUTABLE)
        yield Stopped(Thing.of(base), "replaced", causes=(cause,))
        return
    schema = resource_schema(head.type)
    certain = sorted(_named(told, "WILL_REPLACE") | _top(schema.create_only, base, head))
    perhaps = sorted(_named(told, "MAY_REPLACE") | _top(schema.conditional, base, head))
    causes = [c for name in certain for c in _causes(base, head, name, _IMMUTABLE, schema)]
    if causes or follows:
        moved = _what_moves(stack, head)
        notes = (*_kept(base, head), *(_clash(base, head, certain) if causes else ()), *moved)
        yield Stopped(Thing.of(base), "replaced", tuple(causes), follows, notes)
    elif perhaps:
        causes = [c for name in perhaps for c in _causes(base, head, name, _PERHAPS, schema)]
        if causes:
            yield Stopped(Thing.of(base), "may be replaced", tuple(causes))
    elif schema.tags_replace and _stack_tags_differ(stack):
        yield Stopped(Thing.of(base), "may be replaced", (_stack_tags(stack),))
    yield from _of_condition(stack, base, head)


def _named(told: ResourceImpact, impact: str) -> set[str]:
    return {name for name, one in told.properties.items() if one == impact}


def _top(paths: tuple[tuple[str, ...], ...], base: Resource, head: Resource) -> set[str]:
    return {path.split(".")[0] for path in changed(paths, base.properties, head.properties)}


def _causes(
    base: Resource, head: Resource, name: str, why: str, schema: ResourceSchema
) -> Iterator[Cause]:
    """The places below one property; none if it only refers to something that is replaced."""
    before, after = (side.properties.get(name, ABSENT) for side in (base, head))
    known = {path[0] for path in (*schema.create_only, *schema.conditional)}
    why = f"`{name}` {why}" if name in known or not known else f"`{name}` {why}, says CDK's engine"
    for reading in readings(before, after, name):
        yield Cause(reading.path, reading.before, reading.after, why)


def _kept(base: Resource, head: Resource) -> Iterator[str]:
    if head.body.get("UpdateReplacePolicy", base.body.get("UpdateReplacePolicy")) in _KEPT:
        inside = ", with all that is in it" if head.noun in _HOLDING else ""
        yield f"the old one stays{inside}, outside of the stack"


def _clash(base: Resource, head: Resource, causes: Iterable[str]) -> Iterator[str]:
    name = name_property(head.type, head.properties)
    if name and name not in causes and same(base.properties.get(name), head.properties[name]):
        yield (
            f"its name `{shown(head.properties[name])}` does not change, so that CloudFormation"
            " can't make the new one beside the old: the deployment fails"
        )


def _what_moves(stack: StackPair, head: Resource) -> Iterator[str]:
    for pair in stack.resources:
        other = pair.head
        if not (other and pair.base and other.type == "AWS::SageMaker::Endpoint"):
            continue
        if head.logical_id in references(other.properties.get("EndpointConfigName")):
            yield f"endpoint `{other.name}` moves to it, by a release"


def _stack_tags_differ(stack: StackPair) -> bool:
    return not same(*_tags(stack))


def _tags(stack: StackPair) -> tuple[Any, Any]:
    sides = (stack.base, stack.head)
    before, after = (side.deployed_with.get("tags", ABSENT) if side else ABSENT for side in sides)
    return before, after


def _stack_tags(stack: StackPair) -> Cause:
    before, after = (None if side is ABSENT else shown(side) for side in _tags(stack))
    return Cause("the stack's tags", before, after, "CloudFormation puts them on it, and `Tags` "
                 + _IMMUTABLE)  # fmt: skip


def _of_condition(stack: StackPair, base: Resource, head: Resource) -> Iterator[Stopped]:
    """A condition decides whether the resource is there at all."""
    name, new_name = (side.body.get("Condition") for side in (base, head))
    before, after = (
        template.get("Conditions", {}).get(key)
        for template, key in zip(stack.templates, (name, new_name), strict=True)
    )
    if new_name and not same(before, after):
        cause = Cause(
            f"Condition {new_name}",
            None if before is None else shown(before),
            shown(after),
            "it decides whether there is one",
        )
        yield Stopped(Thing.of(base), "may be removed", causes=(cause,))


def _given_name(resource: Resource) -> str | None:
    name = name_property(resource.type, resource.properties)
    return shown(resource.properties[name]) if name else None
