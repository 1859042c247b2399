"""State machines: each call of an AWS API, its first argument under a name that nobody knows."""

from collections.abc import Iterator
from typing import Any

from rehearsal.mutations.mutation import NOTHING, Mutation, Place, Renamed
from rehearsal.mutations.resource import Resource

DEFINITION = "DefinitionString"


def state_machine(resource: Resource) -> Iterator[Mutation]:
    """One mutation for each task."""
    for at, name, state in _tasks(resource.get(DEFINITION, "States"), ("States",)):
        first = next(iter(state["Arguments"]))
        place = (DEFINITION, *at, "Arguments", first)
        yield resource.broken("call", name, place, Renamed(f"{first}{NOTHING.title()}"))


def _tasks(states: Any, at: Place) -> Iterator[tuple[Place, str, Any]]:
    """Place, name and body of each task, those of loops included."""
    for name, state in states.items():
        if state["Type"] == "Task":
            yield (*at, name), name, state
        if "ItemProcessor" in state:
            inner = (*at, name, "ItemProcessor", "States")
            yield from _tasks(state["ItemProcessor"]["States"], inner)
