"""How one model is served."""

from aws_cdk import CfnOutput, DefaultStackSynthesizer, Stack
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.problems import refuse
from mlops_constructs.serving import ApprovalRule, ModelEndpoint, marketplace_problems
from mlops_constructs.training import ImageRegistries
from pipeline_definitions.definition import PipelineDefinition
from pipeline_definitions.images import image_accounts
from pipeline_definitions.spec import ModelSpec
from stacks.foundation import FoundationStack


class ServingStack(Stack):
    """A model's endpoint and the rule that hears of approvals.

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
            artifact_prefix=name,
            image_repositories=registries.repository_arns,
            release=release,
            network=config.organisation.network,
        )
        ApprovalRule(
            self,
            "ApprovalRule",
            group_name=name,
            promotion=sfn.StateMachine.from_state_machine_name(
                self, "Promotion", config.promotion_name
            ),
            promotion_input=config.promotion_input(model),
            topic=foundation.topic,
        )
        CfnOutput(self, "EndpointName", value=name)
        CfnOutput(self, "SlotName", value=slot)
        CfnOutput(self, "ReleasePolicy", value=str(release))
        serving = {"EndpointConfigName": endpoint.endpoint_config_name}
        if endpoint.rollback_alarm_names:
            serving["RollbackAlarmNames"] = ",".join(endpoint.rollback_alarm_names)
        for output, value in serving.items():
            CfnOutput(self, output, value=value).condition = endpoint.has_model
