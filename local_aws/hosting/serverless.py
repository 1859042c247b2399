"""Variants without instances: how many requests they take at once, and what they cannot have.

https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from local_aws.core.errors import ApiError, ValidationException
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

    def metrics(self, concurrent: int) -> Iterator[tuple[str, str, float]]:
        """Name, unit and value of what is measured of one of so many requests at once."""
        utilization = concurrent / self.max_concurrency
        yield "ServerlessConcurrentExecutionsUtilization", "None", utilization
        if self.provisioned_concurrency is None:
            return
        above = "ServerlessProvisionedConcurrency"
        spilled = concurrent > self.provisioned_concurrency
        yield f"{above}Executions", "Count", concurrent
        yield f"{above}Utilization", "None", concurrent / self.provisioned_concurrency
        yield f"{above}Invocations", "Count", int(not spilled)
        yield f"{above}SpilloverInvocations", "Count", int(spilled)

    def updated(self, changes: Mapping[str, int]) -> "ServerlessConfig":
        """It with what a ServerlessUpdateConfig gives.

        Raises:
            ValidationException: That breaks a bound.
        """
        config = replace(self, **changes)
        if problems := list(config.problems()):
            raise ValidationException(" ".join(problems))
        return config

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


def serverless_update(item: Request) -> Mapping[str, int]:
    """What the ServerlessUpdateConfig of a variant changes; nothing if it has none."""
    given = item.get("ServerlessUpdateConfig", {})
    members = {
        "max_concurrency": given.get("MaxConcurrency"),
        "provisioned_concurrency": given.get("ProvisionedConcurrency"),
    }
    return {name: value for name, value in members.items() if value is not None}


class Concurrency:
    """Counts the requests that one variant answers at the moment.

    Attributes:
        config: of a serverless variant, which answers only so many; None of one on instances.
    """

    def __init__(self, config: ServerlessConfig | None = None) -> None:
        """None yet."""
        self.config = config
        self._running = 0

    @contextmanager
    def taken(self) -> Iterator[int]:
        """One request more for the length of the block; how many there are with it.

        Raises:
            ThrottlingException: There are as many as there may be.
        """
        if self.config and self._running >= self.config.max_concurrency:
            raise ThrottlingException(
                f"The endpoint answers {self.config.max_concurrency} requests already, which is "
                "its MaxConcurrency."
            )
        self._running += 1
        try:
            yield self._running
        finally:
            self._running -= 1
