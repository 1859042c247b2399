"""Who runs the monitors of a stage."""

from typing import Annotated, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlops_constructs.instances import INSTANCE_TYPE, key_problems


class _OnInstances(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    instance_type: Annotated[str, Field(pattern=INSTANCE_TYPE)] = "ml.m5.large"

    @model_validator(mode="after")
    def _can_be_encrypted(self) -> Self:
        problems = list(key_problems(self.instance_type))
        if problems:
            raise ValueError("\n".join(problems))
        return self


class OpenEngine(_OnInstances):
    """A scheduled SageMaker pipeline of our own, for any account.

    Attributes:
        instance_type: Of its processing jobs.
    """


class ModelMonitorEngine(_OnInstances):
    """AWS's Model Monitor, for accounts that used it before it was closed to new customers.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-availability-change.html

    Attributes:
        instance_type: Of its processing jobs.
    """


Engine: TypeAlias = OpenEngine | ModelMonitorEngine
