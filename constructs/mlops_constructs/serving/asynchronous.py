"""Hosting for answers that take minutes: requests and answers lie in S3."""

from typing import Annotated, ClassVar

from pydantic import Field

from mlops_constructs.serving.capacity import OnInstances


class Async(OnInstances):
    """An endpoint with a queue: a request names an object in S3, and its answer becomes another.

    With ``min_instances=0`` it costs nothing while the queue is empty, and starts for the first
    request that waits.
    https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html

    Attributes:
        instance_type: SageMaker's name of the instance type, such as `ml.m5.large`.
        min_instances: Never fewer; 0 lets it end all when nothing waits.
        max_instances: Never more.
        backlog_per_instance: Requests that may wait for each instance; the endpoint grows and
            shrinks to keep to it (ApproximateBacklogSizePerInstance).
        concurrency_per_instance: Requests that one instance works on at once, 1 to 1000.
    """

    capture_percent: ClassVar[int] = 0
    """Whether AWS records requests of such endpoints is documented nowhere."""

    min_instances: Annotated[int, Field(ge=0)] = 0
    backlog_per_instance: Annotated[float, Field(gt=0)] = 5
    concurrency_per_instance: Annotated[int, Field(ge=1, le=1000)] = 4
