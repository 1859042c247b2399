"""What protects, and would do so less: alarms, releases, capture, schedules, retention, locks."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from review.findings import Guard, Thing
from review.guards.alarms import alarm_guards
from review.guards.endpoints import endpoint_guards
from review.guards.gone import removed_guards
from review.guards.kept import kept_guards
from review.guards.locked import locked_guards
from review.guards.schedules import schedule_guards
from review.resources import Pair, StackPair

Rule: TypeAlias = Callable[[Pair], Iterator[Guard]]

RULES: Final[tuple[Rule, ...]] = (
    alarm_guards,
    endpoint_guards,
    schedule_guards,
    kept_guards,
    locked_guards,
)
"""Each looks at a resource that is there on both sides."""


def weakened(pairs: Iterable[StackPair]) -> Iterator[Guard]:
    """Everything that protects less than before, in the order of stacks."""
    pairs = list(pairs)
    yield from removed_guards(pairs)
    for stack in pairs:
        if stack.base and stack.head:
            yield from _protection(stack)
        for pair in stack.resources:
            if pair.base and pair.head and pair.base.type == pair.head.type:
                for rule in RULES:
                    yield from rule(pair)


def _protection(stack: StackPair) -> Iterator[Guard]:
    before, after = (
        bool(side and side.deployed_with.get("terminationProtection"))
        for side in (stack.base, stack.head)
    )
    if before and not after:
        told = "may be deleted: it has no termination protection any more"
        yield Guard("protection", Thing.whole(stack.name), told, "true", "false")
