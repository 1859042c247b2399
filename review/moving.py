"""Endpoints that would be served in another way, which AWS does not do in place."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from review.findings import Cause, Stopped, Thing
from review.references import references
from review.resources import Resource, StackPair

ENDPOINT: Final = "AWS::SageMaker::Endpoint"

_WHY: Final = {
    "serverless": "AWS makes no endpoint serverless that is not",
    "with a queue": "AWS documents no update that gives an endpoint a queue",
    "on instances": "AWS documents no update that takes an endpoint its queue",
}
"""By what it would become. https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html"""

_NOTE: Final = (
    "the deployment fails and goes back to what is there; Move a model from one way to another in"
    " docs/how-to/serve.md says how it is done"
)


def moved(pairs: Iterable[StackPair]) -> Iterator[Stopped]:
    """Yields each endpoint whose update AWS would refuse, in the order of stacks."""
    for stack in pairs:
        for pair in stack.resources:
            if not (pair.base and pair.head and pair.base.type == pair.head.type == ENDPOINT):
                continue
            before, after = (
                _way(side, template)
                for side, template in zip((pair.base, pair.head), stack.templates, strict=True)
            )
            if None in (before, after) or not _refused(before, after):
                continue
            cause = Cause("how it is served", before, after, _WHY[str(after)])
            yield Stopped(Thing.of(pair.head), "refused", (cause,), notes=(_NOTE,))


def _refused(before: str | None, after: str | None) -> bool:
    """A serverless endpoint can be given instances; AWS does nothing else of the kind."""
    return before != after and (before, after) != ("serverless", "on instances")


def _way(endpoint: Resource, template: Mapping[str, Any]) -> str | None:
    """How the template serves it; None if it does not say."""
    resources = template.get("Resources", {})
    for name in references(endpoint.properties.get("EndpointConfigName")):
        config = resources.get(name, {}).get("Properties") or {}
        variants = config.get("ProductionVariants")
        if not isinstance(variants, list):
            return None
        if any("ServerlessConfig" in one for one in variants if isinstance(one, dict)):
            return "serverless"
        return "with a queue" if "AsyncInferenceConfig" in config else "on instances"
    return None
