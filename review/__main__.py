"""`python -m review`: the working tree against a revision, as one Markdown page."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from review.compare import compare
from review.failing import demands, found
from review.findings import Review
from review.page import page
from review.refused import Refused
from review.sides import Repository, Side, synthesize
from review.sides.locks import differing_locks, own_environment

THE_HEAD = "the working tree"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the page; 1 if it has what `--fail-on` names, 2 if there is no page, 0 else."""
    told = _arguments().parse_args(argv)
    try:
        unwanted = demands(told.fail_on)
        review = review_of(Path.cwd(), told.base)
    except Refused as refused:
        print(f"no review: {refused}", file=sys.stderr)
        return 2
    text = page(review, limit=told.limit)
    print(text, end="")
    if told.out:
        told.out.write_text(text, encoding="utf-8")
    if told.json:
        told.json.write_text(review.to_json(), encoding="utf-8")
    failed = found(review, unwanted)
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


def review_of(folder: Path, base: str | None) -> Review:
    """The files of a folder as they stand, against a revision of their repository.

    Args:
        folder: The top of a git repository, with a cdk.json.
        base: By default the commit at which HEAD left the main branch.

    Raises:
        Refused: One sentence says why there is no review, and which side is to blame.
    """
    repository = Repository(folder)
    revision = repository.revision(base) if base else repository.where_it_left()
    with tempfile.TemporaryDirectory(prefix="review-") as temporary:
        there = Path(temporary).resolve() / "base"
        repository.check_out(revision, there)
        locks = differing_locks(there, repository.folder)
        programs = own_environment(there, there.parent / "environment", locks) if locks else ()
        notes = (
            (f"The base has its own {' and '.join(locks)}, and was made with it.",) if locks else ()
        )
        sides = (
            Side("base", str(revision), there, programs, notes),
            Side("head", THE_HEAD, repository.folder),
        )
        return compare(*synthesize(sides, there.parent / "out"))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m review", description=__doc__)
    parser.add_argument(
        "--base", metavar="REVISION", help="default: where HEAD left the main branch"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="the page, too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all of it, for a program")
    parser.add_argument(
        "--limit", type=int, metavar="CHARACTERS", help="cut the page; a comment takes 65536"
    )
    parser.add_argument(
        "--fail-on", nargs="+", default=[], metavar="KIND",
        help="end with 1 for replacement, removal, guard, permission, network, hours;"
        " or of one sort only, such as replacement:endpoint or guard:gate",
    )  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
