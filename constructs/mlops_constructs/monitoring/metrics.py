"""What every engine measures, so that alarms and dashboards need not know which one runs."""

from enum import Enum
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from mlops_constructs.monitoring.settings import LabelledSettings, MonitorSettings

NAMESPACE: Final = "Perennial/Monitoring"


class MonitorMetric(Enum):
    """A metric in `NAMESPACE`, of one monitor: its name, and the statistic that says most.

    Which of them a monitor puts depends on its kind (`of_kind`) and its engine (`measures`).

    They are put at the end of a run and stand at that time, not at the window's, because CloudWatch
    shows points that are hours old hours late.
    """

    HEARTBEAT = ("Heartbeat", "Sum")
    """1 for each run that came to an end, whatever it found."""
    RECORDS = ("RecordCount", "Maximum")
    """How many records the window held."""
    UNREADABLE = ("UnreadableCount", "Maximum")
    """How many more could not be read."""
    TOO_FEW_RECORDS = ("TooFewRecords", "Maximum")
    """1 if there were too few to judge, else 0."""
    LABEL_COVERAGE = ("LabelCoverage", "Minimum")
    """For which share of the records, 0 to 1, it is known what truly happened."""
    TOO_FEW_LABELS = ("TooFewLabels", "Maximum")
    """1 if there were too few labels to judge, else 0."""
    VIOLATIONS = ("ViolationCount", "Maximum")
    """How many constraints the window violates; absent if it was not judged."""
    DRIFT_RATIO = ("DriftRatio", "Maximum")
    """The largest distance divided by its threshold: over 1 is a violation. Absent if the window
    was not judged."""
    HEADLINE = ("HeadlineValue", "Average")
    """The figure that says most of the window, such as the AUC; absent if it was not judged."""
    HEADLINE_THRESHOLD = ("HeadlineThreshold", "Average")
    """From where on that figure is a violation; absent if the window was not judged."""
    BASELINE_AGE = ("BaselineAge", "Maximum")
    """How many days ago the baseline was made; absent if it does not say."""

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


_OF_LABELS = {MonitorMetric.LABEL_COVERAGE, MonitorMetric.TOO_FEW_LABELS}
_OF_HEADLINES = {MonitorMetric.HEADLINE, MonitorMetric.HEADLINE_THRESHOLD}


def of_kind(settings: MonitorSettings) -> frozenset[MonitorMetric]:
    """What a monitor with these settings can measure, on the engine that measures most."""
    foreign: set[MonitorMetric] = set()
    if not isinstance(settings, LabelledSettings):
        foreign |= _OF_LABELS
    if not settings.headline:
        foreign |= _OF_HEADLINES
    return frozenset(set(MonitorMetric) - foreign)
