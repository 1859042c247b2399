"""What SageMaker measures of an endpoint.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoint-invocation
"""

from enum import Enum


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
