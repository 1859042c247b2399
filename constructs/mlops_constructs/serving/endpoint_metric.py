"""What SageMaker measures of an endpoint.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoint-invocation
"""

from enum import Enum

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from mlops_constructs.serving.kept import VARIANT


class EndpointMetric(Enum):
    """A metric in namespace AWS/SageMaker: its name, and the statistic that says most."""

    INVOCATIONS = ("Invocations", "Sum")
    INVOCATIONS_PER_INSTANCE = ("InvocationsPerInstance", "Sum")
    MODEL_LATENCY = ("ModelLatency", "p99")
    """In microseconds."""
    OVERHEAD_LATENCY = ("OverheadLatency", "p99")
    """In microseconds."""
    CLIENT_ERRORS = ("Invocation4XXErrors", "Sum")
    SERVER_ERRORS = ("Invocation5XXErrors", "Sum")

    @property
    def metric_name(self) -> str:
        """The name in CloudWatch."""
        return self.value[0]

    @property
    def statistic(self) -> str:
        """The statistic taken unless another is asked for."""
        return self.value[1]

    def of(
        self,
        endpoint_name: str,
        *,
        config_name: str | None = None,
        variant: str = VARIANT,
        statistic: str | None = None,
        period: Duration | None = None,
    ) -> cloudwatch.Metric:
        """The metric of one endpoint, by default by the minute and with its own statistic.

        It is that of the variant that serves, unless another is named. With ``config_name`` it is
        measured of that config's fleet alone, which tells the new fleet from the old while both
        serve
        (https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html).
        """
        dimensions = {"EndpointName": endpoint_name, "VariantName": variant}
        if config_name is not None:
            dimensions["EndpointConfigName"] = config_name
        return cloudwatch.Metric(
            namespace="AWS/SageMaker",
            metric_name=self.metric_name,
            dimensions_map=dimensions,
            statistic=statistic or self.statistic,
            period=period or Duration.minutes(1),
        )
