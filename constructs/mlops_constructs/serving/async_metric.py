"""What SageMaker measures of an asynchronous endpoint besides failures and the model's latency.

https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
"""

from enum import Enum

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from mlops_constructs.serving.kept import VARIANT


class AsyncMetric(Enum):
    """A metric in namespace AWS/SageMaker: its name, the statistic that says most, and whether it
    is measured of the variant; what is not is measured of the endpoint, as the queue is.
    """

    BACKLOG = ("ApproximateBacklogSize", "Maximum", False)
    BACKLOG_PER_INSTANCE = ("ApproximateBacklogSizePerInstance", "Average", False)
    BACKLOG_WITHOUT_INSTANCE = ("HasBacklogWithoutCapacity", "Average", False)
    """1 while requests wait and there is no instance, else 0."""
    OLDEST_REQUEST = ("ApproximateAgeOfOldestRequest", "Maximum", False)
    """In seconds."""
    PROCESSED = ("InvocationsProcessed", "Sum", True)
    FAILED = ("InvocationFailures", "Sum", True)
    EXPIRED = ("ExpiredRequests", "Sum", True)

    @property
    def metric_name(self) -> str:
        """The name in CloudWatch."""
        return self.value[0]

    @property
    def statistic(self) -> str:
        """The statistic taken unless another is asked for."""
        return self.value[1]

    def dimensions(self, endpoint_name: str) -> dict[str, str]:
        """By what it is measured, of one endpoint."""
        of_endpoint = {"EndpointName": endpoint_name}
        return of_endpoint | {"VariantName": VARIANT} if self.value[2] else of_endpoint

    def of(
        self,
        endpoint_name: str,
        *,
        statistic: str | None = None,
        period: Duration | None = None,
    ) -> cloudwatch.Metric:
        """The metric of one endpoint, by default by the minute and with its own statistic."""
        return cloudwatch.Metric(
            namespace="AWS/SageMaker",
            metric_name=self.metric_name,
            dimensions_map=self.dimensions(endpoint_name),
            statistic=statistic or self.statistic,
            period=period or Duration.minutes(1),
        )
