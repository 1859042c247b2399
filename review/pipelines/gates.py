"""Gates that let more through, and versions that no person approves."""

from collections.abc import Iterable, Iterator

from review.findings import Guard, Thing
from review.pipelines.conditions import Demand, demands, words
from review.pipelines.definition import PIPELINE, Definition, Step, definition_of
from review.resources import StackPair
from review.text import shown

_PENDING = "PendingManualApproval"


def gate_guards(pairs: Iterable[StackPair]) -> Iterator[Guard]:
    """Every gate that asks for less than before, in the order of stacks."""
    for stack in pairs:
        for pair in stack.resources:
            if pair.either.type != PIPELINE:
                continue
            before = definition_of(pair.base, stack.base)
            after = definition_of(pair.head, stack.head)
            if before and after:
                thing = Thing.of(pair.either)
                yield from _gates(thing, before, after)
                yield from _approvals(thing, before, after)


def _gates(thing: Thing, before: Definition, after: Definition) -> Iterator[Guard]:
    for name, step in before.steps.items():
        if step.kind != "Condition":
            continue
        old = demands(step, before)
        new_step = after.steps.get(name)
        if new_step is None or new_step.kind != "Condition":
            yield Guard("gate", thing, f"has no gate `{name}` any more", words(old), None)
            continue
        new = demands(new_step, after)
        if words(old) == words(new):
            continue
        told = _weaker(old, new)
        if told:
            sides = words(old, new) or None, words(new, old) or None
            yield Guard("gate", thing, f"{told} at gate `{name}`", *sides)


def _weaker(old: list[Demand], new: list[Demand]) -> str:
    """What is wrong with the new demands; empty if each old one is still met by one of them."""
    left = list(new)
    for demand in old:
        match = next((one for one in left if one.figure == demand.figure), None)
        if match is None:
            return f"no longer asks for `{demand.words}`"
        left.remove(match)
        if match.is_easier_than(demand):
            return "asks for less"
        if match.words != demand.words and not match.is_stricter_than(demand):
            return "asks for something else"
    return ""


def _approvals(thing: Thing, before: Definition, after: Definition) -> Iterator[Guard]:
    for name, step in after.steps.items():
        old, new = _status(before.steps.get(name)), _status(step)
        if new == "Approved" and old != new:
            told = f"registers versions at `{name}` that nobody has to approve"
            yield Guard("approval", thing, told, old or None, new)


def _status(step: Step | None) -> str:
    if step is None or step.kind != "RegisterModel":
        return ""
    return shown(step.content.get("ModelApprovalStatus", _PENDING))
