"""PutMetricAlarm."""

from collections.abc import Mapping
from typing import Any

from local_aws.alarms.alarm import METRIC
from local_aws.alarms.configuration import SINGLE_ONLY, TRIMMED, problems, stats
from local_aws.alarms.evaluation import evaluate_soon
from local_aws.alarms.saving import save, with_actions
from local_aws.alarms.verdict import COMPARISONS
from local_aws.alarms.watching import watch
from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.operations import operation
from local_aws.core.request import Request

SERVICE = "cloudwatch"
_KEPT = (
    *("AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions"),
    *("InsufficientDataActions", *SINGLE_ONLY, "EvaluationPeriods", "DatapointsToAlarm"),
    *("Threshold", "ComparisonOperator", "TreatMissingData", "EvaluateLowSampleCountPercentile"),
    *("Metrics", "EvaluationWindow"),
)


@operation(SERVICE, "PutMetricAlarm")
def put_metric_alarm(request: Request) -> dict[str, Any]:
    """Make a metric alarm or change it; it is evaluated at the next whole minute."""
    configuration, tags = request.keep(*_KEPT), request.keep("Tags").get("Tags", ())
    _refuse_missing(configuration)
    if found := list(problems(configuration)):
        raise ValidationException("; ".join(found))
    compiled = watch(configuration)
    compiled.compute({name: [1.0] for name in compiled.queries}, 1)
    alarm, _ = save(METRIC, with_actions(configuration), tags, watch=compiled)
    evaluate_soon(alarm)
    return {}


def _refuse_missing(given: Mapping[str, Any]) -> None:
    """Refuse what AWS has and the local AWS does not; the members table cannot see these."""
    comparison = given["ComparisonOperator"]
    if comparison not in COMPARISONS:
        raise NotImplementedHere(
            f"the local AWS does not implement anomaly detection, which {comparison} needs"
        )
    if "WallClockWindow" in given.get("EvaluationWindow", {}):
        raise NotImplementedHere("the local AWS implements sliding evaluation windows only")
    named = [given.get("ExtendedStatistic"), *(each["Stat"] for each in stats(given))]
    if beyond := [stat for stat in named if stat and TRIMMED.fullmatch(stat)]:
        raise NotImplementedHere(
            f"the local AWS implements percentiles of extended statistics only, got {beyond[0]}"
        )
