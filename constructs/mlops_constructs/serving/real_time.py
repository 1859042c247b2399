"""On what, and how wide, a model is hosted."""

from typing import Annotated

from pydantic import Field

from mlops_constructs.serving.capacity import OnInstances


class RealTime(OnInstances):
    """How one endpoint is hosted; it starts with ``min_instances`` and scales between the two.

    Attributes:
        instance_type: SageMaker's name of the instance type, such as `ml.m5.large`.
        min_instances: Never fewer.
        max_instances: Never more.
        invocations_per_instance: Requests a minute that one instance shall answer; the endpoint
            grows and shrinks to keep to it (SageMakerVariantInvocationsPerInstance).
        capture_percent: Share of requests and responses that are recorded, 0 to 100.
    """

    invocations_per_instance: Annotated[int, Field(ge=1)]
    capture_percent: Annotated[int, Field(ge=0, le=100)] = 100
