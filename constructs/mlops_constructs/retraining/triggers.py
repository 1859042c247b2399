"""From an alarm or a new file to a retraining."""

from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.problems import refuse
from mlops_constructs.state_machines.events import start_on


class DriftTrigger(Construct):
    """Starts a retraining whenever one of ``alarms`` goes into ALARM and is not suppressed.

    An alarm that stays in ALARM sends no second event; the machine and the daily re-check look at
    its state. What can't be delivered in a day is kept in a queue, and an alarm tells ``topic``.
    The event: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html

    Args:
        alarms: Metric alarms; the machine's input names the same.
        retraining: The state machine to start.
        retraining_input: Its input; `trigger` and a `reason` that names the alarm are added.
        topic: Hears when an event could not be delivered.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarms: Sequence[cloudwatch.IAlarm],
        retraining: sfn.IStateMachine,
        retraining_input: Mapping[str, object],
        topic: sns.ITopic,
    ) -> None:
        refuse(_alarm_problems(alarms))
        super().__init__(scope, construct_id)
        # The state's own reason stays out: a person can set it to a text that is no JSON.
        name = events.EventField.from_path("$.detail.alarmName")
        moment = events.EventField.from_path("$.detail.state.timestamp")
        start_on(
            self,
            events.EventPattern(
                source=["aws.cloudwatch"],
                detail_type=["CloudWatch Alarm State Change"],
                resources=[alarm.alarm_arn for alarm in alarms],
                detail={"state": {"value": ["ALARM"], "actionsSuppressedBy": [{"exists": False}]}},
            ),
            machine=retraining,
            told=_told(retraining_input, "drift", f"{name} rang at {moment}"),
            topic=topic,
            meaning="A drift alarm started no retraining; the queue has its event",
        )


class NewDataTrigger(Construct):
    """Starts a retraining for every new object below a prefix; the machine waits for the others.

    The bucket must send its events to EventBridge.
    The event: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html

    Args:
        bucket: Where the data lies.
        prefix: Where in it, with a slash at its end.
        retraining: The state machine to start.
        retraining_input: Its input; `trigger` and a `reason` that names the bucket are added.
        topic: Hears when an event could not be delivered.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: s3.IBucket,
        prefix: str,
        retraining: sfn.IStateMachine,
        retraining_input: Mapping[str, object],
        topic: sns.ITopic,
    ) -> None:
        if not prefix.endswith("/") or prefix.startswith("/"):
            refuse([f"prefix must end with a slash and not begin with one, got {prefix!r}"])
        super().__init__(scope, construct_id)
        name = events.EventField.from_path("$.detail.bucket.name")
        moment = events.EventField.from_path("$.time")
        start_on(
            self,
            events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [bucket.bucket_name]},
                    "object": {"key": [{"prefix": prefix}]},
                },
            ),
            machine=retraining,
            told=_told(retraining_input, "data", f"new data in {name}/{prefix} at {moment}"),
            topic=topic,
            meaning=f"New data below {prefix} started no retraining; the queue has its event",
        )


def _told(retraining_input: Mapping[str, object], trigger: str, reason: str) -> dict[str, object]:
    return {**retraining_input, "trigger": trigger, "reason": reason}


def _alarm_problems(alarms: Sequence[cloudwatch.IAlarm]) -> Iterator[str]:
    if not alarms:
        yield "alarms must not be empty: without a resource the rule would hear every alarm"
    for alarm in alarms:
        if isinstance(alarm, cloudwatch.CompositeAlarm):
            yield (
                f"{alarm.node.path} is a composite alarm, which the machine may not look at; "
                "name the metric alarms it is made of"
            )
