"""`python -m rehearsal --target aws`: refuse, show, ask, play, judge, clean up."""

import datetime
import os
import secrets
import shutil
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from operate.account import Account
from operate.preflight.assembly import PlannedStack, read_assembly
from operate.preflight.checks import check
from operate.refused import Refused
from rehearsal.arrows import ArrowDidNotFire, StoryBroke
from rehearsal.deployment import STAGES, synthesize
from rehearsal.on_aws.assumptions import judge, refuted, told_in_short, write
from rehearsal.on_aws.consent import ask, screen
from rehearsal.on_aws.ending import CLEAN_UP, end, go_on, record_of
from rehearsal.on_aws.fit import logs_before, unfit
from rehearsal.on_aws.place import refuse_elsewhere, where, world_of
from rehearsal.on_aws.record import Record
from rehearsal.on_aws.telling import Told, tell
from rehearsal.on_aws.witness import Witness
from rehearsal.timeline import Timeline
from rehearsal.world import World

Tell = Callable[[World, Timeline, Told], None]


def main(given: Namespace, out: Path) -> int:
    """Do what the command line says.

    Returns:
        0 if all was as expected and nothing is left, else 1.
    """
    try:
        account = Account(profile=given.profile, region=given.region)
        refuse_elsewhere(account, os.environ)
        where(account)
        world = world_of(account, out)
        with _stopped_by_signals():
            if given.clean_up:
                return go_on(account, world, yes=given.yes)
            return rehearse(account, world, yes=given.yes)
    except Refused as refused:
        print(f"rehearsal: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nrehearsal: stopped; if anything is left: `{CLEAN_UP}`", file=sys.stderr)
        return 1


def rehearse(account: Account, world: World, *, yes: str | None, tell: Tell = tell) -> int:
    """The whole of it; 0 if all was as expected and nothing is left.

    Args:
        account: Where, to be read.
        world: The same, to be played on.
        yes: The account's number, if it was given on the command line.
        tell: Plays the story.

    Raises:
        Refused: It can't be played here, or the person did not say yes.
    """
    path = record_of(world.out)
    if Record.load(path):
        raise Refused(f"an earlier rehearsal has left things, see {path}; first run `{CLEAN_UP}`")
    shutil.rmtree(world.out, ignore_errors=True)
    timeline = Timeline(world.out / "timeline.jsonl", sys.stdout, seconds=world.time.now)
    synthesize(world, timeline, stages=STAGES)
    stacks, here = read_assembly(world.assembly), where(account)
    found = list(check(account, here, stacks))
    if problems := list(unfit(account, here, stacks, found)):
        raise Refused("nothing was done:\n" + "\n".join(f"- {problem}" for problem in problems))
    print(screen(here, account.caller, stacks, found, str(path)))
    ask(here.account, "play the story there", yes=yes)
    return _play(world, timeline, _begun(account, path, stacks), tell)


def _begun(account: Account, path: Path, stacks: Sequence[PlannedStack]) -> Record:
    here, now = where(account), datetime.datetime.now(datetime.UTC)
    record = Record(
        path, f"{now:%Y%m%dt%H%M%Sz}-{secrets.token_hex(3)}", here.account, here.region,
        [stack.name for stack in stacks], logs_before(account, here, stacks),
    )  # fmt: skip
    record.save()
    return record


def _play(world: World, timeline: Timeline, record: Record, tell: Tell) -> int:
    """Tell the story, judge the assumptions by it, and clean up whatever happens."""
    told = Told(record, Witness.of(world))
    try:
        stopped = _told(world, timeline, told, tell)
        refuted = _judged(world, told)
    finally:
        left = end(world, record)
    return max(stopped, refuted, left)


def _told(world: World, timeline: Timeline, told: Told, tell: Tell) -> int:
    try:
        tell(world, timeline, told)
    except (ArrowDidNotFire, StoryBroke, BotoCoreError, ClientError) as broke:
        timeline.record("rehearsal", "stopped", why=str(broke))
        log = f"Log: {world.out / 'cdk.log'}"
        print(f"\nThe rehearsal stopped: {broke}\n{log}", file=sys.stderr)
        return 1
    return 0


def _judged(world: World, told: Told) -> int:
    judged = judge(world, told)
    page = write(judged, world.out)
    print(f"\nAssumptions: {told_in_short(judged)}; see {page}")
    for one in refuted(judged):
        print(f"refuted: {one.todo}", file=sys.stderr)
    return int(bool(refuted(judged)))


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """A closed terminal, or a polite kill, ends the play as Ctrl-C does: with the clean-up."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
