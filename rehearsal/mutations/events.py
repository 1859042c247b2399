"""Rules and schedules: what they wait for, what they start, and what they tell it."""

from collections.abc import Iterator
from typing import Any

from rehearsal.mutations.mutation import NOTHING, Mutation, Place
from rehearsal.mutations.resource import Resource

NEVER = "cron(0 0 1 1 ? 2099)"


def rule(resource: Resource) -> Iterator[Mutation]:
    """Each leaf of the pattern, and target, input and state."""
    for place in _leaves(resource.get("EventPattern")):
        leaf = resource.get("EventPattern", *place)
        part = ".".join(str(key) for key in place)
        yield resource.broken("pattern", part, ("EventPattern", *place), _other(leaf))
    yield resource.broken("state", "State", ("State",), "DISABLED")
    for number, target in enumerate(resource.get("Targets")):
        at: Place = ("Targets", number)
        yield resource.broken(
            "target", target["Id"], (*at, "Arn"), another(resource, target["Arn"])
        )
        template = target.get("InputTransformer", {}).get("InputTemplate", "")
        if template.startswith("{"):
            yield from resource.keys_renamed("input", (*at, "InputTransformer", "InputTemplate"))


def schedule(resource: Resource) -> Iterator[Mutation]:
    """When, whether, what and with what input."""
    yield resource.broken("expression", "ScheduleExpression", ("ScheduleExpression",), NEVER)
    yield resource.broken("state", "State", ("State",), "DISABLED")
    target = resource.get("Target")
    yield resource.broken("target", "Target", ("Target", "Arn"), another(resource, target["Arn"]))
    yield from resource.keys_renamed("input", ("Target", "Input"))


def another(resource: Resource, arn: Any) -> Any:
    """What is of the same kind as a target, and is not it."""
    text = flat(arn)
    if text.endswith(":startPipelineExecution"):
        return _ended(arn, text, "startPipelineExecution", "stopPipelineExecution")
    machines = [
        other.get("StateMachineName")
        for template in resource.templates
        for other in _machines(resource, template)
    ]
    for mine in machines:
        if text.endswith(f":stateMachine:{mine}"):
            [other] = [name for name in machines if name != mine]
            return _ended(arn, text, mine, other)
    return {
        "Fn::Sub": f"arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{AWS::AccountId}}:{NOTHING}"
    }


def flat(arn: Any) -> str:
    """An ARN as one text, in which references stand as their names."""
    if isinstance(arn, dict):
        [(function, value)] = arn.items()
        return "".join(flat(part) for part in value[1]) if function == "Fn::Join" else str(value)
    return str(arn)


def _ended(arn: Any, text: str, end: str, other: str) -> Any:
    last = arn["Fn::Join"][1][-1]
    return {"Fn::Join": ["", [*arn["Fn::Join"][1][:-1], last.removesuffix(end) + other]]}


def _machines(resource: Resource, stack: str) -> Iterator[Resource]:
    for logical_id, body in resource.templates[stack]["Resources"].items():
        if body["Type"] == "AWS::StepFunctions::StateMachine":
            yield Resource(stack, logical_id, resource.templates)


def _leaves(pattern: Any) -> Iterator[Place]:
    for key, value in pattern.items():
        if isinstance(value, dict):
            yield from ((key, *place) for place in _leaves(value))
        else:
            yield (key,)


def _other(leaf: list[Any]) -> list[Any]:
    """What no event has where the leaf is."""
    [first, *_] = leaf
    if isinstance(first, dict) and "exists" in first:
        return [{"exists": not first["exists"]}]
    return [NOTHING]
