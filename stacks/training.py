"""How one model is trained."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.training import ModelPackageGroup, TrainingPipeline
from pipeline_definitions.definition import PipelineDefinition
from pipeline_definitions.images import image_accounts
from pipeline_definitions.spec import ModelSpec
from stacks.foundation import FoundationStack


class TrainingStack(Stack):
    """A model's pipeline and the group its versions are registered in."""

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
        group = ModelPackageGroup(self, "Group", group_name=config.resource_name(model))
        pipeline = TrainingPipeline(
            self,
            "Pipeline",
            pipeline_name=config.resource_name(model),
            definition=definition.body,
            code=model.steps_folder,
            data_prefix=model.data_prefix,
            image_accounts=image_accounts(),
            model_package_group=group,
            storage=foundation.storage.seen_from(self),
        )
        CfnOutput(self, "PipelineName", value=pipeline.pipeline_name)
        CfnOutput(self, "ModelPackageGroupName", value=group.group_name)
        CfnOutput(self, "InputDataUri", value=pipeline.input_data_uri)
