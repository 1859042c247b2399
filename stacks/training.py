"""How one model is trained, and when it is trained again."""

import json

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.retraining import NewDataTrigger, ScheduledRetraining
from mlops_constructs.state_machines import DailyRecheck
from mlops_constructs.training import ModelPackageGroup, TrainingPipeline
from pipeline_definitions.definition import PipelineDefinition
from pipeline_definitions.images import image_accounts
from pipeline_definitions.spec import ModelSpec
from stacks.foundation import FoundationStack


class TrainingStack(Stack):
    """A model's pipeline, the group its versions are registered in, and what asks for runs."""

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
        super().__init__(scope, construct_id)
        storage = foundation.storage.seen_by_training(self)
        group = ModelPackageGroup(self, "Group", group_name=config.resource_name(model))
        pipeline = TrainingPipeline(
            self,
            "Pipeline",
            pipeline_name=config.resource_name(model),
            definition=definition.body,
            code=model.code,
            data_prefix=model.data_prefix,
            image_accounts=image_accounts(),
            model_package_group=group,
            storage=storage,
            network=config.organisation.network,
        )
        self._ask_for_runs(config, model, storage.data, foundation.topic)
        CfnOutput(self, "PipelineName", value=pipeline.pipeline_name)
        CfnOutput(self, "ModelPackageGroupName", value=group.group_name)
        CfnOutput(self, "InputDataUri", value=pipeline.input_data_uri)
        by_a_person = {"trigger": "person", "reason": "asked by a person"}
        CfnOutput(
            self,
            "RetrainingInput",
            value=json.dumps({**config.retraining_input(model), **by_a_person}),
        )

    def _ask_for_runs(
        self, config: StageConfig, model: ModelSpec, data: s3.IBucket, topic: sns.ITopic
    ) -> None:
        policy, told = model.retraining, config.retraining_input(model)
        machine = sfn.StateMachine.from_state_machine_name(
            self, "Retraining", config.retraining_name
        )
        DailyRecheck(
            self,
            "Recheck",
            machine=machine,
            told={**told, "trigger": "re-check", "reason": "daily"},
            topic=topic,
            meaning="The daily re-check started no retraining; the queue has what it would be told",
        )
        if policy.on_new_data:
            NewDataTrigger(
                self,
                "NewData",
                bucket=data,
                prefix=f"{model.data_prefix}/",
                retraining=machine,
                retraining_input=told,
                topic=topic,
            )
        if policy.every_days is not None:
            ScheduledRetraining(
                self,
                "Schedule",
                every_days=policy.every_days,
                retraining=machine,
                retraining_input=told,
                topic=topic,
            )
