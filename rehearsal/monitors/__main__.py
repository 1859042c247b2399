"""`python -m rehearsal.monitors`: every monitor, on both engines, on a local AWS."""

import sys

from rehearsal.monitors.story import play
from rehearsal.playing import play_locally


def main() -> int:
    """0 if what should have rung did, and nothing else."""
    seconds = play_locally(play)
    if seconds is None:
        return 1
    print(f"\nEach monitor rang for what it is there for, and for nothing else: {seconds:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
