"""SageMaker's model registry: model package groups, their policies, model packages, tags."""
