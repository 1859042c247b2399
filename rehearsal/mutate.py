"""`python -m rehearsal.mutate`: each arrow of the templates is broken, and the story must name it.

It ends with 1 if something that was broken was not noticed or was taken for something else, and
with 2 if the story does not even go through with nothing broken.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from rehearsal.arrows import ArrowDidNotFire, StoryBroke
from rehearsal.deployment import by_stack
from rehearsal.mutations.derived import mutations
from rehearsal.mutations.mutation import Mutation
from rehearsal.mutations.report import line, plan, table
from rehearsal.mutations.rows import Chapter, Elsewhere, Noticed
from rehearsal.mutations.tables import expectation
from rehearsal.mutations.trial import Outcome, trials
from rehearsal.world import REPOSITORY, run_cdk

OUT = REPOSITORY / "rehearsal" / "out" / "mutations"
ASSEMBLY = OUT / "cdk.out"
Rows = list[tuple[Mutation, Noticed | Elsewhere]]
Todo = dict[Chapter, list[tuple[Mutation, Noticed]]]


def main(argv: list[str] | None = None) -> int:
    """Break one thing after another; 0 if the story noticed each of them."""
    wanted = _arguments(argv)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    run_cdk("synth", "--quiet", "--output", str(ASSEMBLY)).check_returncode()
    templates = by_stack(ASSEMBLY)
    rows: Rows = [(mutation, expectation(mutation)) for mutation in mutations(templates)]
    rows = [row for row in rows if wanted.only in str(row)]
    if wanted.list:
        print(plan(rows, templates))
        return 0
    began = time.monotonic()
    try:
        outcomes = _played(_by_chapter(rows), jobs=wanted.jobs)
    except (ArrowDidNotFire, StoryBroke) as broke:
        print(f"\nWith nothing broken the story stopped: {broke}", file=sys.stderr)
        return 2
    print(f"\n{table(outcomes, templates)}\n\n{_cost(outcomes, time.monotonic() - began)}")
    return 0 if all(outcome.as_expected for outcome in outcomes) else 1


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.mutate", description=__doc__)
    parser.add_argument("--list", action="store_true", help="say what would be broken, and stop")
    parser.add_argument("--only", default="", metavar="TEXT", help="what has it in its row")
    parser.add_argument("--jobs", type=int, default=1, help="worlds to play in at the same time")
    return parser.parse_args(argv)


def _by_chapter(rows: Rows) -> Todo:
    todo: Todo = {}
    for mutation, row in rows:
        if isinstance(row, Noticed):
            todo.setdefault(row.chapter, []).append((mutation, row))
    return todo


def _played(todo: Todo, *, jobs: int) -> list[Outcome]:
    """Play every chapter in as many worlds, each with its share of what is to be broken."""
    shares = [{chapter: rows[n::jobs] for chapter, rows in todo.items()} for n in range(jobs)]
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(_share, n, share) for n, share in enumerate(shares)]
        return [outcome for future in futures for outcome in future.result()]


def _share(number: int, todo: Todo) -> list[Outcome]:
    def say(text: str) -> None:
        print(text, flush=True)

    outcomes = []
    for outcome in trials(ASSEMBLY, OUT / f"world-{number}", todo, say):
        say(line(outcome))
        outcomes.append(outcome)
    return outcomes


def _cost(outcomes: Sequence[Outcome], seconds: float) -> str:
    times = os.times()
    cpu = times.user + times.system + times.children_user + times.children_system
    noticed = sum(outcome.as_expected for outcome in outcomes)
    return f"{noticed} of {len(outcomes)} noticed and named, in {seconds:.0f} s ({cpu:.0f} CPU-s)"


if __name__ == "__main__":
    sys.exit(main())
