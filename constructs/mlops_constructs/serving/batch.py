"""No endpoint: what arrived since the last time is scored on a schedule."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlops_constructs.instances import INSTANCE_TYPE, key_problems

Prefix = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.=-]+(/[A-Za-z0-9_.=-]+)*$")]


class Batch(BaseModel):
    """A scheduled batch transform of new rows with the version that serves.

    Rows lie in the data bucket as files of text/csv, a row a line without a header, below
    ``<input_prefix>/yyyy/mm/dd/hh/`` by the UTC hour in which they arrived. Answers appear below
    ``<output_prefix>/`` with the same date and name and ``.out``, a line for each row.
    https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html

    Attributes:
        instance_type: SageMaker's name of the instance type, such as `ml.m5.large`.
        instances: How many share the files of one run.
        input_prefix: Where new rows arrive; by default `<model>-requests`.
        output_prefix: Where answers go; by default `<model>-answers`.
        every_hours: 1, 2, 3, 4, 6, 8, 12 or 24: a run scores so many whole hours, just ended, and
            what the day before them still has without an answer.
        capture_percent: 100 records which files were asked and answered, for monitors, and ends
            each line of the answers in an inference id and the time, by which labels are joined; 0
            does neither. AWS's batch data capture has no shares.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instance_type: Annotated[str, Field(pattern=INSTANCE_TYPE)]
    instances: Annotated[int, Field(ge=1)] = 1
    input_prefix: Prefix | None = None
    output_prefix: Prefix | None = None
    every_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 24
    capture_percent: Literal[0, 100] = 100

    def requests_of(self, name: str) -> str:
        """Where new rows of the model arrive, without a slash at its end."""
        return self.input_prefix or f"{name}-requests"

    def answers_of(self, name: str) -> str:
        """Where their answers go, without a slash at its end."""
        return self.output_prefix or f"{name}-answers"

    @model_validator(mode="after")
    def _can_run(self) -> Self:
        problems = list(key_problems(self.instance_type))
        if problems:
            raise ValueError("\n".join(problems))
        return self
