"""How one model is served."""

import json

from aws_cdk import CfnOutput, DefaultStackSynthesizer, Stack
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.problems import refuse
from mlops_constructs.serving import (
    VERDICT,
    VERDICT_AND_LIFE_CYCLE,
    ApprovalRule,
    ModelEndpoint,
    marketplace_problems,
)
from mlops_constructs.state_machines import DailyRecheck
from mlops_constructs.training import ImageRegistries
from pipeline_definitions.definition import PipelineDefinition
from pipeline_definitions.images import image_accounts
from pipeline_definitions.spec import ModelSpec
from stacks.foundation import FoundationStack
from stacks.version_files import version_files


class ServingStack(Stack):
    """A model's endpoint, the rule that hears of approvals, and the re-check for what it missed.

    Promotions update this stack with its previous template and no parameters, so it has no
    parameter but the slot, whose default is right: bootstrap's own is left out.
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
        name, slot = config.resource_name(model), config.slot_name(model)
        release = config.release_for(model)
        refuse(marketplace_problems(name, definition.body, release))
        registries = ImageRegistries(
            self, "Images", definition=definition.body, accounts=image_accounts()
        )
        endpoint = ModelEndpoint(
            self,
            "Endpoint",
            endpoint_name=name,
            slot_name=slot,
            hosting=config.hosting_for(model),
            storage=foundation.storage.seen_from(self),
            versions=version_files(self, config, model),
            image_repositories=registries.repository_arns,
            release=release,
            network=config.organisation.network,
        )
        self._promote(config, model, foundation)
        CfnOutput(self, "EndpointName", value=name)
        CfnOutput(self, "SlotName", value=slot)
        CfnOutput(self, "PromotionInput", value=json.dumps(config.promotion_input(model)))
        CfnOutput(self, "ReleasePolicy", value=str(release))
        serving = {"EndpointConfigName": endpoint.endpoint_config_name}
        if endpoint.rollback_alarm_names:
            serving["RollbackAlarmNames"] = ",".join(endpoint.rollback_alarm_names)
        for output, value in serving.items():
            CfnOutput(self, output, value=value).condition = endpoint.has_model

    def _promote(self, config: StageConfig, model: ModelSpec, foundation: FoundationStack) -> None:
        promotion = sfn.StateMachine.from_state_machine_name(
            self, "Promotion", config.promotion_name
        )
        told = config.promotion_input(model)
        ApprovalRule(
            self,
            "ApprovalRule",
            group_name=config.trained_by.resource_name(model),
            fields=VERDICT if config.trains else VERDICT_AND_LIFE_CYCLE,
            promotion=promotion,
            promotion_input=told,
            topic=foundation.topic,
        )
        DailyRecheck(
            self,
            "Recheck",
            machine=promotion,
            told={**told, "reason": "the daily re-check"},
            topic=foundation.topic,
            meaning="The daily re-check started no promotion; the queue has what it would be told",
        )
