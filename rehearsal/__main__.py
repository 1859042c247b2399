"""`python -m rehearsal`: the story on the local AWS, or in an account of AWS that you choose."""

import argparse
import shutil
import sys
import time
from pathlib import Path

from local_aws.launch import LocalAws
from rehearsal import on_aws
from rehearsal.arrows import ArrowDidNotFire, StoryBroke
from rehearsal.passing import LocalTime
from rehearsal.story import play
from rehearsal.summary import summary
from rehearsal.timeline import Timeline
from rehearsal.world import REPOSITORY, World

OUT = REPOSITORY / "rehearsal" / "out"
ON_AWS = OUT / "on-aws"


def main(argv: list[str] | None = None) -> int:
    """Play the story once on a new, empty local AWS; 0 if every arrow fired."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    on_aws.add_options(parser)
    given = parser.parse_args(argv)
    if given.target == "aws":
        from rehearsal.on_aws.command import main as play_on_aws

        return play_on_aws(given, ON_AWS)
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
            return 1
    print(summary(OUT / "timeline.jsonl", seconds=time.monotonic() - began))
    return 0


def _empty(folder: Path) -> None:
    """All but what a rehearsal on AWS has left there: its record may still be needed."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        if entry.is_dir() and entry != ON_AWS:
            shutil.rmtree(entry)
        elif entry != ON_AWS:
            entry.unlink()


if __name__ == "__main__":
    sys.exit(main())
