"""Models that would be served in another way: what AWS does not do in place, and what goes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from review.findings import Cause, Stopped, Thing
from review.pipelines.definition import PIPELINE, definition_of
from review.references import references
from review.resources import Pair, Resource, StackPair
from review.ways import MOVES, SCORES, Way, way_of_config

ENDPOINT: Final = "AWS::SageMaker::Endpoint"
_PROMOTED: Final = "PromotionInput"
"""The output of a stack whose versions are promoted, which a stack policy protects."""

_NOTE: Final = (
    "the deployment fails and goes back to what is there; Move a model from one way to another in"
    " docs/how-to/serve.md says how it is done"
)


def moved(pairs: Iterable[StackPair]) -> Iterator[Stopped]:
    """Yields each endpoint and scoring pipeline that another way takes the place of.

    Those that can't move in place are refused; where no promotion protects what serves, what goes
    is removed. They come in the order of stacks.
    """
    for stack in pairs:
        for pair in stack.resources:
            if pair.base and pair.head and pair.base.type == pair.head.type == ENDPOINT:
                ways = _way(pair.base, stack.templates[0]), _way(pair.head, stack.templates[1])
                yield from _told(stack, pair.head, *ways)
        yield from _gone(stack)


def _gone(stack: StackPair) -> Iterator[Stopped]:
    """Endpoints where a pipeline that scores takes their place, and the other way round."""
    endpoints = [pair for pair in stack.resources if pair.either.type == ENDPOINT]
    pipelines = [pair for pair in stack.resources if _scores(pair, stack)]
    if any(pair.head and not pair.base for pair in pipelines):
        for pair in endpoints:
            if pair.base and not pair.head:
                before = _way(pair.base, stack.templates[0])
                yield from _told(stack, pair.base, before, Way.BATCH)
    after = [_way(p.head, stack.templates[1]) for p in endpoints if p.head and not p.base]
    if after:
        for pair in pipelines:
            if pair.base and not pair.head:
                yield from _told(stack, pair.base, Way.BATCH, after[0])


def _told(
    stack: StackPair, thing: Resource, before: Way | None, after: Way | None
) -> Iterator[Stopped]:
    move = MOVES.get((before, after)) if before and after else None
    if not move:
        return
    notes = tuple(note for note in (move.means, move.first) if note)
    cause = Cause("how it is served", before, after, move.why)
    if move.in_place:
        yield Stopped(Thing.of(thing), "changed for good", (cause,), notes=notes)
    elif Way.BATCH in (before, after) and not _is_promoted(stack):
        yield Stopped(Thing.of(thing), "removed", notes=notes)
    else:
        yield Stopped(Thing.of(thing), "refused", (cause,), notes=(*notes, _NOTE))


def _is_promoted(stack: StackPair) -> bool:
    return _PROMOTED in (stack.templates[0].get("Outputs") or {})


def _scores(pair: Pair, stack: StackPair) -> bool:
    """Whether it is a pipeline that scores files, on the side where it is."""
    if pair.either.type != PIPELINE:
        return False
    definition = definition_of(pair.either, stack.head if pair.head else stack.base)
    return definition is not None and any(s.kind == SCORES for s in definition.steps.values())


def _way(endpoint: Resource, template: Mapping[str, Any]) -> Way | None:
    """How the template serves it; None if it does not say."""
    configs = _named(endpoint.properties.get("EndpointConfigName"), template)
    if not configs:
        return None
    return way_of_config(configs[0], _named(configs[0].get("ProductionVariants"), template))


def _named(value: Any, template: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The properties of the resources that a value refers to."""
    resources = template.get("Resources", {})
    found = (resources[name] for name in references(value) if name in resources)
    return [one.get("Properties") or {} for one in found]
