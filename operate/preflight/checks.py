"""All checks of an assembly against one account and region."""

from collections.abc import Callable, Iterator, Sequence

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.autoscaling import autoscaling
from operate.preflight.bootstrap import bootstrap
from operate.preflight.clashes import clashes
from operate.preflight.finding import Finding, Weight
from operate.preflight.images import images
from operate.preflight.model_monitor import model_monitor
from operate.preflight.moving import moving
from operate.preflight.quotas import quotas
from operate.preflight.template import World
from operate.refused import Refused

Check = Callable[[Account, World, Sequence[PlannedStack]], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "bootstrap": bootstrap,
    "quotas": quotas,
    "monitoring engine": model_monitor,
    "images": images,
    "names": clashes,
    "autoscaling": autoscaling,
    "moving": moving,
}


def check(account: Account, world: World, stacks: Sequence[PlannedStack]) -> Iterator[Finding]:
    """Yields what each check finds; one that AWS does not answer is a finding too."""
    for name, run in CHECKS.items():
        try:
            yield from run(account, world, stacks)
        except Refused as refused:
            todo = "ask somebody who may, or look by hand; the rest was looked at"
            yield Finding(Weight.UNKNOWN, name, str(refused), todo)
