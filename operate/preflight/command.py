"""`python -m operate preflight`."""

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

from operate.account import Account
from operate.preflight.assembly import PlannedStack, read_assembly
from operate.preflight.checks import CHECKS, check
from operate.preflight.finding import Finding, Weight
from operate.preflight.template import World
from operate.refused import Refused


def preflight(account: Account, assembly: Path, stage: str | None, *, as_json: bool) -> int:
    """Prints what it finds.

    Returns:
        1 if something stops a deployment, else 0.

    Raises:
        Refused: There is no assembly, or none of its stacks goes to this account and region.
    """
    stacks = read_assembly(assembly)
    if stage is not None:
        stacks = [stack for stack in stacks if stack.name.startswith(f"{stage}-")]
    partition = account.caller.split(":")[1]
    world = World(account.identifier, account.region, partition)
    here = [stack for stack in stacks if stack.goes_to(world)]
    if not here:
        raise Refused(_nothing_to_do(world, assembly, stacks, stage))
    findings = list(check(account, world, here))
    if as_json:
        print(json.dumps([_plain(finding) for finding in findings], indent=2))
    else:
        _show(world, here, stacks, findings)
    return 1 if any(finding.weight is Weight.STOPS for finding in findings) else 0


def _nothing_to_do(
    world: World, assembly: Path, stacks: Sequence[PlannedStack], stage: str | None
) -> str:
    if not stacks:
        return f"{assembly} has no stacks of a stage {stage!r}; give another --stage or --assembly"
    places = sorted({f"{s.account or 'any account'}, {s.region or 'any region'}" for s in stacks})
    return (
        f"the credentials are of {world.account}, {world.region}, and the stacks go to"
        f" {'; '.join(places)}; give --profile and --region of one of these"
    )


def _show(
    world: World,
    here: Sequence[PlannedStack],
    stacks: Sequence[PlannedStack],
    findings: Sequence[Finding],
) -> None:
    print(f"preflight of {len(here)} stacks   account {world.account}, {world.region}")
    if len(here) < len(stacks):
        others = ", ".join(sorted(s.name for s in stacks if s not in here))
        print(_wrapped("elsewhere", f"not looked at, they go to another account: {others}"))
    print()
    for weight in Weight:
        for finding in findings:
            if finding.weight is weight:
                print(_wrapped(weight.value, f"{finding.check}: {finding.what}"))
                print(_wrapped("", f"-> {finding.todo}"))
    silent = [name for name in CHECKS if name not in {finding.check for finding in findings}]
    if silent:
        print(_wrapped("ok", ", ".join(silent)))
    stops = sum(finding.weight is Weight.STOPS for finding in findings)
    print(f"\n{stops} of {len(findings)} findings stop a deployment")


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(
        text,
        100,
        initial_indent=f"{label:<10}",
        subsequent_indent=" " * 10,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _plain(finding: Finding) -> dict[str, str]:
    return {
        "weight": finding.weight.name.lower(),
        "check": finding.check,
        "what": finding.what,
        "todo": finding.todo,
    }
