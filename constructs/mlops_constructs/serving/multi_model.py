"""Hosting of many archives behind one endpoint; a request names the one it means."""

from typing import Annotated, ClassVar

from pydantic import Field

from mlops_constructs.serving.capacity import OnInstances


class MultiModel(OnInstances):
    """One endpoint for all archives below a prefix; who asks names one (`TargetModel`).

    An archive that is put below the prefix can be asked for at once, with no deployment. All of
    them run in the same image. AWS monitors no such endpoints.
    https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html

    Attributes:
        instance_type: SageMaker's name of the instance type, such as `ml.m5.large`.
        min_instances: Never fewer.
        max_instances: Never more.
        invocations_per_instance: Requests a minute that one instance shall answer.
        probe: A request that each version will have to answer before it is promoted; nothing asks
            it yet, since no promotion knows such endpoints.
    """

    capture_percent: ClassVar[int] = 0

    invocations_per_instance: Annotated[int, Field(ge=1)]
    probe: Annotated[str, Field(min_length=1)]
