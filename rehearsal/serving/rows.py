"""The rows of this rehearsal, and the stage that their models are served in.

A row is a module of this folder with a function::

    def play(model: Model, *, requests: int) -> None

which brings versions into service, asks meanwhile, and raises StoryBroke with the promise that was
broken. What its model's endpoint and release are, `app.WAYS` says.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from rehearsal.arrows import ArrowDidNotFire, StoryBroke
from rehearsal.deployment import bootstrap
from rehearsal.serving.model import Model
from rehearsal.timeline import Timeline
from rehearsal.world import World

ROWS = (
    "canary", "linear", "all_at_once", "rolling", "serverless", "asynchronous", "batch",
    "multi_model", "shadow", "split",
)  # fmt: skip
"""Each a module of this folder."""

REQUESTS = 5000
"""How many each model has to bear while its second version takes over."""


def deploy(world: World, rows: Sequence[str]) -> None:
    """Synthesize and deploy what serves; nothing is trained, so what trains stays away."""
    bootstrap(world)
    app = f"{sys.executable} -m rehearsal.serving.app {' '.join(rows)}"
    world.cdk("synth", "--quiet", "--app", app, "--output", str(world.assembly))
    deploy_assembly(world, rows)


def deploy_assembly(world: World, rows: Sequence[str]) -> None:
    """Deploy what was synthesized for some rows."""
    serving = [f"Dev/Serving-{row.replace('_', '-')}" for row in rows]
    world.cdk(
        "deploy", "--app", str(world.assembly), "--exclusively", "--require-approval", "never",
        "Dev/Foundation", "Dev/Operations", *serving,
    )  # fmt: skip


def play(
    world: World, timeline: Timeline, rows: Sequence[str], *, requests: int = REQUESTS
) -> dict[str, str]:
    """By row, the promise that was broken; empty if none was."""
    broken = {}
    for row in rows:
        module: Any = import_module(f"rehearsal.serving.{row}")
        timeline.record("rehearsal", f"row {row}", what=module.__doc__.partition("\n")[0])
        try:
            module.play(Model.of(world, timeline, row), requests=requests)
        except (ArrowDidNotFire, StoryBroke) as broke:
            broken[row] = str(broke)
            timeline.record("rehearsal", "promise broken", row=row, why=str(broke))
    return broken
