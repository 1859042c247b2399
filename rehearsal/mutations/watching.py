"""Alarms: what they look at, and whom they tell."""

from collections.abc import Iterator

from rehearsal.mutations.mutation import NOTHING, Mutation
from rehearsal.mutations.resource import Resource

ELSEWHERE = {
    "Fn::Sub": f"arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{AWS::AccountId}}:{NOTHING}"
}


def alarm(resource: Resource) -> Iterator[Mutation]:
    """Each dimension, the metric, its namespace, and each action."""
    for number, dimension in enumerate(resource.get("Dimensions")):
        at = ("Dimensions", number, "Value")
        yield resource.broken("dimension", dimension["Name"], at)
    yield resource.broken("metric", "MetricName", ("MetricName",), NOTHING.title())
    yield resource.broken("metric", "Namespace", ("Namespace",), NOTHING.title())
    for number, _ in enumerate(resource.get("AlarmActions") or ()):
        yield resource.broken("action", str(number), ("AlarmActions", number), ELSEWHERE)
