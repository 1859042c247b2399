"""What a metric alarm can be set to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local_aws.alarms.verdict import TREATMENTS
from local_aws.alarms.watching import DAY, HOUR, MINUTE

_SINGLE = ("MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic")
SINGLE_ONLY = (*_SINGLE, "ExtendedStatistic")
_HIGH_RESOLUTION = (10, 20, 30)
_LONGEST_DAYS = 7
_MOST_METRICS = 10
_STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_PERCENTILE = re.compile(r"p(100|\d{1,2}(\.\d{0,10})?)")
TRIMMED = re.compile(r"(tm|tc|ts|wm|pr|PR|TM|TC|TS|WM)\(?.*|IQM|iqm")


def problems(given: Mapping[str, Any]) -> Iterator[str]:
    """Why PutMetricAlarm refuses a configuration; AWS's own sentences are not documented."""
    if "Metrics" in given:
        yield from _problems_of_metrics(given)
    else:
        yield from _problems_of_single(given)
    if "EvaluationPeriods" not in given:
        yield "EvaluationPeriods is required"
        return
    if "Threshold" not in given:
        yield "Threshold is required for alarms on a static threshold"
    needed, periods = given.get("DatapointsToAlarm"), given["EvaluationPeriods"]
    if needed is not None and needed > periods:
        yield f"DatapointsToAlarm must be at most EvaluationPeriods ({periods}), got {needed}"
    missing = given.get("TreatMissingData", "missing")
    if missing not in TREATMENTS:
        yield f"TreatMissingData must be one of {', '.join(TREATMENTS)}, got {missing}"
    if given.get("EvaluateLowSampleCountPercentile", "evaluate") not in ("evaluate", "ignore"):
        yield "EvaluateLowSampleCountPercentile must be evaluate or ignore"
    yield from _problems_of_periods(given, periods)


def _problems_of_periods(given: Mapping[str, Any], periods: int) -> Iterator[str]:
    lengths = {given.get("Period"), *(each["Period"] for each in stats(given))} - {None}
    for period in sorted(lengths):
        if period not in _HIGH_RESOLUTION and (period < MINUTE or period % MINUTE):
            yield f"Period must be 10, 20, 30 or a multiple of 60, got {period}"
        longest = DAY if period < HOUR else _LONGEST_DAYS * DAY
        if period * periods > longest:
            yield (
                f"EvaluationPeriods * Period must be at most {longest} seconds for a period of"
                f" {period}, got {period * periods}"
            )


def _problems_of_single(given: Mapping[str, Any]) -> Iterator[str]:
    for member in ("MetricName", "Namespace", "Period"):
        if member not in given:
            yield f"{member} is required for an alarm on a metric"
    statistics = [name for name in ("Statistic", "ExtendedStatistic") if name in given]
    if len(statistics) != 1:
        yield "Exactly one of Statistic and ExtendedStatistic is required"
    elif "ExtendedStatistic" in given and not _PERCENTILE.fullmatch(given["ExtendedStatistic"]):
        yield f"ExtendedStatistic must be a percentile like p99, got {given['ExtendedStatistic']}"
    if given.get("EvaluateLowSampleCountPercentile") and "ExtendedStatistic" not in given:
        yield "EvaluateLowSampleCountPercentile needs ExtendedStatistic"


def _problems_of_metrics(given: Mapping[str, Any]) -> Iterator[str]:
    metrics = given["Metrics"]
    if beside := [member for member in SINGLE_ONLY if member in given]:
        yield f"Metrics can't be given together with {', '.join(beside)}"
    if sum(each.get("ReturnData", True) for each in metrics) != 1:
        yield "Exactly one element of Metrics must have ReturnData true"
    ids = [each["Id"] for each in metrics]
    if len(set(ids)) != len(ids) or not all(re.fullmatch("[a-z][A-Za-z0-9_]*", x) for x in ids):
        yield "Each Id in Metrics must differ and start with a lowercase letter"
    for each in metrics:
        if ("MetricStat" in each) == ("Expression" in each):
            yield f"{each['Id']} needs either MetricStat or Expression"
    yield from _problems_of_stats(stats(given))


def _problems_of_stats(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not 1 <= len(found) <= _MOST_METRICS:
        yield f"Metrics must have 1 to {_MOST_METRICS} metrics, got {len(found)}"
    if len({each["Period"] for each in found}) > 1:
        yield "All metrics of an alarm must have the same period"
    for stat in found:
        name = stat["Stat"]
        if name not in _STATISTICS and not _PERCENTILE.fullmatch(name):
            yield f"Stat must be one of {', '.join(_STATISTICS)} or a percentile, got {name}"
        if missing := {"MetricName", "Namespace"} - stat["Metric"].keys():
            yield f"Metric needs {', '.join(sorted(missing))}"


def stats(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The MetricStat of each metric in Metrics."""
    return [each["MetricStat"] for each in given.get("Metrics", ()) if "MetricStat" in each]
