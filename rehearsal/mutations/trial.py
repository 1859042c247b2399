"""Breaking one thing after another, and seeing where the story stops."""

import io
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from local_aws.launch import LocalAws
from rehearsal.arrows import ArrowDidNotFire, StoryBroke
from rehearsal.deployment import bootstrap, by_stack, deploy, mutate
from rehearsal.flights import Airline
from rehearsal.mutations.mutation import NOTHING, Mutation
from rehearsal.mutations.rows import CDK_DEPLOY, Chapter, Noticed
from rehearsal.mutations.scenes import Again, Day, Drift, Release, Run, Scene
from rehearsal.mutations.stage import Refused, Stage
from rehearsal.passing import LocalTime
from rehearsal.timeline import Timeline
from rehearsal.world import REPOSITORY, World

SMALL = Airline(every=6)
"""A sixth of the flights: some 160 a day, for monitors that want 500 of seven days."""

SURVIVED = "nothing: it went through"


@dataclass(frozen=True)
class Outcome:
    """What became of the story when one thing was broken.

    Attributes:
        mutation: What was broken.
        row: Which arrow was expected.
        named: Which arrow the story named, or how else it ended.
        text: All that it said.
        seconds: How long the try took on this machine.
    """

    mutation: Mutation
    row: Noticed
    named: str
    text: str
    seconds: float

    @property
    def as_expected(self) -> bool:
        """Whether the story named the arrow that was broken."""
        return self.named == self.row.arrow


Todo = Sequence[tuple[Mutation, Noticed]]


def trials(
    assembly: Path, out: Path, todo: Mapping[Chapter, Todo], say: Callable[[str], None]
) -> Iterator[Outcome]:
    """Play the story in a small world, and each of its chapters with each of its mutations.

    Args:
        assembly: What cdk synthesized.
        out: A folder for what the local AWS leaves behind.
        todo: What to break in each chapter; the story ends after the last that has any.
        say: Hears of each chapter.

    Raises:
        ArrowDidNotFire, StoryBroke: the story does so with nothing broken, before or after the
            tries of a chapter; then no outcome means anything.
    """
    for mutation, row in todo.get(Chapter.DEPLOYMENT, ()):
        yield _from_the_start(assembly, out / "deployment", mutation, row)
    scenes: list[Scene] = [Run(), Release(), Again(), Day(), Drift()]
    while scenes and not todo.get(scenes[-1].chapter):
        scenes.pop()
    if not scenes:
        return
    with LocalAws.start(_emptied(out), node_modules=REPOSITORY / "node_modules") as aws:
        stage = Stage.deployed(*_world(aws, assembly, out))
        for scene in scenes:
            say(f"{scene.chapter.value}: first with nothing broken")
            scene.begin(stage)
            tries = todo.get(scene.chapter, ())
            for mutation, row in tries:
                yield _tried(stage, scene, mutation, row)
            if tries:
                say(f"{scene.chapter.value}: once more with nothing broken")
                scene.close(stage)


def _tried(stage: Stage, scene: Scene, mutation: Mutation, row: Noticed) -> Outcome:
    began = time.monotonic()
    try:
        stage.broken(mutation)
    except Refused as refused:
        named = CDK_DEPLOY if _named_in(str(refused), mutation) else "Refused"
        return Outcome(mutation, row, named, str(refused), time.monotonic() - began)
    try:
        scene.play(stage)
        named, text = SURVIVED, ""
    except ArrowDidNotFire as stopped:
        named, text = stopped.arrow, str(stopped)
    except (StoryBroke, ClientError, KeyError) as broke:
        named, text = type(broke).__name__, str(broke)
    stage.mended(mutation)
    scene.put_right(stage)
    return Outcome(mutation, row, named, text, time.monotonic() - began)


def _from_the_start(assembly: Path, out: Path, mutation: Mutation, row: Noticed) -> Outcome:
    """Deploy the mutated assembly to an empty account: cdk has to say what is missing."""
    began = time.monotonic()
    with LocalAws.start(_emptied(out), node_modules=REPOSITORY / "node_modules") as aws:
        world, timeline = _world(aws, assembly, out)
        template = by_stack(world.assembly)[mutation.stack]
        mutate(world.assembly, mutation.stack, mutation.applied(template))
        try:
            bootstrap(world)
            deploy(world, timeline)
            named, text = SURVIVED, ""
        except StoryBroke as broke:
            text = str(broke)
            named = CDK_DEPLOY if _named_in(text, mutation) else "StoryBroke"
    return Outcome(mutation, row, named, text, time.monotonic() - began)


def _named_in(text: str, mutation: Mutation) -> bool:
    """Whether a text names what was broken, as it became or as it was sought under its old name."""
    new = str(mutation.becomes)
    return any(name in text for name in (new, new.removesuffix(f"-{NOTHING}")))


def _emptied(out: Path) -> Path:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    return out / "aws"


def _world(aws: LocalAws, assembly: Path, out: Path) -> tuple[World, Timeline]:
    world = World(environment=aws.environment(), out=out, time=LocalTime(aws), airline=SMALL)
    shutil.copytree(assembly, world.assembly)
    return world, Timeline(out / "timeline.jsonl", io.StringIO(), seconds=world.time.now)
