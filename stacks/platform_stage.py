"""One stage of the platform: what is kept, what acts, and what each model has."""

from typing import Final

from aws_cdk import Environment, PermissionsBoundary, Stage, Tags
from constructs import Construct

from config.organisation import Organisation
from config.schema import StageConfig
from pipeline_definitions.definition import load_definition
from stacks.foundation import FoundationStack
from stacks.monitoring import MonitoringStack
from stacks.operations import OperationsStack
from stacks.serving import ServingStack
from stacks.training import TrainingStack

MADE_ANEW_BY_A_TAG: Final = [
    f"AWS::SageMaker::{kind}JobDefinition"
    for kind in ("DataQuality", "ModelBias", "ModelExplainability", "ModelQuality")
]
"""Types whose tags can only be set at creation: another tag would replace them all."""


class PlatformStage(Stage):
    """All stacks of one stage, in the order in which they need each other."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(
            scope,
            construct_id,
            env=Environment(account=config.account, region=config.region),
            stage_name=config.stack_prefix,
            permissions_boundary=_boundary(config.organisation),
        )
        for key, value in config.organisation.tags.items():
            Tags.of(self).add(key, value, exclude_resource_types=MADE_ANEW_BY_A_TAG)
        foundation = FoundationStack(self, "Foundation", config=config)
        operations = OperationsStack(self, "Operations", config=config, foundation=foundation)
        for model in config.models:
            definition = load_definition(model)
            if config.trains:
                training = TrainingStack(
                    self,
                    f"Training-{model.name}",
                    config=config,
                    model=model,
                    definition=definition,
                    foundation=foundation,
                )
                training.add_stack_dependency(operations)
            serving = ServingStack(
                self,
                f"Serving-{model.name}",
                config=config,
                model=model,
                definition=definition,
                foundation=foundation,
            )
            serving.add_stack_dependency(operations)
            if model.monitors:
                monitoring = MonitoringStack(
                    self,
                    f"Monitoring-{model.name}",
                    config=config,
                    model=model,
                    foundation=foundation,
                )
                monitoring.add_stack_dependency(serving)


def _boundary(organisation: Organisation) -> PermissionsBoundary | None:
    name = organisation.permissions_boundary
    return PermissionsBoundary.from_name(name) if name else None
