"""Whether `cdk bootstrap` was run there, recently enough, and left CloudFormation its role."""

from collections.abc import Iterator, Sequence

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.finding import Finding, Weight
from operate.preflight.template import World
from operate.refused import Refused

CHECK = "bootstrap"


def bootstrap(account: Account, world: World, stacks: Sequence[PlannedStack]) -> Iterator[Finding]:
    """Yields what is wrong with CDK's bootstrap stack, CDKToolkit."""
    command = f"cdk bootstrap aws://{world.account}/{world.region}"
    needed: dict[str, int] = {}
    for stack in stacks:
        if stack.bootstrap_parameter:
            name = stack.bootstrap_parameter
            needed[name] = max(needed.get(name, 0), stack.bootstrap_version)
    for name, version in sorted(needed.items()):
        found = account.read("ssm", "get_parameters", Names=[name])["Parameters"]
        if not found:
            what = f"the account is not bootstrapped there: no SSM parameter {name}"
            yield Finding(Weight.STOPS, CHECK, what, f"`{command}`")
        elif int(found[0]["Value"]) < version:
            what = f"the bootstrap stack has version {found[0]['Value']}, the stacks need {version}"
            yield Finding(Weight.STOPS, CHECK, what, f"`{command}` once more, which renews it")
    for arn in sorted({world.fill(s.execution_role) for s in stacks if s.execution_role}):
        yield from _role(account, arn, command)


def _role(account: Account, arn: str, command: str) -> Iterator[Finding]:
    try:
        account.read("iam", "get_role", RoleName=arn.rpartition("/")[2])
    except Refused as refused:
        if refused.code != "NoSuchEntity":
            raise
        yield Finding(
            Weight.STOPS,
            CHECK,
            f"CloudFormation's role {arn} is not there",
            f"`{command}`; if your organisation names its roles otherwise, give its qualifier to"
            " the stacks' synthesizer",
        )
