"""What every engine measures, so that alarms and dashboards need not know which one runs."""

from enum import Enum
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

NAMESPACE: Final = "Perennial/Monitoring"


class MonitorMetric(Enum):
    """A metric in `NAMESPACE`, of one monitor: its name, and the statistic that says most.

    They are put at the end of a run and stand at that time, not at the window's, because CloudWatch
    shows points that are hours old hours late.
    """

    HEARTBEAT = ("Heartbeat", "Sum")
    """1 for each run that came to an end, whatever it found."""
    RECORDS = ("RecordCount", "Maximum")
    """How many records the window held. Of the open engine only."""
    UNREADABLE = ("UnreadableCount", "Maximum")
    """How many more could not be read. Of the open engine only."""
    TOO_FEW_RECORDS = ("TooFewRecords", "Maximum")
    """1 if there were too few to judge, else 0. Of the open engine only."""
    VIOLATIONS = ("ViolationCount", "Maximum")
    """How many constraints the window violates; absent if it was not judged."""
    DRIFT_RATIO = ("DriftRatio", "Maximum")
    """The largest distance divided by its threshold: over 1 is a violation. Absent if the window
    was not judged. Of the open engine only."""

    @property
    def metric_name(self) -> str:
        """The name in CloudWatch."""
        return self.value[0]

    def of(self, *, endpoint_name: str, kind: str) -> cloudwatch.Metric:
        """The metric of one monitor, by the hour."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=self.metric_name,
            dimensions_map={"Endpoint": endpoint_name, "Monitor": kind},
            statistic=self.value[1],
            period=Duration.hours(1),
        )
