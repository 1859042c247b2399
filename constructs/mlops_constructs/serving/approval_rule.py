"""From a person's verdict in the registry to a promotion."""

from collections.abc import Mapping

from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.state_machines.events import start_on


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
        promotion_input: Mapping[str, object],
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        version = events.EventField.from_path("$.detail.ModelPackageArn")
        verdict = events.EventField.from_path("$.detail.ModelApprovalStatus")
        self.undelivered = start_on(
            self,
            _verdict_on(group_name),
            machine=promotion,
            told={**promotion_input, "reason": f"{version} became {verdict}"},
            topic=topic,
            meaning=f"A verdict on {group_name} started no promotion; the queue has its event",
        )


def _verdict_on(group_name: str) -> events.EventPattern:
    return events.EventPattern(
        source=["aws.sagemaker"],
        detail_type=["SageMaker Model Package State Change"],
        detail={
            "ModelPackageGroupName": [group_name],
            "ModelApprovalStatus": ["Approved", "Rejected"],
            "UpdatedModelPackageFields": ["ModelApprovalStatus"],
        },
    )
