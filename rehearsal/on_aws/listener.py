"""A rule and a queue of the rehearsal's own that hear of every change of a version."""

import json
from dataclasses import dataclass, field
from typing import Any

from rehearsal.mailbox import make_queue, taken
from rehearsal.on_aws.record import Made, Record
from rehearsal.world import World


@dataclass
class Listener:
    """The events of one model package group."""

    world: World
    queue: str
    events: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, world: World, record: Record, *, group: str) -> "Listener":
        """Listen from now on; the rule and the queue are in the record before they are made."""
        name = f"rehearsal-{record.run}"
        record.add([Made("rule", name), Made("queue", name)])
        pattern = {
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Model Package State Change"],
            "detail": {"ModelPackageGroupName": [group]},
        }
        events = world.client("events")
        rule = events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
        queue, arn = make_queue(world, name, sender="events.amazonaws.com", source=rule)
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
        return cls(world, queue)

    def heard(self) -> list[dict[str, Any]]:
        """All events so far; their order is not kept by queues."""
        self.events += taken(self.world, self.queue)
        return self.events
