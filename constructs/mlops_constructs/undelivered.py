"""Where events end up that a rule could not deliver, and who hears of it."""

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class UndeliveredEvents(sqs.Queue):
    """A dead-letter queue that keeps events for two weeks, with an alarm as soon as there is one.

    Args:
        topic: Hears the alarm.
        meaning: What it means that an event is here, for whoever reads the alarm.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, topic: sns.ITopic, meaning: str
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        Validations.of(self).acknowledge(
            Acknowledgment(id="AwsSolutions-SQS3", reason="This queue is the dead-letter queue.")
        )
        alarm = cloudwatch.Alarm(
            self,
            "Alarm",
            alarm_description=meaning,
            metric=self.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(1), statistic="Maximum"
            ),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
