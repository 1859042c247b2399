"""What goes wrong in the world, one thing on each day, and which monitor has to notice."""

from collections.abc import Sequence

from rehearsal.applications import Application, as_csv
from rehearsal.arrows import StoryBroke
from rehearsal.monitors.asked import APPROVES_FROM, swapped
from rehearsal.traffic import of_the_archive
from rehearsal.world import World

MINORITY = ("black", "hispanic")

EXCHANGED = (("unver", "unit"), ("cons", "gift"), ("obrat", "cosign"))
"""Columns that a sender mistakes for each other: those that answers rest on for others."""

mistaken = swapped(EXCHANGED)
"""How such a sender writes requests."""


def shifted(
    world: World, package: str, population: Sequence[Application], columns: Sequence[str]
) -> list[Application]:
    """`shift`, by what the version answers."""
    described = world.client("sagemaker").describe_model_package(ModelPackageName=package)
    return shift(population, of_the_archive(world, described, as_csv(population, columns)))


def shift(population: Sequence[Application], answers: Sequence[float]) -> list[Application]:
    """The same applicants, but of a minority only those whom both the model and lenders refuse.

    So the model is as right as ever, and treats the minority worse than it ever did. The minority
    is as large as it was.

    Raises:
        StoryBroke: There is none of them.
    """
    others = [one for one in population if one.features["race"] not in MINORITY]
    refused = [
        one
        for one, answer in zip(population, answers, strict=True)
        if one.features["race"] in MINORITY and answer < APPROVES_FROM and not one.approved
    ]
    if not refused:
        raise StoryBroke("the model and the lenders agree on refusing nobody of a minority")
    times = round((len(population) - len(others)) / len(refused))
    return [*others, *refused * max(times, 1)]
