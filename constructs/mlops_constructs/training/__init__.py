"""A model's training: pipeline, roles, and the group its versions are registered in."""

from mlops_constructs.training.definition import placeholder_problems
from mlops_constructs.training.image_registries import ImageRegistries
from mlops_constructs.training.model_package_group import ModelPackageGroup
from mlops_constructs.training.registered_container import RegisteredContainer
from mlops_constructs.training.training_pipeline import PipelineMetric, TrainingPipeline

__all__ = [
    "ImageRegistries",
    "ModelPackageGroup",
    "PipelineMetric",
    "RegisteredContainer",
    "TrainingPipeline",
    "placeholder_problems",
]
