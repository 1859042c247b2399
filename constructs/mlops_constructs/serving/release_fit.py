"""Whether an endpoint can be released in the way that was chosen.

No schema of AWS's catches any of this: a deployment would fail, or quietly do without its guard.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from mlops_constructs.serving.hosting import Hosting
from mlops_constructs.serving.release import AllAtOnce, Canary, Linear, ReleasePolicy

_WITHOUT_GUARDRAILS: Final = re.compile(r"ml\.inf1\.")
_OF_THE_MARKETPLACE: Final = frozenset({"AlgorithmName", "ProductId"})
"""Members of a pipeline definition by which it takes something that was subscribed to."""

UNGUARDED: Final = "AllAtOnce(alarms=None, termination_wait_seconds=0)"
"""What AWS falls back to where it has no guardrails, said openly."""


def release_problems(endpoint_name: str, hosting: Hosting, release: ReleasePolicy) -> Iterator[str]:
    """Yields why the endpoint can't be released so, one sentence each.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html
    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
    """
    yield from _capacity_problems(endpoint_name, hosting, release)
    yield from _timeout_problems(endpoint_name, hosting, release)
    if _WITHOUT_GUARDRAILS.match(hosting.instance_type) and not _is_unguarded(release):
        yield (
            f"endpoint {endpoint_name!r} can't be released by {release.type} with rollback alarms "
            f"on instance_type {hosting.instance_type!r}: AWS would silently shift all at once and "
            f"watch nothing; take another type, such as 'ml.inf2.xlarge', or release={UNGUARDED}"
        )


def marketplace_problems(
    endpoint_name: str, definition: str, release: ReleasePolicy
) -> Iterator[str]:
    """Yields whether ``definition``, JSON of a pipeline, registers what has no guardrails."""
    found = sorted(_members(json.loads(definition)) & _OF_THE_MARKETPLACE)
    if found and not _is_unguarded(release):
        yield (
            f"endpoint {endpoint_name!r} can't be released by {release.type} with rollback alarms: "
            f"its pipeline's definition has {', '.join(found)}, as with containers from AWS "
            "Marketplace, which AWS would silently shift all at once and not watch; take another "
            f"container, or release={UNGUARDED}"
        )


def longest_wait_seconds(hosting: Hosting, release: ReleasePolicy) -> int:
    """All waits of a release together, with the most steps that the endpoint's width can make."""
    if isinstance(release, AllAtOnce):
        return release.termination_wait_seconds
    bakes = 1 if isinstance(release, Canary) else _most_steps(hosting, release)
    return bakes * release.bake_seconds + release.termination_wait_seconds


def _most_steps(hosting: Hosting, release: Linear) -> int:
    if release.percent is not None:
        return -(-100 // release.percent)
    assert release.instances is not None  # a Linear has one or the other
    return -(-hosting.max_instances // release.instances)


def _capacity_problems(
    endpoint_name: str, hosting: Hosting, release: ReleasePolicy
) -> Iterator[str]:
    if isinstance(release, AllAtOnce):
        return
    named, fewest, most = type(release).__name__, hosting.min_instances, hosting.max_instances
    if fewest < 2:
        yield (
            f"endpoint {endpoint_name!r} needs min_instances of at least 2 to be released by "
            f"{release.type}, got {fewest}: the first step is at most half of the instances; set "
            "min_instances=2, or release=AllAtOnce()"
        )
    elif release.instances is not None and 2 * release.instances > fewest:
        yield (
            f"{named}.instances of endpoint {endpoint_name!r} must be at most {fewest // 2}, half "
            f"of min_instances ({fewest}), got {release.instances}; set it to less, or "
            "min_instances to more"
        )
    if isinstance(release, Linear) and release.instances and 10 * release.instances < most:
        yield (
            f"{named}.instances of endpoint {endpoint_name!r} must be at least {-(-most // 10)}, "
            f"a tenth of max_instances ({most}), got {release.instances}; set it to more, or "
            "max_instances to less"
        )


def _timeout_problems(
    endpoint_name: str, hosting: Hosting, release: ReleasePolicy
) -> Iterator[str]:
    waits = longest_wait_seconds(hosting, release)
    if release.timeout_seconds <= waits:
        yield (
            f"{type(release).__name__}.timeout_seconds of endpoint {endpoint_name!r} must be more "
            f"than all its waits together ({waits}), got {release.timeout_seconds}; set it to "
            "more, at most 28800, or wait less"
        )


def _is_unguarded(release: ReleasePolicy) -> bool:
    return (
        isinstance(release, AllAtOnce)
        and release.alarms is None
        and release.termination_wait_seconds == 0
    )


def _members(node: Any) -> set[str]:
    """The names of all members, at any depth."""
    if isinstance(node, dict):
        return set(node).union(*(_members(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(_members(value) for value in node))
    return set()
