"""How many instances the templates ask SageMaker for."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operate.preflight.assembly import PlannedStack
from operate.preflight.template import Template, World

_CLUSTERS = {
    "Processing": ("processing", ("ProcessingResources", "ClusterConfig")),
    "Training": ("training", ("ResourceConfig",)),
    "Transform": ("transform", ("TransformResources",)),
}
_JOB_DEFINITIONS = (
    "AWS::SageMaker::DataQualityJobDefinition",
    "AWS::SageMaker::ModelBiasJobDefinition",
    "AWS::SageMaker::ModelExplainabilityJobDefinition",
    "AWS::SageMaker::ModelQualityJobDefinition",
)


@dataclass
class Demand:
    """Instances of one type, for endpoints or for one kind of job.

    Attributes:
        first: What the first deployment, or one job, needs.
        most: What may be asked for at once: all endpoints at their largest, with a release of
            the largest of them beside it; or a job of every pipeline.
    """

    first: int = 0
    most: int = 0


def demands(stacks: Sequence[PlannedStack], world: World) -> dict[tuple[str, str], Demand]:
    """Usage (`endpoint`, `processing`, `training`, `transform`) and instance type to how many."""
    asked: defaultdict[tuple[str, str], Demand] = defaultdict(Demand)
    largest: Counter[tuple[str, str]] = Counter()
    for stack in stacks:
        for kind, fewest, most in _endpoints(stack.template, world):
            asked["endpoint", kind].first += fewest
            asked["endpoint", kind].most += most
            largest["endpoint", kind] = max(largest["endpoint", kind], most)
        for (usage, kind), count in _jobs(stack.template, world):
            demand = asked[usage, kind]
            demand.first = max(demand.first, count)
            demand.most += count
    for key, count in largest.items():
        asked[key].most += count
    return dict(asked)


def _endpoints(template: Template, world: World) -> Iterator[tuple[str, int, int]]:
    """Instance type, first count and largest count of each variant; blue/green doubles it."""
    most = {
        str(template.text(target["ResourceId"], world)).rpartition("/")[2]: int(
            target["MaxCapacity"]
        )
        for target in template.resources("AWS::ApplicationAutoScaling::ScalableTarget")
    }
    for config in template.resources("AWS::SageMaker::EndpointConfig"):
        for variant in config["ProductionVariants"]:
            if "InstanceType" in variant:
                first = int(variant.get("InitialInstanceCount", 1))
                yield (
                    variant["InstanceType"],
                    first,
                    max(first, most.get(variant["VariantName"], 0)),
                )


def _jobs(template: Template, world: World) -> Iterator[tuple[tuple[str, str], int]]:
    """Usage and type to the largest job of each pipeline, and of each monitoring job."""
    for _, definition in template.pipelines(world):
        largest: Counter[tuple[str, str]] = Counter()
        for key, count in clusters(definition):
            largest[key] = max(largest[key], count)
        yield from largest.items()
    for job in template.resources(*_JOB_DEFINITIONS):
        cluster = job["JobResources"]["ClusterConfig"]
        yield ("processing", cluster["InstanceType"]), int(cluster["InstanceCount"])


def clusters(definition: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], int]]:
    """Usage and instance type to the number of instances of each job of a pipeline."""
    defaults = {
        f"Parameters.{parameter['Name']}": parameter.get("DefaultValue")
        for parameter in definition.get("Parameters", [])
    }
    for step in steps(definition.get("Steps", [])):
        yield from _cluster(step, defaults)


def steps(listed: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The steps of a pipeline, those within conditions included."""
    for step in listed:
        yield step
        arguments = step.get("Arguments", {})
        for branch in ("IfSteps", "ElseSteps"):
            yield from steps(arguments.get(branch, []))


def _cluster(
    step: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, str], int]]:
    if step["Type"] not in _CLUSTERS:
        return
    usage, path = _CLUSTERS[step["Type"]]
    cluster: Any = step["Arguments"]
    for member in path:
        cluster = cluster.get(member, {})
    kind = _value(cluster.get("InstanceType"), defaults)
    count = _value(cluster.get("InstanceCount"), defaults)
    # What has no default is for whoever starts the run to say.
    if isinstance(kind, str) and isinstance(count, int):
        yield (usage, kind), count


def _value(value: Any, defaults: Mapping[str, Any]) -> Any:
    """A literal, or the default of the pipeline parameter that stands in its place."""
    return defaults.get(value.get("Get", "")) if isinstance(value, dict) else value
