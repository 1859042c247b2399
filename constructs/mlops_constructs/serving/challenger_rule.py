"""From the alarm of a challenger to a promotion, which drops it."""

from collections.abc import Mapping

from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.serving.challenger import alarm_prefix
from mlops_constructs.state_machines.events import start_on


class ChallengerRule(Construct):
    """Starts a promotion whenever the alarm of a trial at an endpoint rings.

    What can't be delivered in a day is kept in a queue, and an alarm tells ``topic``.

    Args:
        endpoint_name: The endpoint at which versions are tried.
        promotion: The state machine to start.
        promotion_input: Its input; a `reason` that names the alarm is added to it.
        topic: Hears when an event could not be delivered.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        promotion: sfn.IStateMachine,
        promotion_input: Mapping[str, object],
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        alarm = events.EventField.from_path("$.detail.alarmName")
        self.undelivered = start_on(
            self,
            events.EventPattern(
                source=["aws.cloudwatch"],
                detail_type=["CloudWatch Alarm State Change"],
                detail={
                    "alarmName": [{"prefix": alarm_prefix(endpoint_name)}],
                    "state": {"value": ["ALARM"]},
                },
            ),
            machine=promotion,
            told={**promotion_input, "reason": f"{alarm} rings"},
            topic=topic,
            meaning=f"A challenger's alarm at {endpoint_name} rang and started no promotion",
        )
