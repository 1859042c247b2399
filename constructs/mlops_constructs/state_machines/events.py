"""From an event to an execution of a state machine."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.undelivered import UndeliveredEvents

MOST_RETRIES = 185
"""EventBridge's own maximum (API reference, RetryPolicy)."""


def start_on(
    scope: Construct,
    pattern: events.EventPattern,
    *,
    machine: sfn.IStateMachine,
    told: Mapping[str, object],
    topic: sns.ITopic,
    meaning: str,
) -> UndeliveredEvents:
    """Makes the rule of ``scope`` that starts ``machine``, with a queue for what stays undelivered.

    What can't be delivered in a day is kept in that queue, and an alarm tells ``topic``. An event
    may come more than once; the machine has to bear that.

    Args:
        scope: The construct whose rule it is.
        pattern: Which events.
        machine: What they start.
        told: Its input; its texts may be fields of the event.
        topic: Hears of events that could not be delivered.
        meaning: What it means that one could not.
    """
    undelivered = UndeliveredEvents(scope, "Undelivered", topic=topic, meaning=meaning)
    start = targets.SfnStateMachine(
        machine,
        input=events.RuleTargetInput.from_object(told),
        role=iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("events.amazonaws.com")),
        dead_letter_queue=undelivered,
        max_event_age=Duration.days(1),
        retry_attempts=MOST_RETRIES,
    )
    events.Rule(scope, "Resource", event_pattern=pattern, targets=[start])
    return undelivered
