"""Between how few and how many instances an endpoint can be scaled."""

import re
from collections.abc import Iterator

from mlops_constructs.instances import key_problems

_BURSTABLE = re.compile(r"ml\.t\d")


def capacity_problems(instance_type: str, fewest: int, most: int) -> Iterator[str]:
    """Yields why an endpoint can't be scaled so, one sentence each.

    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
    """
    if most < fewest:
        yield f"max_instances must be at least min_instances ({fewest}), got {most}"
    yield from key_problems(instance_type)
    if _BURSTABLE.match(instance_type):
        yield (
            f"instance_type {instance_type!r} is burstable, which AWS does not scale; "
            "take another, such as 'ml.m5.large'"
        )
