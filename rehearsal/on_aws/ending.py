"""The end of a rehearsal: at its own end, or later by a command of its own."""

from collections.abc import Callable, Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from operate.account import Account
from operate.refused import Refused
from rehearsal.on_aws.cleaning import Left, clean_up
from rehearsal.on_aws.consent import ask
from rehearsal.on_aws.place import where
from rehearsal.on_aws.record import Record
from rehearsal.world import World

CLEAN_UP = "python -m rehearsal --target aws --clean-up"


def record_of(out: Path) -> Path:
    """Where a run's record is."""
    return out / "record.json"


def end(world: World, record: Record) -> int:
    """Clean up, and tell what is left; 0 if that is nothing.

    What it tells stands in `clean-up.log` too: who closed the terminal hears nothing else.
    """
    log = world.out / "clean-up.log"

    def tell(line: str) -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        try:
            print(line, flush=True)
        except OSError:
            return  # the terminal is gone, the log has it

    tell(f"\nThe clean-up; whoever cuts it off goes on with it by `{CLEAN_UP}`.")
    try:
        left = clean_up(world, record, tell)
    except (BotoCoreError, ClientError) as error:
        tell(f"The clean-up stopped: {error}\nOnce that is mended, go on with `{CLEAN_UP}`.")
        return 1
    _tell_left(left, tell)
    return int(bool(left))


def _tell_left(left: Sequence[Left], tell: Callable[[str], None]) -> None:
    if not left:
        tell("Nothing is left.")
        return
    tell(f"\n{len(left)} things are left; try `{CLEAN_UP}` again, or by hand:")
    for one in left:
        tell(f"  {one}")


def go_on(account: Account, world: World, *, yes: str | None) -> int:
    """Clean up what an earlier run has left; 0 if nothing is left any more.

    Args:
        account: Where, to be read.
        world: The same.
        yes: The account's number, if it was given on the command line.

    Raises:
        Refused: It was played elsewhere, or the person did not say yes.
    """
    record = Record.load(record_of(world.out))
    if record is None:
        print("No rehearsal has left anything that is known here.")
        return 0
    here = where(account)
    if (record.account, record.region) != (here.account, here.region):
        raise Refused(
            f"the rehearsal was played in {record.account}, {record.region}, and the credentials"
            f" are of {here.account}, {here.region}; give --profile and --region of the former"
        )
    print(f"The rehearsal {record.run} has made, as far as is known:")
    for thing in record.made:
        print(f"  {thing.kind} {thing.name}")
    print(f"and what is there of the stacks {', '.join(record.stacks)} with its tag.")
    ask(here.account, "delete all of it", yes=yes)
    return end(world, record)
