"""`python -m rehearsal.serving [row ...]`: each way to serve and to release, on a local AWS."""

import argparse
import sys

from rehearsal.arrows import StoryBroke
from rehearsal.playing import play_locally
from rehearsal.serving.rows import REQUESTS, ROWS, deploy, play
from rehearsal.timeline import Timeline
from rehearsal.world import World


def main(argv: list[str] | None = None) -> int:
    """0 if every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.serving", description=__doc__)
    parser.add_argument("row", nargs="*", help=f"some of {', '.join(ROWS)}; by default all")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="while version 2 comes")
    given = parser.parse_args(argv)
    unknown = sorted(set(given.row) - set(ROWS))
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    rows = [row for row in ROWS if row in given.row or not given.row]

    def story(world: World, timeline: Timeline) -> None:
        deploy(world, rows)
        broken = play(world, timeline, rows, requests=given.requests)
        if broken:
            raise StoryBroke("; ".join(f"{row}: {why}" for row, why in broken.items()))

    seconds = play_locally(story)
    if seconds is None:
        return 1
    print(f"\nEach of {len(rows)} ways to serve and release kept its promises: {seconds:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
