"""Ways in and out: rules of security groups as CDK's engine reads them, and where things run."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from review.engine import StackImpact
from review.findings import NetworkChange, Thing
from review.readings import readings
from review.resources import Pair, StackPair, noun

PLACES: Final = (
    "VpcConfig",
    "NetworkConfig",
    "SubnetIds",
    "SecurityGroupIds",
    "EnableNetworkIsolation",
    "PubliclyAccessible",
)
"""Properties that say where a resource runs and what it reaches."""
WAYS: Final = (
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NatGateway",
    "AWS::EC2::Route",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::VPCPeeringConnection",
)
_GROUP: Final = "AWS::EC2::SecurityGroup"
_RULES: Final[Mapping[str, str]] = {
    "ingressRuleAdditions": "gained in",
    "egressRuleAdditions": "gained out",
    "ingressRuleRemovals": "lost in",
    "egressRuleRemovals": "lost out",
}


def network(
    pairs: Iterable[StackPair], impacts: Mapping[str, StackImpact]
) -> Iterator[NetworkChange]:
    """Everything gained, lost and changed, in the order of stacks."""
    for stack in pairs:
        if stack.head is None:
            continue
        yield from _rules(stack, impacts[stack.name].network)
        for pair in stack.resources:
            yield from _ways(pair)
            if pair.base and pair.head:
                yield from _places(pair)


def _rules(stack: StackPair, rules: Mapping[str, list[dict[str, Any]]]) -> Iterator[NetworkChange]:
    for key, told in _RULES.items():
        change, direction = told.split()
        for rule in rules.get(key) or ():
            words = f"{direction}: {_ports(rule)} {_peer(rule)}".strip()
            group = str(rule.get("groupId", ""))
            thing = Thing(stack.name, group, _GROUP, noun(_GROUP), group)
            yield NetworkChange("gained" if change == "gained" else "lost", thing, words)


def _ports(rule: Mapping[str, Any]) -> str:
    protocol = str(rule.get("ipProtocol", ""))
    if protocol == "-1":
        return "everything"
    ports = {str(rule[key]) for key in ("fromPort", "toPort") if key in rule}
    return " ".join([protocol, "-".join(sorted(ports))]).strip()


def _peer(rule: Mapping[str, Any]) -> str:
    peer = rule.get("peer") or {}
    told = [str(value) for key, value in sorted(peer.items()) if key != "kind"]
    return f"with {', '.join(told)}" if told else ""


def _ways(pair: Pair) -> Iterator[NetworkChange]:
    if pair.either.type in WAYS and not (pair.base and pair.head):
        yield NetworkChange("gained" if pair.head else "lost", Thing.of(pair.either), "as a whole")


def _places(pair: Pair) -> Iterator[NetworkChange]:
    for found in readings(*pair.sides):
        if any(place in found.path.replace("[", ".").split(".") for place in PLACES):
            sides = f"`{found.before}` → `{found.after}`"
            yield NetworkChange("changed", Thing.of(pair.either), f"`{found.path}`: {sides}")
