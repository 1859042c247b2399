"""What acts for all models of a stage: promotions and retrainings."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.promotion import Archives, Promotion
from mlops_constructs.retraining import Retraining
from stacks.foundation import FoundationStack
from stacks.version_files import all_version_files


class OperationsStack(Stack):
    """The state machines that bring approved versions into service and, where there is training,
    train again."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        foundation: FoundationStack,
    ) -> None:
        super().__init__(scope, construct_id)
        reads_files = config.tries_versions or config.names_archives
        artifacts = foundation.storage.seen_from(self).artifacts if reads_files else None
        promotion = Promotion(
            self,
            "Promotion",
            state_machine_name=config.promotion_name,
            slot_prefix=config.slot_prefix,
            stack_prefix=config.serving_stack_prefix,
            monitoring_stack_prefix=config.monitoring_stack_prefix,
            name_prefix=config.resource_prefix,
            group_prefix=config.trained_by.resource_prefix,
            next_stage=config.next_stage,
            comparisons=artifacts if config.tries_versions else None,
            batches=config.scores_batches,
            archives=_archives(self, config, artifacts),
            topic=foundation.topic,
            key=foundation.key,
        )
        CfnOutput(self, "PromotionStateMachineArn", value=promotion.state_machine.state_machine_arn)
        if config.trains:
            self._retrain(config, foundation)

    def _retrain(self, config: StageConfig, foundation: FoundationStack) -> None:
        retraining = Retraining(
            self,
            "Retraining",
            state_machine_name=config.retraining_name,
            slot_prefix=config.slot_prefix,
            name_prefix=config.resource_prefix,
            topic=foundation.topic,
            key=foundation.key,
        )
        CfnOutput(
            self, "RetrainingStateMachineArn", value=retraining.state_machine.state_machine_arn
        )


def _archives(
    scope: Construct, config: StageConfig, artifacts: s3.IBucket | None
) -> Archives | None:
    if artifacts is None or not config.names_archives:
        return None
    return Archives(versions=all_version_files(scope, config), bucket=artifacts)
