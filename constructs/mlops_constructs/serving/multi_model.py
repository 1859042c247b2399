"""Hosting of many archives behind one endpoint; a request names the one it means."""

from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlops_constructs.instances import INSTANCE_TYPE
from mlops_constructs.serving.capacity import capacity_problems


class MultiModel(BaseModel):
    """One endpoint for all archives below a prefix; who asks names one (`TargetModel`).

    An archive that is put below the prefix can be asked for at once, with no deployment. All of
    them run in the same image. AWS monitors no such endpoints.
    https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html

    Attributes:
        instance_type: SageMaker's name of the instance type, such as `ml.m5.large`.
        min_instances: Never fewer.
        max_instances: Never more.
        invocations_per_instance: Requests a minute that one instance shall answer.
        probe: A request that each version has to answer before it is promoted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    capture_percent: ClassVar[int] = 0

    instance_type: Annotated[str, Field(pattern=INSTANCE_TYPE)]
    min_instances: Annotated[int, Field(ge=1)] = 1
    max_instances: Annotated[int, Field(ge=1)]
    invocations_per_instance: Annotated[int, Field(ge=1)]
    probe: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _can_be_hosted(self) -> Self:
        problems = list(
            capacity_problems(self.instance_type, self.min_instances, self.max_instances)
        )
        if problems:
            raise ValueError("\n".join(problems))
        return self
