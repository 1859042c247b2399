"""Hosting without instances: paid by request, cold when nobody asks."""

from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Serverless(BaseModel):
    """An endpoint without instances, for traffic that comes and goes.

    AWS records no requests of it, so nothing can monitor it.
    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html

    Attributes:
        memory_mb: 1024 to 6144 in steps of 1024; processors come with it.
        max_concurrency: Requests at once, 1 to 200; AWS throttles what is more.
        provisioned_concurrency: So many of them are kept warm, at a price; None for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    capture_percent: ClassVar[int] = 0

    memory_mb: Annotated[int, Field(ge=1024, le=6144, multiple_of=1024)] = 2048
    max_concurrency: Annotated[int, Field(ge=1, le=200)] = 20
    provisioned_concurrency: Annotated[int, Field(ge=1, le=200)] | None = None

    @model_validator(mode="after")
    def _keeps_no_more_warm_than_it_has(self) -> Self:
        warm = self.provisioned_concurrency
        if warm is not None and warm > self.max_concurrency:
            raise ValueError(
                f"provisioned_concurrency must be at most max_concurrency "
                f"({self.max_concurrency}), got {warm}"
            )
        return self
