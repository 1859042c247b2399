"""Hosting of many archives behind one endpoint; a request names the one it means."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Final

from pydantic import Field

from mlops_constructs.serving.capacity import OnInstances

LARGEST_PROBE: Final = 3000
"""Bytes: it is a variable of a Lambda function, all of whose variables may have 4 KB.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""


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
        probe: A request that a version has to answer before it is promoted: a few rows, as whoever
            asks sends them, in 3,000 bytes at most. Any answer that is no error counts.
        content_type: Of the probe.
    """

    capture_percent: ClassVar[int] = 0

    invocations_per_instance: Annotated[int, Field(ge=1)]
    probe: Annotated[str, Field(min_length=1)]
    content_type: Annotated[str, Field(pattern=r"^[!-~]+/[!-~]+$")] = "text/csv"

    def _problems(self) -> Iterator[str]:
        yield from super()._problems()
        size = len(self.probe.encode())
        if size > LARGEST_PROBE:
            yield (
                f"probe must have {LARGEST_PROBE} bytes at most, got {size}: the function that "
                "sends it carries it among its variables; take fewer rows"
            )
