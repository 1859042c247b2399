"""A stage that the story is played on, one of whose templates can be broken and mended."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from rehearsal.deployment import bootstrap, by_stack, deploy, mutate
from rehearsal.mailbox import Mailbox
from rehearsal.mutations.mutation import Mutation, Template
from rehearsal.names import Names
from rehearsal.timeline import Timeline
from rehearsal.traffic import Traffic
from rehearsal.world import World

HOUR = 3600.0
ASSETS = "cdk-hnb659fds-assets-{account}-{region}"
"""Where cdk puts templates; a template in a request may have 51,200 bytes only.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""


class Refused(Exception):
    """A template was not deployed; the text says why."""


@dataclass
class Stage:
    """Where the story has come to.

    Attributes:
        world: The AWS.
        timeline: Where it is told.
        names: Of the stage.
        mailbox: What people are told.
        templates: The synthesized ones, by stack name.
        package: The version that serves, or that was made last.
        traffic: What was asked while it served.
    """

    world: World
    timeline: Timeline
    names: Names
    mailbox: Mailbox
    templates: Mapping[str, Template]
    package: str = ""
    traffic: Traffic = field(default_factory=lambda: Traffic("", 0.0))

    @classmethod
    def deployed(cls, world: World, timeline: Timeline) -> "Stage":
        """Deploy what is in the assembly, with the daily re-checks switched off.

        What a broken arrow loses they find a day later at most: now and then in the very hour of
        the try, so that another arrow is named, and always before the next one, whose run then has
        to wait for a cool-down.
        """
        for stack, template in by_stack(world.assembly).items():
            mutate(world.assembly, stack, _without_rechecks(template))
        bootstrap(world)
        deploy(world, timeline)
        names = Names.of(world)
        return cls(world, timeline, names, Mailbox(world, names.topic), by_stack(world.assembly))

    def broken(self, mutation: Mutation) -> None:
        """Deploy the mutated template.

        Raises:
            Refused: CloudFormation did not take it.
        """
        self._update(mutation.stack, mutation.applied(self.templates[mutation.stack]))

    def mended(self, mutation: Mutation) -> None:
        """Deploy what was synthesized, in place of the mutated template."""
        self._update(mutation.stack, self.templates[mutation.stack])

    def _update(self, stack: str, template: Template) -> None:
        cloudformation = self.world.client("cloudformation")
        cloudformation.update_stack(
            StackName=stack, TemplateURL=self._uploaded(stack, template),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )  # fmt: skip
        described = self.world.await_arrow(
            "UpdateStack -> stack", lambda: _described(cloudformation, stack),
            expected="the update to end", within=HOUR,
            until=lambda found: not found["StackStatus"].endswith("IN_PROGRESS"),
        )  # fmt: skip
        if described["StackStatus"] != "UPDATE_COMPLETE":
            raise Refused(f"{described['StackStatus']}: {self._why(stack)}")

    def _why(self, stack: str) -> str:
        """What the resource said that failed last."""
        events = self.world.client("cloudformation").describe_stack_events(StackName=stack)
        failed = [e for e in events["StackEvents"] if e["ResourceStatus"].endswith("_FAILED")]
        return str(failed[0].get("ResourceStatusReason")) if failed else "no resource failed"

    def _uploaded(self, stack: str, template: Template) -> str:
        region = self.world.environment["AWS_REGION"]
        account = self.world.client("sts").get_caller_identity()["Account"]
        bucket, key = ASSETS.format(account=account, region=region), f"mutated/{stack}.json"
        self.world.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(template))
        return f"https://s3.{region}.amazonaws.com/{bucket}/{key}"


def _without_rechecks(template: Template) -> Template:
    off = deepcopy(template)
    for resource in off.get("Resources", {}).values():
        path = resource.get("Metadata", {}).get("aws:cdk:path", "")
        if resource["Type"] == "AWS::Scheduler::Schedule" and "/Recheck/" in path:
            resource["Properties"]["State"] = "DISABLED"
    return off


def _described(cloudformation: Any, stack: str) -> dict[str, Any]:
    described: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return described
