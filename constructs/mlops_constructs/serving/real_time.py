"""On what, and how wide, a model is hosted."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlops_constructs.instances import INSTANCE_TYPE
from mlops_constructs.serving.capacity import capacity_problems


class RealTime(BaseModel):
    """How one endpoint is hosted; it starts with ``min_instances`` and scales between the two.

    Attributes:
        instance_type: SageMaker's name of the instance type, such as `ml.m5.large`.
        min_instances: Never fewer.
        max_instances: Never more.
        invocations_per_instance: Requests a minute that one instance shall answer; the endpoint
            grows and shrinks to keep to it (SageMakerVariantInvocationsPerInstance).
        capture_percent: Share of requests and responses that are recorded, 0 to 100.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instance_type: Annotated[str, Field(pattern=INSTANCE_TYPE)]
    min_instances: Annotated[int, Field(ge=1)] = 1
    max_instances: Annotated[int, Field(ge=1)]
    invocations_per_instance: Annotated[int, Field(ge=1)]
    capture_percent: Annotated[int, Field(ge=0, le=100)] = 100

    @model_validator(mode="after")
    def _can_be_hosted(self) -> Self:
        problems = list(
            capacity_problems(self.instance_type, self.min_instances, self.max_instances)
        )
        if problems:
            raise ValueError("\n".join(problems))
        return self
