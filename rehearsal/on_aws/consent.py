"""What a person is shown before anything is made, and what they have to say."""

import sys
import textwrap
from collections.abc import Iterator, Sequence

from operate.preflight.assembly import PlannedStack
from operate.preflight.finding import Finding, Weight
from operate.preflight.template import World as Where
from operate.refused import Refused
from rehearsal.on_aws.deleting import KEY_WAITS_DAYS
from rehearsal.on_aws.plan import LEFT_OUT, chapters, kept, total, uses

WIDTH = 100

NEVER_DELETED = (
    "what no account can delete: the records of jobs, pipeline runs and deleted stacks, and points"
    " of metrics, which CloudWatch keeps for 15 months",
    "files in CDK's own bucket, named by their content; `cdk gc` deletes those that no stack uses",
)


def screen(
    where: Where, caller: str, stacks: Sequence[PlannedStack], found: Sequence[Finding], record: str
) -> str:
    """All of it, as text.

    Args:
        where: The account.
        caller: ARN of who plays.
        stacks: What is to be deployed.
        found: What preflight found.
        record: Where what is made will be written down.
    """
    played = chapters(stacks)
    sections = [
        ("account", [f"{where.account}, {where.region}", f"as {caller}"]),
        ("never run", ["this was written and tested without an AWS account: you are the first."
                       " Stay near it, and take an account that holds nothing you would miss"]),
        ("makes", [f"{len(stacks)} stacks: {', '.join(stack.name for stack in stacks)}"]),
        ("runs on", [*_instances(stacks, where)]),
        ("takes", [f"about {total(played):.0f} hours; your credentials have to last as long",
                   *(f"{chapter.minutes:>3} min  {chapter.name}" for chapter in played)]),
        ("leaves out", list(LEFT_OUT)),
        ("cleans up", [*_cleaned(stacks, record)]),
        ("stays", list(NEVER_DELETED)),
        ("not known", [f"{f.check}: {f.what} -> {f.todo}" for f in found
                       if f.weight is not Weight.STOPS]),
    ]  # fmt: skip
    lines = [line for name, texts in sections if texts for line in _section(name, texts)]
    return "\n".join(lines)


def _instances(stacks: Sequence[PlannedStack], where: Where) -> Iterator[str]:
    for use in uses(stacks, where):
        what = "the endpoints" if use.purpose == "endpoint" else f"{use.purpose} jobs"
        yield f"{what}: {use.most} {use.kind} at most, about {use.hours:.1f} instance-hours"


def _cleaned(stacks: Sequence[PlannedStack], record: str) -> Iterator[str]:
    things = ", ".join(f"{count} {noun}" for noun, count in kept(stacks).items())
    yield (
        f"at its end, also when it fails or you press Ctrl-C: all stacks, and what they keep"
        f" ({things}) with all that is in it, because this run made it; keys wait"
        f" {KEY_WAITS_DAYS} days for their end"
    )
    yield (
        f"what is made is written to {record}; if the clean-up is cut off, `python -m rehearsal"
        " --target aws --clean-up` goes on with it"
    )


def _section(name: str, texts: Sequence[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield textwrap.fill(
            text, WIDTH, initial_indent=f"{name if not number else '':<12}",
            subsequent_indent=" " * 14, break_on_hyphens=False, break_long_words=False,
        )  # fmt: skip


def ask(account: str, what: str, *, yes: str | None) -> None:
    """Have a person type the account's number.

    Args:
        account: It.
        what: What will be done.
        yes: The number, if it was given on the command line.

    Raises:
        Refused: They typed anything else, or there is nobody to ask.
    """
    if yes is None:
        if not sys.stdin.isatty():
            raise Refused(f"nothing was done, because there is nobody to ask; give --yes {account}")
        yes = input(f"\nTo {what}, type the number of the account: ").strip()
    if yes != account:
        raise Refused(f"nothing was done: {yes!r} is not the account {account}")
