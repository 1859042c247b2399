"""What CloudWatch counted of a variant, minute by minute.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoint-invocation
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from failure import Failure
from verdict import Window

MINUTE = timedelta(minutes=1)
MEASURED: Mapping[str, tuple[str, str]] = {
    "requests": ("Invocations", "Sum"),
    "refused": ("Invocation4XXErrors", "Sum"),
    "failed": ("Invocation5XXErrors", "Sum"),
    "latency": ("ModelLatency", "Sum"),
    "timed": ("ModelLatency", "SampleCount"),
}
"""Figures of a minute, each with its metric and statistic."""


@dataclass(frozen=True)
class Minutes:
    """Figures of a variant, one for each minute of a window.

    Attributes:
        requests: It was asked.
        refused: It answered with 4xx.
        failed: It answered with 5xx.
        latency: Its model took for all of them, in microseconds.
        timed: How many that was taken of.
    """

    requests: np.ndarray
    refused: np.ndarray
    failed: np.ndarray
    latency: np.ndarray
    timed: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """Requests of each minute that failed, by whoever's fault; never more than there were."""
        return np.asarray(np.minimum(self.refused + self.failed, self.requests))

    @property
    def mean_latency(self) -> float:
        """Of all requests, in milliseconds; NaN if nothing was timed."""
        timed = float(self.timed.sum())
        return float(self.latency.sum()) / timed / 1000 if timed else float("nan")


def whole_minutes(window: Window) -> Window:
    """The minutes that lie wholly inside.

    Raises:
        Failure: If there are none.
    """
    start = window.start.replace(second=0, microsecond=0)
    start += MINUTE if start < window.start else timedelta(0)
    end = window.end.replace(second=0, microsecond=0)
    if end <= start:
        raise Failure(f"between {window.start:%FT%TZ} and {window.end:%FT%TZ} is no whole minute")
    return Window(start, end)


def measured(endpoint: str, variant: str, window: Window) -> Minutes:
    """Figures of the whole minutes of a window, by GetMetricData; what is not there is 0.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html

    Raises:
        Failure: If CloudWatch does not tell.
    """
    import boto3  # nobody else needs it
    from botocore.exceptions import BotoCoreError, ClientError

    figures = {name: np.zeros((window.end - window.start) // MINUTE) for name in MEASURED}
    try:
        pages = boto3.client("cloudwatch").get_paginator("get_metric_data")
        for page in pages.paginate(
            MetricDataQueries=[*_queries(endpoint, variant)],
            StartTime=window.start, EndTime=window.end, ScanBy="TimestampAscending",
        ):  # fmt: skip
            for series in page["MetricDataResults"]:
                _add(figures[series["Id"]], series, window.start)
    except (BotoCoreError, ClientError) as error:
        raise Failure(f"the metrics of variant {variant} can't be read: {error}") from None
    return Minutes(**figures)


def _queries(endpoint: str, variant: str) -> Iterator[dict[str, Any]]:
    dimensions = [
        {"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant},
    ]  # fmt: skip
    for name, (metric, statistic) in MEASURED.items():
        yield {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SageMaker", "MetricName": metric, "Dimensions": dimensions,
                },
                "Period": 60,
                "Stat": statistic,
            },
        }  # fmt: skip


def _add(figures: np.ndarray, series: Mapping[str, Any], start: datetime) -> None:
    for at, value in zip(series["Timestamps"], series["Values"], strict=True):
        minute = (at - start) // MINUTE
        if 0 <= minute < len(figures):
            figures[minute] += value
