"""What a monitor has measured of late."""

from datetime import datetime, timedelta
from typing import Any

from operate.account import Account

NAMESPACE = "Perennial/Monitoring"
METRICS = {
    "Heartbeat": "Sum",
    "ViolationCount": "Maximum",
    "RecordCount": "Maximum",
    "TooFewRecords": "Maximum",
    "TooFewLabels": "Maximum",
    "LabelCoverage": "Minimum",
    "DriftRatio": "Maximum",
    "HeadlineValue": "Average",
    "HeadlineThreshold": "Average",
    "BaselineAge": "Maximum",
}
"""What monitors measure at the end of a run, and the statistic that says most. Which of them one
puts depends on its kind and its engine; only the first two are every monitor's."""

LOOKS_BACK = timedelta(days=7)
_HOUR = 3600


def last_verdict(account: Account, endpoint: str, kind: str, now: datetime) -> dict[str, Any]:
    """What a monitor measured when it judged last, and since: members of `monitors.Monitor`."""
    points = _points(account, endpoint, kind, now)
    judged = max(points["ViolationCount"], default=None)

    def at_verdict(metric: str) -> float | None:
        return points[metric].get(judged) if judged else None

    def newest(metric: str) -> float | None:
        last = max(points[metric], default=None)
        return points[metric][last] if last else None

    violations, records = at_verdict("ViolationCount"), at_verdict("RecordCount")
    return {
        "heard": max(points["Heartbeat"], default=None),
        "judged": judged,
        "violations": None if violations is None else int(violations),
        "records": None if records is None else int(records),
        "ratio": at_verdict("DriftRatio"),
        "headline": at_verdict("HeadlineValue"),
        "headline_threshold": at_verdict("HeadlineThreshold"),
        "too_few": bool(newest("TooFewRecords")),
        "too_few_labels": bool(newest("TooFewLabels")),
        "coverage": newest("LabelCoverage"),
        "baseline_days": newest("BaselineAge"),
    }


def _points(
    account: Account, endpoint: str, kind: str, now: datetime
) -> dict[str, dict[datetime, float]]:
    """Metric to hour to value."""
    dimensions = [{"Name": "Endpoint", "Value": endpoint}, {"Name": "Monitor", "Value": kind}]
    queries = [
        {
            "Id": name.lower(),
            "MetricStat": {
                "Metric": {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": dimensions},
                "Period": _HOUR,
                "Stat": statistic,
            },
        }
        for name, statistic in METRICS.items()
    ]
    by_id: dict[str, dict[datetime, float]] = {name.lower(): {} for name in METRICS}
    for result in account.each(
        "cloudwatch",
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=queries,
        StartTime=now - LOOKS_BACK,
        EndTime=now + timedelta(hours=1),
    ):
        by_id[result["Id"]] |= dict(zip(result["Timestamps"], result["Values"], strict=True))
    return {name: by_id[name.lower()] for name in METRICS}
