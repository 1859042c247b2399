"""How old the baseline is that a run of Model Monitor was held against."""

from collections.abc import Mapping

from mlops_constructs.monitoring.metrics import NAMESPACE, MonitorMetric
from mlops_constructs.monitoring.monitored_endpoint import monitor_name
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.states import (
    REMEMBERED,
    State,
    call,
    catch,
    choose,
    jsonata,
    or_else,
    when,
)

NOW = "$toMillis($states.context.State.EnteredTime)"
MILLISECONDS_A_DAY = 24 * 3600 * 1000


def baseline_age(endpoint_name: str, kind: str, *, then: str) -> dict[str, State]:
    """From "Look at the baseline" to ``then``, with the age of the file `$constraints` put.

    The listing says when it was written, so it need not be read. Where it says nothing people are
    told, and the run keeps the figures that it has put.
    """
    monitor = monitor_name(endpoint_name, kind)
    path = "$substringAfter($constraints, 's3://')"
    made = f"$states.result.Contents[Key = $substringAfter({path}, '/')].LastModified"
    days = f"({NOW} - $toMillis($made)) / {MILLISECONDS_A_DAY}"
    unknown = catch(["States.ALL"], then="Tell that the age is not known", assign=REMEMBERED)
    return {
        "Look at the baseline": call(
            "s3",
            "listObjectsV2",
            {
                "Bucket": jsonata(f"$substringBefore({path}, '/')"),
                "Prefix": jsonata(f"$substringAfter({path}, '/')"),
            },
            assign={"made": jsonata(or_else(made, "''"))},
            on_failure=unknown,
            then="Is it there?",
        ),
        "Is it there?": choose(
            _unknown("$made = ''", "Monitor.NoBaseline", "'there is no ' & $constraints"),
            _unknown(
                r"$not($contains($made, /^\d{4}-\d\d-\d\dT/))",
                "Monitor.BadDate",
                "$constraints & ' was written at ' & $made & ', which is no time in ISO 8601'",
            ),
            otherwise="Put its age",
        ),
        "Put its age": call(
            "cloudwatch",
            "putMetricData",
            metric_data(
                endpoint_name, kind, {MonitorMetric.BASELINE_AGE: jsonata(days)}, unit="None"
            ),
            on_failure=unknown,
            then=then,
        ),
        "Tell that the age is not known": notice(
            f"'Age of a baseline is not known: {monitor}'",
            "$failure.Error & ': ' & $failure.Cause",
            "'The figures of the run itself were put; docs/how-to/monitor.md'",
            then=then,
        ),
    }


def _unknown(condition: str, error: str, cause: str) -> State:
    failure = {"Error": error, "Cause": jsonata(cause)}
    return when(condition, "Tell that the age is not known", {"failure": failure})


def metric_data(
    endpoint_name: str, kind: str, put: Mapping[MonitorMetric, object], *, unit: str
) -> dict[str, object]:
    """The arguments of a call that puts metrics of a monitor."""
    dimensions = [{"Name": "Endpoint", "Value": endpoint_name}, {"Name": "Monitor", "Value": kind}]
    return {
        "Namespace": NAMESPACE,
        "MetricData": [
            {
                "MetricName": metric.metric_name,
                "Dimensions": dimensions,
                "Unit": unit,
                "Value": value,
            }
            for metric, value in put.items()
        ],
    }
