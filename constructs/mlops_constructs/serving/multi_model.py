"""Hosting of many archives behind one endpoint; a request names the one it means."""

from typing import Annotated, ClassVar

from pydantic import Field

from mlops_constructs.serving.capacity import OnInstances


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
            asks sends them. Any answer that is no error counts; 3,000 bytes at most, since they are
            a variable of a Lambda function, whose variables may have 4 KB together
            (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
        content_type: Of the probe.
    """

    capture_percent: ClassVar[int] = 0

    invocations_per_instance: Annotated[int, Field(ge=1)]
    probe: Annotated[str, Field(min_length=1, max_length=3000)]
    content_type: Annotated[str, Field(pattern=r"^[!-~]+/[!-~]+$")] = "text/csv"
