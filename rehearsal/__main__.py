"""`python -m rehearsal`: the story on the local AWS, or in an account of AWS that you choose."""

import argparse
import sys

from rehearsal import on_aws
from rehearsal.playing import ON_AWS, OUT, play_locally
from rehearsal.story import play
from rehearsal.summary import summary


def main(argv: list[str] | None = None) -> int:
    """Play the story once on a new, empty local AWS; 0 if every arrow fired."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    on_aws.add_options(parser)
    given = parser.parse_args(argv)
    if given.target == "aws":
        from rehearsal.on_aws.command import main as play_on_aws

        return play_on_aws(given, ON_AWS)
    seconds = play_locally(play)
    if seconds is None:
        return 1
    print(summary(OUT / "timeline.jsonl", seconds=seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
