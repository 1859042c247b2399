"""The metrics that a monitoring job leaves in /opt/ml/output/metrics/cloudwatch.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-cloudwatch.html
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.core.clients import client
from local_aws.jobs.folder import JobFolder
from local_aws.jobs.processing_work import ProcessingWork

log = logging.getLogger("local_aws")
_MEMBERS = ("MetricName", "Dimensions", "Value", "StatisticValues", "Unit", "Timestamp")
# PutMetricData takes a thousand.
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class MonitoringWork(ProcessingWork):
    """A processing job whose metrics SageMaker publishes.

    Attributes:
        namespace: Where they go.
    """

    namespace: str

    def deliver(self, folder: JobFolder, *, stopped: bool) -> None:
        """Upload the reports, and put the metrics of a job that ran to its end."""
        super().deliver(folder, stopped=stopped)
        if not stopped and self.variables.get("publish_cloudwatch_metrics") == "Enabled":
            publish(folder.path("/opt/ml/output/metrics/cloudwatch"), self.namespace)


def publish(place: Path, namespace: str) -> None:
    """Put what a container left there: a file, or a folder of files, with a datum on each line."""
    data = list(_data(place))
    for start in range(0, len(data), _AT_ONCE):
        client("cloudwatch").put_metric_data(
            Namespace=namespace, MetricData=data[start : start + _AT_ONCE]
        )


def _data(place: Path) -> Iterator[dict[str, Any]]:
    files = sorted(place.iterdir()) if place.is_dir() else [place] * place.exists()
    for line in (line for file in files for line in file.read_text().splitlines() if line):
        datum = json.loads(line)
        yield {name: datum[name] for name in _MEMBERS if name in datum}
