"""What alarms say of minutes without data, and when a schedule fires first."""

import json
import re

from rehearsal.on_aws.seen import NOT_SO_FAR, Seen, unseen
from rehearsal.on_aws.stock import created
from rehearsal.on_aws.telling import Told
from rehearsal.world import World

MISSING = (
    r"no datapoints were received for \d+ periods? and \d+ missing datapoints? (was|were) treated"
    r" as \[\w+\]",
    r"\d+ datapoints? (was|were) received for \d+ periods? and \d+ missing datapoints? (was|were)"
    r" treated as \[\w+\]",
    r"Insufficient Data: \d+ datapoints? (was|were) unknown",
)
"""The sentences of the assumption, with any number in them."""

AT_ONCE_SECONDS = 600.0
"""How long after its creation a schedule that fires at once has certainly fired."""


def reason_of_missing_data(world: World, told: Told) -> Seen:
    """StateReason of each alarm of Dev's endpoint that speaks of missing data."""
    if told.names is None:
        return NOT_SO_FAR
    pages = world.client("cloudwatch").get_paginator("describe_alarms")
    found = pages.paginate(AlarmNamePrefix=told.names.endpoint)
    reasons = [alarm.get("StateReason", "") for page in found for alarm in page["MetricAlarms"]]
    speaking = [r for r in reasons if re.search("missing|no datapoints|Insufficient", r)]
    if not speaking:
        return unseen("no alarm speaks of missing data")
    other = [r for r in speaking if not any(re.search(known, r) for known in MISSING)]
    return Seen(not other, (other or speaking)[0], in_part=True)


def rate_fires_at_once(world: World, told: Told) -> Seen:
    """An execution of Promotion within minutes of its daily schedule's creation."""
    if told.names is None:
        return NOT_SO_FAR
    [stack] = world.client("cloudformation").describe_stacks(StackName=told.names.serving)["Stacks"]
    schedules = [i for k, i in created(world, stack["StackId"]) if k == "AWS::Scheduler::Schedule"]
    if not schedules:
        return unseen("the serving stack has no schedule")
    schedule = world.client("scheduler").get_schedule(Name=schedules[0].rpartition("/")[2])
    states = world.client("stepfunctions")
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=told.names.promotion)
    begun = schedule["CreationDate"]
    soon = [
        execution["executionArn"]
        for page in pages
        for execution in page["executions"]
        if 0 <= (execution["startDate"] - begun).total_seconds() <= AT_ONCE_SECONDS
    ]
    told_by = json.loads(schedule["Target"]["Input"])
    fired = [
        arn for arn in soon
        if json.loads(states.describe_execution(executionArn=arn)["input"]) == told_by
    ]  # fmt: skip
    if fired:
        return Seen(True, "it fired when it was created; no schedule was updated", in_part=True)
    return Seen(False, f"nothing was started within {AT_ONCE_SECONDS:.0f} s of its creation")
