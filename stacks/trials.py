"""What a model has besides whose versions are tried before they are released."""

from collections.abc import Mapping

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.comparison import Comparison
from mlops_constructs.serving import ChallengerRule, Trial
from pipeline_definitions.images import image_accounts
from pipeline_definitions.spec import ModelSpec
from stacks.foundation import FoundationStack


def promotion_input(
    config: StageConfig, model: ModelSpec, foundation: FoundationStack
) -> dict[str, object]:
    """What a promotion of the model is told, with its trial if it has one."""
    told, trial = config.promotion_input(model), config.trial_of(model)
    if trial is None:
        return told
    bucket = foundation.storage.bucket_name("artifacts")
    return {**told, "trial": trial.as_input(bucket=bucket)}


class Trials(Construct):
    """The comparison at the end of a trial, and the rule that ends one early.

    Args:
        config: Of the stage.
        model: Whose versions are tried.
        trial: How.
        foundation: Where captures and comparisons lie, and the topic.
        promotion: The state machine that decides.
        promotion_input: What it is told.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        model: ModelSpec,
        trial: Trial,
        foundation: FoundationStack,
        promotion: sfn.IStateMachine,
        promotion_input: Mapping[str, object],
    ) -> None:
        super().__init__(scope, construct_id)
        name = config.resource_name(model)
        Comparison(
            self,
            "Comparison",
            endpoint_name=name,
            release=trial,
            storage=foundation.storage.seen_from(self),
            image_accounts=image_accounts(),
            network=config.organisation.network,
        )
        ChallengerRule(
            self,
            "AlarmRule",
            endpoint_name=name,
            promotion=promotion,
            promotion_input=promotion_input,
            topic=foundation.topic,
        )
