"""Champion and challenger with traffic of a day, in memory, in CloudWatch's words and in files."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench.scripts import load, unpacked
from mlops_constructs.comparison.comparison import COMPARISON_STEPS
from mlops_constructs.monitor_steps import MONITOR_STEPS
from tests.monitoring.conftest import capture, exchange

STEPS = unpacked(MONITOR_STEPS, COMPARISON_STEPS)
SINCE = datetime(2026, 2, 2, tzinfo=UTC)
CHAMPION = "arn:aws:sagemaker:us-east-1:111122223333:model-package/churn/7"
CHALLENGER = "arn:aws:sagemaker:us-east-1:111122223333:model-package/churn/8"


def script(name: str) -> Any:
    """One of the scripts of a comparison, as its job finds it."""
    (module,) = load(STEPS, name)
    return module


def minutes(
    number: int = 1440, *, rate: float = 20, seed: int = 1, errors: float = 0.01,
    latency: float = 30_000,
) -> Any:  # fmt: skip
    """Figures of a variant: requests a minute, share of failures, mean latency in microseconds."""
    chance = np.random.default_rng(seed)
    requests = chance.poisson(rate, number).astype(float)
    failed = chance.binomial(requests.astype(int), errors).astype(float)
    spent = np.where(requests > 0, chance.gamma(np.maximum(4 * requests, 1)) / 4 * latency, 0)
    return script("minutes").Minutes(requests, np.zeros(number), failed, spent, requests)


class CloudWatch:
    """Answers GetMetricData from figures, a page for each metric."""

    def __init__(self, variants: dict[str, Any], since: datetime = SINCE) -> None:
        self.variants = variants
        self.since = since
        self.asked: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> "CloudWatch":
        assert operation == "get_metric_data"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(request)
        for query in request["MetricDataQueries"]:
            yield {"MetricDataResults": [self._series(query, request)]}

    def _series(self, query: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        metric = query["MetricStat"]["Metric"]
        of = {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}
        figures = self.variants[of["VariantName"]]
        name = {
            ("Invocations", "Sum"): "requests",
            ("Invocation4XXErrors", "Sum"): "refused",
            ("Invocation5XXErrors", "Sum"): "failed",
            ("ModelLatency", "Sum"): "latency",
            ("ModelLatency", "SampleCount"): "timed",
        }[metric["MetricName"], query["MetricStat"]["Stat"]]
        values = getattr(figures, name)
        points = [
            (self.since + timedelta(minutes=index), float(value))
            for index, value in enumerate(values)
            if value and request["StartTime"] <= self.since + timedelta(minutes=index)
            < request["EndTime"]
        ]  # fmt: skip
        return {
            "Id": query["Id"],
            "Timestamps": [at for at, _ in points],
            "Values": [value for _, value in points],
        }


def answered(
    folder: Path, number: int, *, differing: float = 0.0, only: slice = slice(None), seed: int = 1
) -> Path:
    """Captured answers spread over a day; of some, the answer is another than without."""
    chance = np.random.default_rng(seed)
    lines = []
    for index in range(number)[only]:
        at = SINCE + index * timedelta(days=1) / number
        answer = 0.2 + 0.5 * (chance.random() < differing)
        line = exchange(at, "a,1", f"{answer:.3f}\n", event=f"e{index}")
        lines.append((at, json.dumps(line)))
    return capture(folder, lines)


def more_errors(figures: Any, share: float, seed: int = 9) -> Any:
    """Figures with so many more of the requests failing."""
    chance = np.random.default_rng(seed)
    more = chance.binomial(figures.requests.astype(int), share)
    return replace(figures, failed=np.minimum(figures.failed + more, figures.requests))
