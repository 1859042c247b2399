"""Whether a model can be served and released in the way that was chosen."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from mlops_constructs.network import Network
from mlops_constructs.serving.capacity import OnInstances
from mlops_constructs.serving.choice import Choice
from mlops_constructs.serving.fit import clashes
from mlops_constructs.serving.hosting import Hosting
from mlops_constructs.serving.release import (
    AllAtOnce,
    Canary,
    Linear,
    Release,
    ReleasePolicy,
)
from mlops_constructs.serving.rolling import Rolling
from mlops_constructs.serving.trial import Shadow, Split

_OF_THE_MARKETPLACE: Final = frozenset({"AlgorithmName", "ProductId"})
"""Members of a pipeline definition by which it takes something that was subscribed to."""


def release_problems(
    endpoint_name: str,
    hosting: Hosting,
    release: Release,
    *,
    monitors: Sequence[str] = (),
    network: Network | None = None,
) -> Iterator[str]:
    """Yields why the model can't be served and released so, one sentence each.

    What can't go together stands in `mlops_constructs.serving.fit`; how wide a step may be and how
    long a release may take depends on numbers, and stands here.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RollingUpdatePolicy.html

    Args:
        endpoint_name: What sentences call it.
        hosting: How it is served.
        release: How a new version takes over.
        monitors: The kinds of its monitors.
        network: Where its containers run; by default in SageMaker's own.
    """
    yield from clashes(
        Choice(
            name=endpoint_name,
            hosting=hosting,
            release=release,
            monitors=tuple(monitors),
            network=network,
        )
    )
    if isinstance(hosting, OnInstances) and not isinstance(release, Shadow | Split):
        yield from _capacity_problems(endpoint_name, hosting, release)
        yield from _timeout_problems(endpoint_name, hosting, release)


def marketplace_problems(
    endpoint_name: str, definition: str, hosting: Hosting, release: Release
) -> Iterator[str]:
    """Yields why ``definition``, JSON of a pipeline, must not register what was bought."""
    found = sorted(_members(json.loads(definition)) & _OF_THE_MARKETPLACE)
    plain = Choice(name=endpoint_name, hosting=hosting, release=release)
    known = set(clashes(plain))
    bought = replace(plain, bought=tuple(found))
    yield from (said for said in clashes(bought) if said not in known)


def longest_wait_seconds(hosting: OnInstances, release: ReleasePolicy) -> int:
    """All waits of a release together, with the most steps that the endpoint's width can make."""
    if isinstance(release, AllAtOnce):
        return release.termination_wait_seconds
    if isinstance(release, Rolling):
        return _most_steps(hosting, release) * release.wait_seconds
    bakes = 1 if isinstance(release, Canary) else _most_steps(hosting, release)
    return bakes * release.bake_seconds + release.termination_wait_seconds


def _most_steps(hosting: OnInstances, release: Linear | Rolling) -> int:
    if release.percent is not None:
        return -(-100 // release.percent)
    assert release.instances is not None  # it has one or the other
    return -(-hosting.max_instances // release.instances)


def _capacity_problems(
    endpoint_name: str, hosting: OnInstances, release: ReleasePolicy
) -> Iterator[str]:
    if isinstance(release, AllAtOnce):
        return
    named, fewest = type(release).__name__, hosting.min_instances
    if fewest < 2:
        yield (
            f"endpoint {endpoint_name!r} needs min_instances of at least 2 to be released by "
            f"{named}, got {fewest}: the first step is at most half of the instances; set "
            "min_instances=2, or release=AllAtOnce()"
        )
    elif release.instances is not None and 2 * release.instances > fewest:
        yield (
            f"{named}.instances of endpoint {endpoint_name!r} must be at most {fewest // 2}, half "
            f"of min_instances ({fewest}), got {release.instances}; set it to less, or "
            "min_instances to more"
        )
    yield from _too_small(endpoint_name, hosting.max_instances, release)


_SMALLEST: Final[Mapping[type[Linear | Rolling], tuple[str, int]]] = {
    Linear: ("a tenth", 10),
    Rolling: ("a twentieth", 20),
}
"""The least that AWS moves in a step, of all instances."""


def _too_small(endpoint_name: str, most: int, release: Canary | Linear | Rolling) -> Iterator[str]:
    if isinstance(release, Canary) or release.instances is None:
        return
    share, parts = _SMALLEST[type(release)]
    if parts * release.instances < most:
        yield (
            f"{type(release).__name__}.instances of endpoint {endpoint_name!r} must be at least "
            f"{-(-most // parts)}, {share} of max_instances ({most}), got {release.instances}; set "
            "it to more, or max_instances to less"
        )


def _timeout_problems(
    endpoint_name: str, hosting: OnInstances, release: ReleasePolicy
) -> Iterator[str]:
    waits = longest_wait_seconds(hosting, release)
    if release.timeout_seconds <= waits:
        yield (
            f"{type(release).__name__}.timeout_seconds of endpoint {endpoint_name!r} must be more "
            f"than all its waits together ({waits}), got {release.timeout_seconds}; set it to "
            "more, at most 28800, or wait less"
        )


def _members(node: Any) -> set[str]:
    """The names of all members, at any depth."""
    if isinstance(node, dict):
        return set(node).union(*(_members(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(_members(value) for value in node))
    return set()
