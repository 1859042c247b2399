"""`python -m rehearsal`: the story on the local AWS, with a summary at the end."""

import shutil
import sys
import time

from local_aws.launch import LocalAws
from rehearsal.arrows import ArrowDidNotFire, StoryBroke
from rehearsal.passing import LocalTime
from rehearsal.story import play
from rehearsal.summary import summary
from rehearsal.timeline import Timeline
from rehearsal.world import REPOSITORY, World

OUT = REPOSITORY / "rehearsal" / "out"


def main() -> int:
    """Play the story once on a new, empty local AWS; 0 if every arrow fired."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
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


if __name__ == "__main__":
    sys.exit(main())
