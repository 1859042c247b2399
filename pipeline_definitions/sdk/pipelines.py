"""A pipeline that leaves no traces outside itself."""

from collections.abc import Sequence
from typing import Any

from sagemaker.mlops.workflow.pipeline import Pipeline

from pipeline_definitions.sdk.session import session


def pipeline(*, parameters: Sequence[Any], steps: Sequence[Any]) -> Pipeline:
    """The pipeline of these steps, without a SageMaker Experiment: the registry keeps what matters.

    Args:
        parameters: What whoever starts a run may set.
        steps: In the order they are shown; what depends on what follows from their inputs.
    """
    return Pipeline(
        name="${PipelineName}", parameters=list(parameters), steps=list(steps),
        pipeline_experiment_config=None, sagemaker_session=session(),
    )  # fmt: skip
