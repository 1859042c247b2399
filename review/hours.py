"""What runs, in instance-hours a month: always, and at most by schedule.

How long a scheduled job takes nobody knows before it ran; its time limit is the most it can take.
Where none is set, AWS's default is a day for processing and for training jobs
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingStoppingCondition.html,
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from review.cadence import HOURS_A_MONTH, runs_a_month
from review.findings import Hours, Thing
from review.guards.schedules import MONITOR, SCHEDULES
from review.numbers import as_number, at
from review.pipelines.definition import PIPELINE, Definition, Step, definition_of
from review.resources import Resource, StackPair
from review.text import shown

_DAY_SECONDS: Final = 86_400
_CLUSTERS: Final[Mapping[str, str]] = {
    "Processing": "ProcessingResources.ClusterConfig",
    "Training": "ResourceConfig",
    "Tuning": "TrainingJobDefinition.ResourceConfig",
    "Transform": "TransformResources",
}
"""Kind of step to where it says on what it runs."""

Kind: TypeAlias = Literal["always-on", "scheduled"]
Key: TypeAlias = tuple[Kind, tuple[str, str], str]
Resources: TypeAlias = list[Resource]


def hours(pairs: Iterable[StackPair]) -> Iterator[Hours]:
    """All that runs on either side, whether it differs or not, in the order of stacks."""
    pairs = list(pairs)
    sides = [list(_side(pairs, side)) for side in (0, 1)]
    found: dict[Key, list[float]] = {}
    things: dict[tuple[str, str], Thing] = {}
    for number, runs in enumerate(sides):
        for kind, thing, instance_type, amount in runs:
            place = thing.stack, thing.logical_id
            things[place] = thing  # by the name that it has in head, if it is there
            found.setdefault((kind, place, instance_type), [0, 0])[number] += amount
    for (kind, place, instance_type), (before, after) in found.items():
        yield Hours(kind, things[place], instance_type, round(before, 2), round(after, 2))


def _side(pairs: list[StackPair], side: int) -> Iterator[tuple[Kind, Thing, str, float]]:
    jobs = dict(_pipelines(pairs, side))
    for stack in pairs:
        resources = [r for p in stack.resources if (r := (p.base, p.head)[side])]
        for run in _always_on(resources):
            yield "always-on", *run
        for run in _scheduled(resources, jobs):
            yield "scheduled", *run


def _always_on(resources: Resources) -> Iterator[tuple[Thing, str, float]]:
    """The fewest instances that an endpoint has; what it may scale out to is a setting."""
    for config in _of(resources, "AWS::SageMaker::EndpointConfig"):
        variants = config.properties.get("ProductionVariants")
        for variant in variants if isinstance(variants, list) else ():
            if not isinstance(variant, dict) or "InstanceType" not in variant:
                continue
            count = _fewest(resources, variant)
            if count is not None:
                endpoint = next(iter(_of(resources, "AWS::SageMaker::Endpoint")), config)
                yield Thing.of(endpoint), shown(variant["InstanceType"]), count * HOURS_A_MONTH


def _fewest(resources: Resources, variant: Mapping[str, Any]) -> float | None:
    ending = f"/variant/{shown(variant.get('VariantName'))}"
    for target in _of(resources, "AWS::ApplicationAutoScaling::ScalableTarget"):
        if shown(target.properties.get("ResourceId")).endswith(ending):
            return as_number(target.properties.get("MinCapacity"))
    return as_number(variant.get("InitialInstanceCount"))


def _scheduled(
    resources: Resources, jobs: Mapping[str, list[tuple[str, float]]]
) -> Iterator[tuple[Thing, str, float]]:
    for schedule in (r for r in resources if r.type in SCHEDULES):
        runs = runs_a_month(at(schedule.properties, SCHEDULES[schedule.type])) or 0
        if schedule.properties.get("State") == "DISABLED":
            runs = 0
        for instance_type, each in _started(schedule, resources, jobs):
            yield Thing.of(schedule), instance_type, runs * each


def _started(
    schedule: Resource, resources: Resources, jobs: Mapping[str, list[tuple[str, float]]]
) -> Iterator[tuple[str, float]]:
    """Instance type and hours, at most, of each job that one run of the schedule starts."""
    if schedule.type == MONITOR:
        told = json.dumps(schedule.properties)
        for job in resources:
            if job.type.endswith("JobDefinition") and f'"{job.logical_id}"' in told:
                cluster = at(job.properties, "JobResources.ClusterConfig")
                yield from _job(cluster, job.properties.get("StoppingCondition"), Definition())
    else:
        yield from jobs.get(_pipeline_named(schedule.properties), ())


def _pipeline_named(schedule: Mapping[str, Any]) -> str:
    """The pipeline that a schedule starts, itself or by a machine that it tells to."""
    arn = shown(at(schedule, "Target.Arn") or "")
    if ":pipeline/" in arn:
        return arn.rpartition(":pipeline/")[2]
    try:
        told = json.loads(shown(at(schedule, "Target.Input") or ""))
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    if arn.endswith("sagemaker:startPipelineExecution"):
        return str(told.get("PipelineName", ""))
    # A daily look at whether there is anything to do is told of the pipeline too.
    return str(told.get("pipeline", "")) if told.get("trigger") == "schedule" else ""


def _pipelines(pairs: list[StackPair], side: int) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Pipeline name to the jobs of one run."""
    for stack in pairs:
        for pair in stack.resources:
            resource = (pair.base, pair.head)[side]
            known = definition_of(resource, (stack.base, stack.head)[side])
            if resource and known and resource.type == PIPELINE:
                steps = known.steps.values()
                yield resource.name, [job for step in steps for job in _of_step(step, known)]


def _of_step(step: Step, definition: Definition) -> Iterator[tuple[str, float]]:
    if step.kind in _CLUSTERS:
        cluster = at(step.content, _CLUSTERS[step.kind])
        yield from _job(cluster, step.content.get("StoppingCondition"), definition)


def _job(cluster: Any, limit: Any, definition: Definition) -> Iterator[tuple[str, float]]:
    if isinstance(cluster, dict):
        seconds = as_number(definition.resolved(at(limit, "MaxRuntimeInSeconds"))) or _DAY_SECONDS
        count = as_number(definition.resolved(cluster.get("InstanceCount"))) or 1
        kind = definition.resolved(cluster.get("InstanceType"))
        yield shown(kind), count * seconds / 3600


def _of(resources: Resources, type_name: str) -> Resources:
    return [resource for resource in resources if resource.type == type_name]
