"""What a metric alarm watches, made from its configuration: queries, math, rule, and when.

Evaluation is pure: give it points and a time, get a verdict.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.alarms import series
from local_aws.alarms.metric_functions import Series, Value
from local_aws.alarms.metric_math import Inputs, Node, compile_expression
from local_aws.alarms.series import Points, Query
from local_aws.alarms.verdict import Datapoint, Rule, Verdict, judge
from local_aws.core.errors import ValidationException

MINUTE, HOUR, DAY = 60, 3600, 86400
_HIGH_RESOLUTION_INTERVAL = 10
# Alarms on its metrics ignore missing data whatever they say (botocore: TreatMissingData).
_ALWAYS_IGNORES = "AWS/DynamoDB"


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One metric alarm's evaluation.

    Args:
        rule: How datapoints are judged.
        queries: The metrics by id.
        expressions: The math by id, in an order in which each follows those that it names.
        watched: The id of the metric or expression that is compared with the threshold.
        period: Seconds.
        waits_for_samples: Whether a percentile of few samples changes nothing
            (EvaluateLowSampleCountPercentile is `ignore`).
    """

    rule: Rule
    queries: Mapping[str, Query]
    expressions: Mapping[str, Node]
    watched: str
    period: int
    waits_for_samples: bool = False

    @property
    def interval(self) -> int:
        """Seconds between evaluations, at multiples of which they happen.

        A minute; ten seconds for a period below; an hour where the periods make more than a day,
        and then only data up to the hour counts
        (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html).
        """
        if self.period * self.rule.periods > DAY:
            return HOUR
        return MINUTE if self.period >= MINUTE else _HIGH_RESOLUTION_INTERVAL

    def tick_after(self, time: float) -> float:
        """The first moment of evaluation later than a time."""
        return (math.floor(time / self.interval) + 1) * self.interval

    def evaluate(self, points: Points, tick: float) -> Verdict:
        """Judge the periods that end at the moment of evaluation.

        The window slides: periods end there, not at multiples of the period.
        """
        count = self.rule.retrieved
        found = self._values(points, tick, count)
        starts = [tick - (count - index) * self.period for index in range(count)]
        verdict = judge(
            [
                None if value is None or math.isnan(value) else Datapoint(start, value)
                for start, value in zip(starts, found, strict=True)
            ],
            self.rule,
        )
        if self.waits_for_samples and self._has_few_samples(points, tick):
            return Verdict(state=None, judged=verdict.judged, filled=verdict.filled)
        return verdict

    def moments(self, points: Points, tick: float, most: int) -> list[float]:
        """When the verdict may differ after a moment of evaluation, if no more points come.

        That is whenever a point passes from one period to the next, until it leaves the range.

        Args:
            points: The points there are.
            tick: The moment of evaluation.
            most: How many moments at most, the first ones.
        """
        return sorted(set(self._passing(points, tick, most)))[:most]

    def _passing(self, points: Points, tick: float, most: int) -> Iterator[float]:
        for query in self.queries.values():
            for time in set(series.times(points(query), query)):
                past = max(math.floor((tick - time) / self.period), 0)
                for index in range(past, min(self.rule.retrieved + 1, past + most + 1)):
                    moment = self.tick_after(time + index * self.period)
                    if moment > tick:
                        yield moment

    def _values(self, points: Points, tick: float, count: int) -> Series:
        metrics = {
            name: series.values(points(query), query, tick, count)
            for name, query in self.queries.items()
        }
        return self.compute(metrics, count)

    def compute(self, metrics: Mapping[str, Series], count: int) -> Series:
        """The watched values from those of the metrics.

        Raises:
            ValidationException: They are not one series.
        """
        found: dict[str, Value] = {}
        for name, node in self.expressions.items():
            found[name] = node(Inputs(metrics, dict(found), self.period, count))
        value = found.get(self.watched, metrics.get(self.watched))
        if not isinstance(value, list):
            raise ValidationException(
                "Metrics list must contain exactly one metric matching the ReturnData parameter"
                " that results in a single time series"
            )
        return value or [None] * count

    def _has_few_samples(self, points: Points, tick: float) -> bool:
        query = self.queries[self.watched]
        share = float(query.stat[1:]) / 100
        rarer = 1 - share if share >= 0.5 else share
        count = series.samples(points(query), query, tick, self.rule.periods)
        return count < 10 / rarer if rarer else False


def watch(configuration: Mapping[str, Any]) -> Watch:
    """The evaluation of a configuration as PutMetricAlarm takes it.

    Raises:
        ValidationException: An expression is wrong.
        NotImplementedHere: An expression is beyond what is implemented.
    """
    queries, expressions, watched = _watched(configuration)
    period = next(iter(queries.values())).period if queries else configuration["Period"]
    missing = configuration.get("TreatMissingData", "missing")
    if any(query.namespace == _ALWAYS_IGNORES for query in queries.values()):
        missing = "ignore"
    return Watch(
        rule=Rule(
            periods=configuration["EvaluationPeriods"],
            needed=configuration.get("DatapointsToAlarm", configuration["EvaluationPeriods"]),
            threshold=float(configuration["Threshold"]),
            comparison=configuration["ComparisonOperator"],
            missing=missing,
        ),
        queries=queries,
        expressions=expressions,
        watched=watched,
        period=period,
        waits_for_samples=configuration.get("EvaluateLowSampleCountPercentile") == "ignore",
    )


def _watched(
    configuration: Mapping[str, Any],
) -> tuple[dict[str, Query], dict[str, Node], str]:
    metrics = configuration.get("Metrics")
    if metrics is None:
        stat = configuration.get("Statistic") or configuration["ExtendedStatistic"]
        return {"m": _query({**configuration, "Metric": configuration, "Stat": stat})}, {}, "m"
    queries = {each["Id"]: _query(each["MetricStat"]) for each in metrics if "MetricStat" in each}
    (watched,) = (each["Id"] for each in metrics if each.get("ReturnData", True))
    return queries, _in_order(metrics), watched


def _query(given: Mapping[str, Any]) -> Query:
    metric = given["Metric"]
    return Query(
        namespace=metric["Namespace"],
        name=metric["MetricName"],
        dimensions={each["Name"]: each["Value"] for each in metric.get("Dimensions") or ()},
        stat=given["Stat"],
        period=given["Period"],
        unit=given.get("Unit"),
    )


def _in_order(metrics: Sequence[Mapping[str, Any]]) -> dict[str, Node]:
    """The expressions, each after those that it names."""
    ids = [each["Id"] for each in metrics]
    waiting = {each["Id"]: each["Expression"] for each in metrics if "Expression" in each}
    nodes = {
        name: compile_expression(text, [x for x in ids if x != name])
        for name, text in waiting.items()
    }
    ordered: dict[str, Node] = {}
    while waiting:
        ready = [
            name
            for name, text in waiting.items()
            if not any(re.search(rf"\b{other}\b", text) for other in waiting if other != name)
        ]
        if not ready:
            raise ValidationException("The expressions in Metrics name each other in a circle")
        for name in ready:
            ordered[name] = nodes[name]
            del waiting[name]
    return ordered
