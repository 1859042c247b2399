"""Whether a model would be served in another way, which is not done in place."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.autoscaling import deployed_config
from operate.preflight.demand import steps
from operate.preflight.finding import Finding, Weight
from operate.preflight.names import owned
from operate.preflight.template import World
from operate.refused import Refused
from review.ways import MOVES, SCORES, Way, way_of_config

CHECK = "moving"
_ENDPOINT, _PIPELINE = "AWS::SageMaker::Endpoint", "AWS::SageMaker::Pipeline"


def moving(account: Account, world: World, stacks: Sequence[PlannedStack]) -> Iterator[Finding]:
    """Yields what serves in one way and is to serve in another, unless AWS does that in place."""
    for stack in stacks:
        for planned, after in _planned(stack, world):
            for served, before in _deployed(account, stack.name, planned, after):
                move = MOVES.get((before, after))
                if move and not move.in_place:
                    yield Finding(
                        Weight.STOPS,
                        CHECK,
                        f"{_words(served, before, planned, after)}, which is not done in place:"
                        f" {move.why}",
                        "follow Move a model from one way to another in docs/how-to/serve.md; it"
                        f" begins with taking stack {stack.name} down"
                        + (f", but first {move.first}" if move.first else ""),
                    )


def _words(served: str, before: Way, planned: str, after: Way) -> str:
    if after is Way.BATCH:
        return f"endpoint {served} is {before} and pipeline {planned} is to take its place"
    if before is Way.BATCH:
        return f"pipeline {served} scores batches and endpoint {planned} is to take its place"
    return f"endpoint {planned} is {before} and is to be {after}"


def _planned(stack: PlannedStack, world: World) -> Iterator[tuple[str, Way]]:
    """Name and way of what the template serves by; nothing where it has several configs."""
    template = stack.template
    endpoints = [*template.resources(_ENDPOINT)]
    if not endpoints:
        for name, definition in template.pipelines(world):
            if _scores(definition):
                yield name, Way.BATCH
    configs = [*template.resources("AWS::SageMaker::EndpointConfig")]
    models = template.resources("AWS::SageMaker::Model")
    way = way_of_config(configs[0], models) if len(configs) == 1 else None
    for endpoint in endpoints:
        named = template.text(endpoint.get("EndpointName"), world)
        if named and way:
            yield named, way


def _deployed(account: Account, stack: str, planned: str, after: Way) -> Iterator[tuple[str, Way]]:
    """Name and way of what serves there now, in whose place the planned would come."""
    if after is not Way.BATCH:
        way = _way(account, planned)
        if way:
            yield planned, way
            return
        for name in _names(account, stack, _PIPELINE):
            if _scores(_definition(account, name)):
                yield name, Way.BATCH
    elif planned not in _names(account, stack, _PIPELINE):
        for name in _names(account, stack, _ENDPOINT):
            way = _way(account, name)
            if way:
                yield name, way


def _names(account: Account, stack: str, kind: str) -> list[str]:
    return sorted(name for name in owned(account, stack, kind) if not name.startswith("arn:"))


def _way(account: Account, endpoint: str) -> Way | None:
    """How an endpoint serves; None if there is none."""
    config = deployed_config(account, endpoint)
    if config is None:
        return None
    variants = config["ProductionVariants"]
    names = (variant["ModelName"] for variant in variants if "ModelName" in variant)
    return way_of_config(config, (_model(account, name) for name in names))


def _model(account: Account, name: str) -> Mapping[str, Any]:
    """A model; empty if it was deleted under its endpoint, which serves on."""
    try:
        return account.read("sagemaker", "describe_model", ModelName=name)
    except Refused as refused:
        if refused.code == "ValidationException" and "Could not find" in str(refused):
            return {}
        raise


def _definition(account: Account, pipeline: str) -> Mapping[str, Any]:
    found = account.read("sagemaker", "describe_pipeline", PipelineName=pipeline)
    definition: Mapping[str, Any] = json.loads(found["PipelineDefinition"])
    return definition


def _scores(definition: Mapping[str, Any]) -> bool:
    return any(step["Type"] == SCORES for step in steps(definition.get("Steps", [])))
