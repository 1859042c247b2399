"""Variants without instances: how many requests they take at once, and what they cannot have.

https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local_aws.core.errors import ApiError
from local_aws.core.request import Request

_MEMORY_STEP_MB = 1024


class ThrottlingException(ApiError):
    """As many requests as the variant takes at once are being answered."""

    default_code = "ThrottlingException"


@dataclass(frozen=True, kw_only=True)
class ServerlessConfig:
    """ServerlessConfig of a variant.

    Attributes:
        max_concurrency: so many requests are answered at once, at most.
        provisioned_concurrency: so many of them are kept warm; None for none.
    """

    memory_mb: int
    max_concurrency: int
    provisioned_concurrency: int | None

    def described(self) -> dict[str, Any]:
        """The structure of the API."""
        return {
            "MemorySizeInMB": self.memory_mb,
            "MaxConcurrency": self.max_concurrency,
            "ProvisionedConcurrency": self.provisioned_concurrency,
        }

    def problems(self) -> Iterator[str]:
        """One sentence for each bound that it breaks."""
        if self.memory_mb % _MEMORY_STEP_MB:
            yield f"MemorySizeInMB must be a multiple of {_MEMORY_STEP_MB}, got {self.memory_mb}."
        warm = self.provisioned_concurrency
        if warm is not None and warm > self.max_concurrency:
            yield (
                f"ProvisionedConcurrency must be at most MaxConcurrency ({self.max_concurrency}), "
                f"got {warm}."
            )


def serverless_config(variant: Request) -> ServerlessConfig | None:
    """ServerlessConfig of a variant in a request; None if it runs on instances."""
    given = variant.get("ServerlessConfig")
    if given is None:
        return None
    return ServerlessConfig(
        memory_mb=given["MemorySizeInMB"],
        max_concurrency=given["MaxConcurrency"],
        provisioned_concurrency=given.get("ProvisionedConcurrency"),
    )


class Concurrency:
    """Counts the requests that one serverless variant answers at the moment."""

    def __init__(self, config: ServerlessConfig) -> None:
        """None yet."""
        self.config = config
        self._running = 0

    @contextmanager
    def taken(self) -> Iterator[float]:
        """One request more for the length of the block; the share of MaxConcurrency in use.

        Raises:
            ThrottlingException: There are as many as there may be.
        """
        if self._running >= self.config.max_concurrency:
            raise ThrottlingException(
                f"The endpoint answers {self.config.max_concurrency} requests already, which is "
                "its MaxConcurrency."
            )
        self._running += 1
        try:
            yield self._running / self.config.max_concurrency
        finally:
            self._running -= 1
