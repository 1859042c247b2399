"""The predefined metrics of endpoint variants: which metric of CloudWatch each one is.

https://docs.aws.amazon.com/autoscaling/application/userguide/monitoring-cloudwatch.html#predefined-metrics
"""

from dataclasses import dataclass
from typing import Any

from local_aws.autoscaling.dimensions import INSTANCES, PROVISIONED_CONCURRENCY, names
from local_aws.core.errors import NotImplementedHere, ValidationException

_MINUTE = 60
# "emitted every 10 seconds"; so a policy "scales in at the same speed" as one of another metric
# (https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-code-define.html).
_HIGH_RESOLUTION = 10


@dataclass(frozen=True, kw_only=True)
class Predefined:
    """A predefined metric type.

    Attributes:
        name, statistic: of the metric in CloudWatch; the assumption predefined-metric-statistics.
        dimension: the scalable dimension in proportion to which it changes.
        period: seconds between the points that scale out.
    """

    name: str
    statistic: str
    dimension: str = INSTANCES
    period: int = _MINUTE

    def metric(self, resource: str) -> dict[str, Any]:
        """It, of one variant, as PutMetricAlarm takes it."""
        endpoint, variant = names(resource)
        return {
            "MetricName": self.name,
            "Namespace": "AWS/SageMaker",
            "Statistic": self.statistic,
            "Dimensions": [
                {"Name": "EndpointName", "Value": endpoint},
                {"Name": "VariantName", "Value": variant},
            ],
        }


PREDEFINED = {
    "SageMakerVariantInvocationsPerInstance": Predefined(
        name="InvocationsPerInstance", statistic="Sum"
    ),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": Predefined(
        name="ConcurrentRequestsPerModel", statistic="Maximum", period=_HIGH_RESOLUTION
    ),
    "SageMakerVariantProvisionedConcurrencyUtilization": Predefined(
        name="ServerlessProvisionedConcurrencyUtilization",
        statistic="Average",
        dimension=PROVISIONED_CONCURRENCY,
    ),
}


def predefined(kind: str, dimension: str) -> Predefined:
    """The metric of a PredefinedMetricType.

    Raises:
        NotImplementedHere: The local AWS does not measure it.
        ValidationException: It says nothing of the dimension.
    """
    found = PREDEFINED.get(kind)
    if found is None:
        raise NotImplementedHere(
            f"The local AWS does not measure {kind}; target tracking here knows "
            f"{', '.join(PREDEFINED)} and customized metrics."
        )
    if found.dimension != dimension:
        raise ValidationException(f"{kind} is a metric of {found.dimension}, got {dimension}.")
    return found
