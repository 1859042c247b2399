"""Whether the story can be played in an account, and touches nothing that is somebody else's."""

import json
from collections.abc import Iterator, Sequence

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.demand import demands
from operate.preflight.finding import Finding, Weight
from operate.preflight.quotas import NAMES, allowed
from operate.preflight.template import World as Where
from operate.refused import Refused
from rehearsal.on_aws.stock import endpoint_logs

ALIAS, ENDPOINT, SLOT = "AWS::KMS::Alias", "AWS::SageMaker::Endpoint", "Custom::ModelSlot"


def unfit(
    account: Account, where: Where, stacks: Sequence[PlannedStack], found: Sequence[Finding]
) -> Iterator[str]:
    """Yields a sentence for each reason not to play here; what is there is only read.

    Args:
        account: Whose account.
        where: The same, and the region.
        stacks: What is to be deployed.
        found: What preflight found.
    """
    for stack in stacks:
        if not stack.goes_to(where):
            yield (
                f"stack {stack.name} goes to {stack.account or 'any account'},"
                f" {stack.region or 'any region'}, and the credentials are of {where.account},"
                f" {where.region}; the rehearsal plays in one account and region"
            )
        elif _exists(account, stack.name):
            yield (
                f"stack {stack.name} is there already: somebody's app is deployed in"
                f" {where.account}, {where.region}, and a rehearsal would play with it; take"
                " another account or region"
            )
    yield from _taken(account, where, stacks)
    for finding in found:
        if finding.weight is Weight.STOPS:
            yield f"{finding.check}: {finding.what}; {finding.todo}"
    yield from _beside(account, stacks, where)


def logs_before(account: Account, where: Where, stacks: Sequence[PlannedStack]) -> list[str]:
    """Log groups of endpoints of the same names that were here once: they are not ours."""
    found = []
    for stack in stacks:
        for endpoint in stack.template.resources(ENDPOINT):
            name = endpoint_logs(stack.template.text(endpoint["EndpointName"], where) or "")
            listed = account.each(
                "logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name
            )
            found += [name for group in listed if group["logGroupName"] == name]
    return found


def _exists(account: Account, stack: str) -> bool:
    try:
        account.read("cloudformation", "describe_stacks", StackName=stack)
    except Refused as refused:
        if refused.code == "ValidationError" and "does not exist" in str(refused):
            return False
        raise
    return True


def _taken(account: Account, where: Where, stacks: Sequence[PlannedStack]) -> Iterator[str]:
    """Aliases and slots, which a deployment would fail on, or take over."""
    aliases = {found["AliasName"] for found in account.each("kms", "list_aliases", "Aliases")}
    for stack in stacks:
        for properties in stack.template.resources(ALIAS):
            name = stack.template.text(properties["AliasName"], where)
            if name in aliases:
                yield f"the key alias {name} is there already; take another account or region"
        for properties in stack.template.resources(SLOT):
            folder = json.loads(properties["Create"])["parameters"]["Name"].rpartition("/")[0]
            there = account.each(
                "ssm", "get_parameters_by_path", "Parameters", Path=folder, Recursive=True
            )
            for parameter in there:
                yield (
                    f"the parameter {parameter['Name']} is there already, left by a stage of the"
                    " same name; see whose it is, and delete it or take another account or region"
                )


def _beside(account: Account, stacks: Sequence[PlannedStack], where: Where) -> Iterator[str]:
    """The quota for endpoints with a release of the widest beside all that serve.

    Preflight's findings stop at what the first deployment needs.
    """
    asked = {kind: demand for kind, demand in demands(stacks, where).items()
             if kind[0] == "endpoint"}  # fmt: skip
    if not asked:
        return
    try:
        granted = allowed(account)
    except Refused:
        return  # preflight's finding says so
    for (usage, kind), demand in sorted(asked.items()):
        name = NAMES[usage].format(kind)
        needed = demand.first + widest(stacks, kind)
        if name in granted and demand.first <= granted[name][0] < needed:
            yield (
                f"quotas: the quota {name!r} is {granted[name][0]:g}, and {needed} are needed while"
                " a release is beside what serves; `aws service-quotas"
                " request-service-quota-increase --service-code sagemaker --quota-code"
                f" {granted[name][1]} --desired-value {needed}`"
            )


def widest(stacks: Sequence[PlannedStack], kind: str) -> int:
    """The most instances of a type that one endpoint begins with."""
    counts = [
        int(variant.get("InitialInstanceCount", 1))
        for stack in stacks
        for config in stack.template.resources("AWS::SageMaker::EndpointConfig")
        for variant in config["ProductionVariants"]
        if variant.get("InstanceType") == kind
    ]
    return max(counts, default=0)
