"""What changed in a definition: parameters, gates, steps, their order and their code."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from review.assembly import Asset
from review.differences import ABSENT, same
from review.findings import PipelineChange, StepChange, Thing
from review.pipelines.conditions import Demand, demands, words
from review.pipelines.definition import PIPELINE, STATE_MACHINE, Definition, definition_of
from review.readings import readings
from review.resources import StackPair
from review.text import shown


def pipeline_changes(pairs: Iterable[StackPair]) -> Iterator[PipelineChange]:
    """Every pipeline and state machine that would do something else, in the order of stacks."""
    for stack in pairs:
        if stack.head is None:
            continue  # what is deployed stays
        for pair in stack.resources:
            if pair.either.type not in (PIPELINE, STATE_MACHINE):
                continue
            before = definition_of(pair.base, stack.base) or Definition()
            after = definition_of(pair.head, stack.head) or Definition()
            change = PipelineChange(
                thing=Thing.of(pair.either),
                parameters=tuple(_parameters(before, after)),
                gates=tuple(_gates(before, after)),
                steps=tuple(_steps(before, after)),
                order=tuple(_order(before, after)),
                filled=tuple(_filled(before, after, stack.head.assets if stack.head else {})),
            )
            if change != PipelineChange(change.thing):
                yield change


def _parameters(
    before: Definition, after: Definition
) -> Iterator[tuple[str, str | None, str | None]]:
    for name in sorted(before.parameters.keys() | after.parameters.keys()):
        sides = [side.parameters.get(name, ABSENT) for side in (before, after)]
        if not same(*sides):
            old, new = (None if side is ABSENT else shown(side) for side in sides)
            yield name, old, new


def _gates(before: Definition, after: Definition) -> Iterator[tuple[str, str | None, str | None]]:
    for name in _both(before, after):
        old, new = (_demands(name, side) for side in (before, after))
        sides = words(old or [], new) or None, words(new or [], old) or None
        if sides != (None, None):
            yield name, *sides


def _demands(name: str, side: Definition) -> list[Demand] | None:
    step = side.steps.get(name)
    return demands(step, side) if step and step.kind == "Condition" else None


def _steps(before: Definition, after: Definition) -> Iterator[StepChange]:
    for name in _both(before, after):
        old, new = before.steps.get(name), after.steps.get(name)
        if old is None and new:
            yield StepChange("added", name, new.kind, tuple(_image(new.content)))
        elif new is None and old:
            yield StepChange("removed", name, old.kind)
        elif old and new:
            kind = [("Type", old.kind, new.kind)] if old.kind != new.kind else []
            details = [
                (one.path, one.text or one.before, None if one.text else one.after)
                for one in readings(_without_gate(old.content), _without_gate(new.content))
            ]
            if kind or details:
                yield StepChange("changed", name, new.kind, (*kind, *details))


def _without_gate(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in content.items() if key != "Conditions"}


def _image(content: Mapping[str, Any]) -> Iterator[tuple[str, None, str]]:
    for outer, inner in (
        ("AppSpecification", "ImageUri"),
        ("AlgorithmSpecification", "TrainingImage"),
    ):
        found = (content.get(outer) or {}).get(inner)
        if found:
            yield f"{outer}.{inner}", None, shown(found)


def _order(before: Definition, after: Definition) -> Iterator[str]:
    """Edges between steps that are there on both sides, and those of steps that came or went."""
    old, new = (
        {f"{source} → {name}" for name, step in side.steps.items() for source in step.after}
        for side in (before, after)
    )
    if before.steps and after.steps:
        yield from (f"- {edge}" for edge in sorted(old - new))
        yield from (f"+ {edge}" for edge in sorted(new - old))


def _filled(
    before: Definition, after: Definition, assets: Mapping[str, Asset]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Variables of the text that are something else now, and the steps that use them."""
    for name in sorted(before.variables.keys() & after.variables.keys()):
        if same(before.variables[name], after.variables[name]):
            continue
        told = shown(after.variables[name])
        asset = next((one.name for digest, one in assets.items() if digest in told), "")
        steps = after.steps.values()
        yield name, asset, tuple(s.name for s in steps if f"${{{name}}}" in shown(s.content))


def _both(before: Definition, after: Definition) -> list[str]:
    """In the order of the new definition; then those that are gone."""
    return list(dict.fromkeys([*after.steps, *before.steps]))
