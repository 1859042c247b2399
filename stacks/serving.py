"""How one model is served."""

import json
from collections.abc import Mapping

from aws_cdk import CfnCondition, CfnOutput, DefaultStackSynthesizer, Stack
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.problems import refuse
from mlops_constructs.serving import (
    VERDICT,
    VERDICT_AND_LIFE_CYCLE,
    ApprovalRule,
    Batch,
    BatchInference,
    MultiModel,
    RunRule,
    marketplace_problems,
)
from mlops_constructs.state_machines import DailyRecheck
from mlops_constructs.training import ImageRegistries
from pipeline_definitions.definition import PipelineDefinition
from pipeline_definitions.images import image_accounts
from pipeline_definitions.spec import ModelSpec
from stacks.batch import batch_of, batch_outputs, model_outputs
from stacks.endpoint import Served, config_outputs, endpoint_of, queue_outputs
from stacks.foundation import FoundationStack
from stacks.many import archive_outputs, many_of
from stacks.trials import Trials, promotion_input
from stacks.version_files import version_files


class ServingStack(Stack):
    """What serves a model, the rules that have it promoted, and the re-check for what they missed.

    Promotions update this stack with its previous template and no parameters, so it has no
    parameter but the slot, whose default is right: bootstrap's own is left out. Where requests name
    the version that answers them it has not even that: the endpoint is there before any version is,
    and who asks reads the slot.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        model: ModelSpec,
        definition: PipelineDefinition,
        foundation: FoundationStack,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        name, release = config.resource_name(model), config.release_for(model)
        hosting = config.hosting_for(model)
        refuse(marketplace_problems(name, definition.body, hosting, release))
        registries = ImageRegistries(
            self, "Images", definition=definition.body, accounts=image_accounts()
        )
        served = Served(
            config=config,
            model=model,
            foundation=foundation,
            versions=version_files(self, config, model),
            repositories=tuple(registries.repository_arns),
        )
        told = promotion_input(config, model, foundation)
        named = {"SlotName": config.slot_name(model), "PromotionInput": json.dumps(told)}
        if isinstance(hosting, Batch):
            batch = batch_of(self, "Batch", served)
            self._judge_runs(batch, self._promote(served, told), told, foundation)
            self._tell(named | batch_outputs(batch))
            self._tell(model_outputs(batch), batch.has_model)
        elif isinstance(hosting, MultiModel):
            many = many_of(self, "Endpoint", served, definition, registries.accounts)
            self._promote(served, told)
            self._tell({"EndpointName": name} | named | {"ReleasePolicy": str(release)})
            self._tell(archive_outputs(many) | config_outputs(many))
        else:
            endpoint = endpoint_of(self, "Endpoint", served)
            self._promote(served, told)
            self._tell({"EndpointName": name} | named | {"ReleasePolicy": str(release)})
            self._tell(queue_outputs(endpoint))
            self._tell(config_outputs(endpoint), endpoint.has_model)

    def _promote(self, served: Served, told: Mapping[str, object]) -> sfn.IStateMachine:
        """What has versions promoted; the machine that does it."""
        config, topic = served.config, served.foundation.topic
        promotion = sfn.StateMachine.from_state_machine_name(
            self, "Promotion", config.promotion_name
        )
        ApprovalRule(
            self,
            "ApprovalRule",
            group_name=config.trained_by.resource_name(served.model),
            fields=VERDICT if config.trains else VERDICT_AND_LIFE_CYCLE,
            promotion=promotion,
            promotion_input=told,
            topic=topic,
        )
        DailyRecheck(
            self,
            "Recheck",
            machine=promotion,
            told={**told, "reason": "the daily re-check"},
            topic=topic,
            meaning="The daily re-check started no promotion; the queue has what it would be told",
        )
        trial = config.trial_of(served.model)
        if trial:
            Trials(
                self,
                "Trials",
                config=config,
                model=served.model,
                trial=trial,
                foundation=served.foundation,
                promotion=promotion,
                promotion_input=told,
            )
        return promotion

    def _judge_runs(
        self,
        batch: BatchInference,
        promotion: sfn.IStateMachine,
        told: Mapping[str, object],
        foundation: FoundationStack,
    ) -> None:
        RunRule(
            self,
            "RunRule",
            pipeline_arn=batch.pipeline_arn,
            promotion=promotion,
            promotion_input=told,
            topic=foundation.topic,
        )

    def _tell(self, outputs: Mapping[str, str], condition: CfnCondition | None = None) -> None:
        for output, value in outputs.items():
            CfnOutput(self, output, value=value).condition = condition
