"""From a person's verdict in the registry to a promotion."""

from collections.abc import Mapping

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct


class ApprovalRule(Construct):
    """Starts a promotion whenever a person approves or rejects a version of a group.

    Only a change of the verdict itself counts: stamping metadata on an approved version sends the
    same event with other UpdatedModelPackageFields, and would start promotions without end.
    SageMaker may send an event more than once; the promotion has to bear that. What can't be
    delivered in a day is kept in a queue, and an alarm tells ``topic``.

    Args:
        group_name: The model package group to listen to.
        promotion: The state machine to start.
        promotion_input: Its input; a `reason` that names the version is added to it.
        topic: Hears when an event could not be delivered.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        group_name: str,
        promotion: sfn.IStateMachine,
        promotion_input: Mapping[str, str],
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        self.undelivered = sqs.Queue(
            self,
            "Undelivered",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        Validations.of(self.undelivered).acknowledge(
            Acknowledgment(id="AwsSolutions-SQS3", reason="This queue is the dead-letter queue.")
        )
        version = events.EventField.from_path("$.detail.ModelPackageArn")
        verdict = events.EventField.from_path("$.detail.ModelApprovalStatus")
        reason = f"{version} became {verdict}"
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("events.amazonaws.com"))
        events.Rule(
            self,
            "Resource",
            event_pattern=events.EventPattern(
                source=["aws.sagemaker"],
                detail_type=["SageMaker Model Package State Change"],
                detail={
                    "ModelPackageGroupName": [group_name],
                    "ModelApprovalStatus": ["Approved", "Rejected"],
                    "UpdatedModelPackageFields": ["ModelApprovalStatus"],
                },
            ),
            targets=[
                targets.SfnStateMachine(
                    promotion,
                    input=events.RuleTargetInput.from_object({**promotion_input, "reason": reason}),
                    role=role,
                    dead_letter_queue=self.undelivered,
                    max_event_age=Duration.days(1),
                    retry_attempts=185,
                )
            ],
        )
        alarm = cloudwatch.Alarm(
            self,
            "UndeliveredAlarm",
            alarm_description=f"A verdict on {group_name} started no promotion; the queue has it",
            metric=self.undelivered.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(1), statistic="Maximum"
            ),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
