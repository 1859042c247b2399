"""What alarms, schedules, capacities and release policies are set to, before and after."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from review.differences import ABSENT
from review.findings import Setting, Thing
from review.numbers import at
from review.readings import readings
from review.resources import Pair, StackPair
from review.text import shown

_JOB: Final = (
    ("capacity", r"JobResources\b|StoppingCondition\b"),
    ("monitor", r".*(AppSpecification|JobInput|BaselineConfig)\b"),
)
SETTINGS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "AWS::CloudWatch::Alarm": (("alarm", r"(?!AlarmName|AlarmDescription|Tags)"),),
    "AWS::CloudWatch::CompositeAlarm": (("alarm", r"(?!AlarmName|AlarmDescription|Tags)"),),
    "AWS::Scheduler::Schedule": (
        ("schedule", r"ScheduleExpression|State\b|FlexibleTimeWindow|Target\.(Input|RetryPolicy)"),
    ),
    "AWS::Events::Rule": (
        ("schedule", r"ScheduleExpression|State\b"),
        ("rule", r"EventPattern|Targets\[.*\.(Arn|InputTransformer|Input|RetryPolicy)\b"),
    ),
    "AWS::SageMaker::MonitoringSchedule": (("schedule", r"MonitoringScheduleConfig\."),),
    "AWS::ApplicationAutoScaling::ScalableTarget": (("capacity", r"(?!Tags)"),),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (("capacity", r"(?!PolicyName)"),),
    "AWS::SageMaker::EndpointConfig": (
        ("capacity", r"(Production|ShadowProduction)Variants|AsyncInferenceConfig"),
        ("capture", r"DataCaptureConfig"),
    ),
    "AWS::SageMaker::Endpoint": (("release", r"DeploymentConfig|Retain|ExcludeRetained"),),
    "AWS::SageMaker::DataQualityJobDefinition": _JOB,
    "AWS::SageMaker::ModelQualityJobDefinition": _JOB,
    "AWS::SageMaker::ModelBiasJobDefinition": _JOB,
    "AWS::SageMaker::ModelExplainabilityJobDefinition": _JOB,
    "AWS::Logs::LogGroup": (("retention", r"RetentionInDays"),),
    "AWS::S3::Bucket": (("retention", r"LifecycleConfiguration|VersioningConfiguration"),),
    "AWS::SQS::Queue": (("retention", r"MessageRetentionPeriod|RedrivePolicy"),),
    "AWS::KMS::Key": (("retention", r"PendingWindowInDays|EnableKeyRotation"),),
    "AWS::Lambda::Function": (
        ("capacity", r"MemorySize|Timeout|Runtime|ReservedConcurrentExecutions|Architectures"),
    ),
}
"""Type to groups, each with the places in its properties that belong there."""

_SIGNS: Final = {
    "GreaterThanOrEqualToThreshold": "≥",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}


def settings(pairs: Iterable[StackPair]) -> Iterator[Setting]:
    """Everything that is set otherwise, or comes or goes, in the order of stacks."""
    for stack in pairs:
        if stack.head is None:
            continue  # what is deployed stays
        for pair in stack.resources:
            if pair.base and pair.head:
                yield from _changed(pair)
            else:
                yield from _come_or_gone(pair)
        yield from _defaults(stack)


def _changed(pair: Pair) -> Iterator[Setting]:
    groups = SETTINGS.get(pair.either.type, ())
    for found in readings(*pair.sides) if groups else ():
        for group, places in groups:
            if re.match(places, found.path):
                sides = (found.before, found.after) if not found.text else ("…", "… (see below)")
                yield Setting(group, Thing.of(pair.either), found.path, *sides)
                break


def _come_or_gone(pair: Pair) -> Iterator[Setting]:
    summary = _SUMMARIES.get(pair.either.type)
    if summary:
        group = SETTINGS[pair.either.type][0][0]
        before, after = (
            summary(side.properties) if side else None for side in (pair.base, pair.head)
        )
        yield Setting(group, Thing.of(pair.either), "as a whole", before, after)


def _alarm(given: Mapping[str, Any]) -> str:
    what = shown(given.get("MetricName", "an expression"))
    periods = shown(given.get("EvaluationPeriods", "?"))
    of = shown(given.get("DatapointsToAlarm", given.get("EvaluationPeriods", "?")))
    sign = _SIGNS.get(str(given.get("ComparisonOperator")), shown(given.get("ComparisonOperator")))
    period = f" of {shown(given['Period'])} s" if "Period" in given else ""
    return f"{what} {sign} {shown(given.get('Threshold', '?'))}, {of} of {periods} periods{period}"


def _monitoring(given: Mapping[str, Any]) -> str:
    return shown(at(given, "MonitoringScheduleConfig.ScheduleConfig.ScheduleExpression") or "now")


_SUMMARIES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::CompositeAlarm": lambda given: shown(given.get("AlarmRule", "")),
    "AWS::Scheduler::Schedule": lambda given: shown(given.get("ScheduleExpression", "")),
    "AWS::Events::Rule": lambda given: shown(
        given.get("ScheduleExpression") or at(given, "EventPattern.detail-type") or "a pattern"
    ),
    "AWS::SageMaker::MonitoringSchedule": _monitoring,
    "AWS::ApplicationAutoScaling::ScalableTarget": lambda given: (
        f"{shown(given.get('MinCapacity'))} to {shown(given.get('MaxCapacity'))}"
    ),
}


def _defaults(stack: StackPair) -> Iterator[Setting]:
    """Parameters that a deployment takes from elsewhere, or from their default."""
    base, head = (side.get("Parameters", {}) for side in stack.templates)
    if stack.base is None or stack.head is None:
        return
    for name in sorted(base.keys() & head.keys()):
        before, after = (side[name].get("Default", ABSENT) for side in (base, head))
        for found in readings(before, after, f"Default of parameter {name}"):
            yield Setting(
                "parameter", Thing.whole(stack.name), found.path, found.before, found.after
            )
