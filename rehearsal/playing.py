"""Play something on a new, empty local AWS, and leave what it was in rehearsal/out."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from local_aws.launch import LocalAws
from rehearsal.arrows import ArrowDidNotFire, StoryBroke
from rehearsal.passing import LocalTime
from rehearsal.timeline import Timeline
from rehearsal.world import REPOSITORY, World

OUT = REPOSITORY / "rehearsal" / "out"
ON_AWS = OUT / "on-aws"


def play_locally(play: Callable[[World, Timeline], object]) -> float | None:
    """How many seconds it took; None if it stopped half-way, which is told on stderr."""
    _empty(OUT)
    began = time.monotonic()
    with LocalAws.start(OUT / "aws", node_modules=REPOSITORY / "node_modules") as aws:
        world = World(environment=aws.environment(), out=OUT, time=LocalTime(aws))
        timeline = Timeline(OUT / "timeline.jsonl", sys.stdout, seconds=world.time.now)
        try:
            play(world, timeline)
        except (ArrowDidNotFire, StoryBroke) as broke:
            timeline.record("rehearsal", "stopped", why=str(broke))
            logs = f"{aws.log.relative_to(REPOSITORY)} and rehearsal/out/cdk.log"
            print(f"\nThe rehearsal stopped: {broke}\nLogs: {logs}", file=sys.stderr)
            return None
    return time.monotonic() - began


def _empty(folder: Path) -> None:
    """All but what a rehearsal on AWS has left there: its record may still be needed."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        if entry.is_dir() and entry != ON_AWS:
            shutil.rmtree(entry)
        elif entry != ON_AWS:
            entry.unlink()
