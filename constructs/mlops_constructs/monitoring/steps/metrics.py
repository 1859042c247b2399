"""A verdict as CloudWatch metrics."""

from collections.abc import Iterable, Iterator

from failure import Failure
from labelled_verdict import LabelledVerdict
from verdict import DRIFT, QUIET, TOO_FEW, Outcome


def put(namespace: str, verdict: Outcome, more: Iterable[tuple[str, float]] = ()) -> None:
    """Puts them at the time of now: CloudWatch shows points that are hours old hours late.

    Args:
        namespace: Of the metrics.
        verdict: Of a window.
        more: Metrics that not every monitor has.

    Raises:
        Failure: If CloudWatch does not take them.
    """
    import boto3  # nobody else needs it
    from botocore.exceptions import BotoCoreError, ClientError

    dimensions = [
        {"Name": "Endpoint", "Value": verdict.endpoint},
        {"Name": "Monitor", "Value": verdict.monitor},
    ]
    data = [
        {"MetricName": metric, "Dimensions": dimensions, "Value": value}
        for metric, value in (*values(verdict), *more)
    ]
    try:
        boto3.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)
    except (BotoCoreError, ClientError) as error:
        raise Failure(f"the metrics could not be put: {error}") from None


def values(verdict: Outcome) -> Iterator[tuple[str, float]]:
    """Each metric with its value; the last two only of a window that was judged."""
    yield "Heartbeat", 1.0
    yield "RecordCount", float(verdict.records)
    yield "UnreadableCount", float(sum(verdict.unreadable.values()))
    yield "TooFewRecords", float(verdict.outcome == TOO_FEW)
    if verdict.outcome in (QUIET, DRIFT):
        yield "ViolationCount", float(len(verdict.violations))
        yield "DriftRatio", verdict.ratio


def of_labels(verdict: LabelledVerdict) -> Iterator[tuple[str, float]]:
    """The metrics that only monitors with labels have."""
    if verdict.records:
        yield "LabelCoverage", verdict.coverage
    yield "TooFewLabels", float(verdict.lacks_labels)
    yield "BaselineAge", verdict.baseline_age
    if (headline := verdict.headline) is not None:
        yield "HeadlineValue", headline.value
        yield "HeadlineThreshold", headline.threshold
