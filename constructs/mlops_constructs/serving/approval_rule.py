"""From a person's verdict in the registry to a promotion."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.state_machines.events import start_on

VERDICT: Final = ("ModelApprovalStatus",)
VERDICT_AND_LIFE_CYCLE: Final = (*VERDICT, "ModelLifeCycle")
"""Fields of a version, as its event names them when they change:
https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-model-package
"""


class ApprovalRule(Construct):
    """Starts a promotion whenever a person approves or rejects a version of a group.

    Only a change of the verdict itself counts: stamping metadata on an approved version sends the
    same event with other UpdatedModelPackageFields, and would start promotions without end. For a
    stage with a life-cycle approval each change of a judged version's life cycle counts besides,
    whatever it says: the approval may have been given, or taken back.
    SageMaker may send an event more than once; the promotion has to bear that. What can't be
    delivered in a day is kept in a queue, and an alarm tells ``topic``.

    Args:
        group_name: The model package group to listen to.
        fields: Which changes of a version count: `VERDICT`, or `VERDICT_AND_LIFE_CYCLE`.
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
        fields: Sequence[str],
        promotion: sfn.IStateMachine,
        promotion_input: Mapping[str, object],
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        version = events.EventField.from_path("$.detail.ModelPackageArn")
        verdict = events.EventField.from_path("$.detail.ModelApprovalStatus")
        self.undelivered = start_on(
            self,
            _verdict_on(group_name, fields),
            machine=promotion,
            told={**promotion_input, "reason": f"{version} is {verdict}"},
            topic=topic,
            meaning=f"A verdict on {group_name} started no promotion; the queue has its event",
        )


def _verdict_on(group_name: str, fields: Sequence[str]) -> events.EventPattern:
    return events.EventPattern(
        source=["aws.sagemaker"],
        detail_type=["SageMaker Model Package State Change"],
        detail={
            "ModelPackageGroupName": [group_name],
            "ModelApprovalStatus": ["Approved", "Rejected"],
            "UpdatedModelPackageFields": list(fields),
        },
    )
