"""What is measured of a model that scores batches, besides the runs of its pipeline."""

from enum import StrEnum
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

NAMESPACE: Final = "Perennial/Batch"


class BatchMetric(StrEnum):
    """A metric in `NAMESPACE`, put by the gathering step of each run."""

    REQUESTS = "RequestObjects"
    """Objects to be scored; 0 is a quiet window."""
    LATE = "LateObjects"
    """How many of them a run before should have scored, or came after it."""

    def of(self, name: str) -> cloudwatch.Metric:
        """The metric of one model, summed by the hour."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=self.value,
            dimensions_map={"Model": name},
            statistic="Sum",
            period=Duration.hours(1),
        )
