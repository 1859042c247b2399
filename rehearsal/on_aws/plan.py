"""What is played on AWS, what is left out there, how long it takes and on how many instances.

The minutes are guesses, made from the waits in the templates and what AWS's documentation and other
people's runs show; nobody has measured them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from operate.preflight.assembly import PlannedStack
from operate.preflight.demand import clusters
from operate.preflight.template import World as Where
from rehearsal.names import MODEL

A_JOB, A_FLEET, A_PROMOTION = 10, 10, 10
"""Minutes that a job takes, instances of an endpoint take to come up, and a promotion waits to see
whether its release answers."""

DEV, PROD = "Dev", "Prod"


@dataclass(frozen=True)
class Chapter:
    """A part of the story.

    Attributes:
        name: What happens.
        minutes: About how long it takes.
        releases: The stage that has a second fleet meanwhile, if one has.
        runs: The stage and model pipelines that run: `Training` or `Monitoring`.
    """

    name: str
    minutes: int
    releases: str = ""
    runs: str = ""


LEFT_OUT = (
    "eight days of traffic and the monitor's verdict on them: a window is judged when there was"
    " traffic on six of seven days. The monitor is started by hand, once, and says that it has seen"
    " too little",
    "drift, its alarm, and the retraining that it asks for: they need judged windows, and a day"
    " between two runs. Version 2 is started in the pipeline by hand",
    "what schedules start once a day: the promotion's re-check is started by hand",
    "what Model Monitor reports in Prod: only whether its schedule can be made is seen",
)
"""What only days can show."""


def chapters(stacks: Sequence[PlannedStack]) -> list[Chapter]:
    """What is played, in its order."""
    bakes = {stage: _bake(stacks, stage) for stage in (DEV, PROD)}
    taken_back = A_FLEET + bakes[DEV] + A_FLEET
    return [
        Chapter("cdk deploy of both stages", 20),
        Chapter("version 1 is trained on winter, on a person's word", 4 * A_JOB, runs="Training"),
        Chapter("version 1 is approved, and serves in Dev", A_FLEET + A_PROMOTION + 5),
        Chapter("travellers ask; every answer, record and metric is checked", 25),
        Chapter("the monitor is started by hand", A_JOB + 5, runs="Monitoring"),
        Chapter("version 1 is proposed for Prod, approved, and serves there", A_FLEET + 15),
        Chapter("version 2 is trained on spring too, by hand", 4 * A_JOB, runs="Training"),
        Chapter("version 2 replaces it in Dev", A_FLEET + bakes[DEV] + A_PROMOTION + 5, DEV),
        Chapter("version 2 answers, and is proposed for Prod", 25),
        Chapter("version 2 replaces it in Prod by a canary, under load",
                A_FLEET + bakes[PROD] + A_PROMOTION, PROD),
        Chapter("version 3 answers nothing, and its alarm takes it back, under load",
                taken_back, DEV),
        Chapter("the clean-up", 30),
    ]  # fmt: skip


def _bake(stacks: Sequence[PlannedStack], stage: str) -> int:
    """Minutes that the longest release of a stage waits, all steps of one size counted."""
    seconds = [0]
    for stack in _of(stacks, f"{stage}-Serving-{MODEL}"):
        for endpoint in stack.template.resources("AWS::SageMaker::Endpoint"):
            policy = endpoint.get("DeploymentConfig", {}).get("BlueGreenUpdatePolicy", {})
            routing = policy.get("TrafficRoutingConfiguration", {})
            steps = 100 // routing.get("LinearStepSize", {}).get("Value", 100)
            seconds.append(
                steps * routing.get("WaitIntervalInSeconds", 0)
                + policy.get("TerminationWaitInSeconds", 0)
            )
    return -(-max(seconds) // 60)


@dataclass(frozen=True)
class Use:
    """Instances of one type for one purpose.

    Attributes:
        purpose: `endpoint`, `processing` or `training`.
        kind: The instance type.
        most: The most at once.
        hours: About how many instance-hours in all.
    """

    purpose: str
    kind: str
    most: int
    hours: float


def uses(stacks: Sequence[PlannedStack], where: Where) -> list[Use]:
    """What the story will run on, by the templates."""
    minutes: defaultdict[tuple[str, str], float] = defaultdict(float)
    most: defaultdict[tuple[str, str], int] = defaultdict(int)
    played = chapters(stacks)
    for number, chapter in enumerate(played):
        at_once: defaultdict[tuple[str, str], int] = defaultdict(int)
        for stage, serves_from in ((DEV, 2), (PROD, 5)):
            if number >= serves_from:
                fleets = 2 if chapter.releases == stage else 1
                for kind, count in _served(stacks, stage):
                    at_once["endpoint", kind] += fleets * count
        for key, count in at_once.items():
            minutes[key] += count * chapter.minutes
            most[key] = max(most[key], count)
        for key, count in _jobs(stacks, where, chapter.runs):
            minutes[key] += count * A_JOB
            most[key] = max(most[key], count)
    return [Use(*key, most[key], minutes[key] / 60) for key in sorted(minutes)]


def _served(stacks: Sequence[PlannedStack], stage: str) -> Iterator[tuple[str, int]]:
    """What serves the model that is played; others get no version, and so no endpoint."""
    for stack in _of(stacks, f"{stage}-Serving-{MODEL}"):
        for config in stack.template.resources("AWS::SageMaker::EndpointConfig"):
            for variant in config["ProductionVariants"]:
                if "InstanceType" in variant:
                    yield variant["InstanceType"], int(variant.get("InitialInstanceCount", 1))


def _jobs(
    stacks: Sequence[PlannedStack], where: Where, which: str
) -> Iterator[tuple[tuple[str, str], int]]:
    if which:
        for stack in _of(stacks, f"{DEV}-{which}-{MODEL}"):
            for _, definition in stack.template.pipelines(where):
                yield from clusters(definition)


def _of(stacks: Sequence[PlannedStack], name: str) -> list[PlannedStack]:
    return [stack for stack in stacks if stack.name == name]


def total(played: Sequence[Chapter]) -> float:
    """Hours."""
    return sum(chapter.minutes for chapter in played) / 60


def kept(stacks: Sequence[PlannedStack]) -> Mapping[str, int]:
    """Noun to how many of it a stack keeps when it is deleted, and the clean-up deletes."""
    nouns = {
        "AWS::S3::Bucket": "buckets", "AWS::KMS::Key": "keys", "AWS::Logs::LogGroup": "log groups",
        "AWS::SageMaker::ModelPackageGroup": "model package groups",
    }  # fmt: skip
    counts: defaultdict[str, int] = defaultdict(int)
    for stack in stacks:
        for kind, noun in nouns.items():
            counts[noun] += sum(1 for _ in stack.template.kept(kind))
    return {noun: count for noun, count in counts.items() if count}
