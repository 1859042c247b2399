"""Synthesize once, deploy what was synthesized, and show that it is what was deployed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rehearsal.arrows import StoryBroke
from rehearsal.timeline import Timeline
from rehearsal.world import World

STAGE, PRODUCTION = "Dev", "Prod"
ALONE = (STAGE,)
STAGES = (STAGE, PRODUCTION)


def prepare(world: World, timeline: Timeline, *, stages: Sequence[str]) -> None:
    """Synthesize, and bootstrap the account meanwhile."""
    with ThreadPoolExecutor(1) as beside:
        bootstrapped = beside.submit(bootstrap, world)
        synthesize(world, timeline, stages=stages)
        timeline.record("data scientist", "cdk bootstrap", **bootstrapped.result())


def synthesize(world: World, timeline: Timeline, *, stages: Sequence[str] = ALONE) -> None:
    """Write the templates, and tell those of some stages."""
    world.cdk("synth", "--quiet", "--output", str(world.assembly))
    tell_templates(world, timeline, stages=stages)


def tell_templates(world: World, timeline: Timeline, *, stages: Sequence[str]) -> None:
    """Begin the timeline with the digests of what was synthesized for some stages."""
    timeline.record("rehearsal", "templates", sha256=digests(world.assembly, stages=stages))


def digests(assembly: Path, *, stages: Sequence[str] = ALONE) -> dict[str, str]:
    """The SHA-256 of each template's bytes in an assembly, by stack name."""
    return {
        _stack_name(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in templates(assembly, stages=stages)
    }


def by_stack(assembly: Path) -> dict[str, dict[str, Any]]:
    """The templates of the stage that trains, by stack name."""
    return {
        _stack_name(path): json.loads(path.read_text(encoding="utf-8"))
        for path in templates(assembly)
    }


def mutate(assembly: Path, stack: str, template: Mapping[str, Any]) -> None:
    """Put another template in the place of a stack's."""
    [path] = [path for path in templates(assembly) if _stack_name(path) == stack]
    path.write_text(json.dumps(template, indent=1), encoding="utf-8")


def templates(assembly: Path, *, stages: Sequence[str] = ALONE) -> list[Path]:
    """The template files of some stages in an assembly, sorted by name."""
    return sorted(
        path
        for stage in stages
        for path in (assembly / f"assembly-{stage}").glob("*.template.json")
    )


def bootstrap(world: World) -> dict[str, str]:
    """Make what `cdk deploy` needs in an account and region, and say in which.

    The folder is one without an app: the cdk CLI would synthesize it first.
    """
    account = world.client("sts").get_caller_identity()["Account"]
    region = world.environment["AWS_REGION"]
    world.cdk("bootstrap", f"aws://{account}/{region}", folder=world.out)
    return {"account": account, "region": region}


def deploy(
    world: World, timeline: Timeline, *, stages: Sequence[str] = ALONE, tag: str = ""
) -> None:
    """Deploy every stack of some stages, as README tells a new user to.

    Args:
        world, timeline: where; it is bootstrapped.
        stages: whose stacks.
        tag: `key=value` for each of the stacks, by which they are known again.
    """
    patterns = [f"{stage}/*" for stage in stages]
    tags = ("--tags", tag) if tag else ()
    app = ("--app", str(world.assembly))
    world.cdk("deploy", *app, *patterns, "--require-approval", "never", *tags)
    deployed = " ".join(f"'{pattern}'" for pattern in patterns)
    stacks = len(_verified(world, stages))
    timeline.record("data scientist", f"cdk deploy {deployed}", stacks=stacks)


def _verified(world: World, stages: Sequence[str]) -> list[str]:
    """Names of the deployed stacks, each of whose templates is the synthesized one."""
    cloudformation = world.client("cloudformation")
    names = []
    for path in templates(world.assembly, stages=stages):
        name = _stack_name(path)
        deployed = cloudformation.get_template(StackName=name, TemplateStage="Original")
        if deployed["TemplateBody"] != json.loads(path.read_text(encoding="utf-8")):
            raise StoryBroke(f"the template deployed as {name} is not {path.name}")
        names.append(name)
    return names


def _stack_name(template: Path) -> str:
    manifest = json.loads((template.parent / "manifest.json").read_text(encoding="utf-8"))
    for artifact in manifest["artifacts"].values():
        properties = artifact.get("properties", {})
        if properties.get("templateFile") == template.name:
            return str(properties["stackName"])
    raise StoryBroke(f"no stack of {template.parent.name}/manifest.json uses {template.name}")
