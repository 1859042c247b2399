"""Between how few and how many instances an endpoint can be scaled."""

import re
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlops_constructs.instances import INSTANCE_TYPE, key_problems

_BURSTABLE = re.compile(r"ml\.t\d")


class OnInstances(BaseModel):
    """Hosting on so many instances, between which an endpoint is scaled.

    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html

    Attributes:
        instance_type: SageMaker's name of the instance type, such as `ml.m5.large`.
        min_instances: Never fewer.
        max_instances: Never more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instance_type: Annotated[str, Field(pattern=INSTANCE_TYPE)]
    min_instances: Annotated[int, Field(ge=1)] = 1
    max_instances: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _can_be_hosted(self) -> Self:
        problems = list(self._problems())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        if self.max_instances < self.min_instances:
            yield (
                f"max_instances must be at least min_instances ({self.min_instances}), "
                f"got {self.max_instances}"
            )
        yield from key_problems(self.instance_type)
        if _BURSTABLE.match(self.instance_type):
            yield (
                f"instance_type {self.instance_type!r} is burstable, which AWS does not scale; "
                "take another, such as 'ml.m5.large'"
            )
