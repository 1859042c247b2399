"""Events to the account's default bus, in the shape that AWS documents."""

import itertools
import json
from typing import Any

from local_aws.ministack import bus

_emitted = itertools.count(1)


def emit(
    detail_type: str,
    detail: dict[str, Any],
    resources: list[str],
    *,
    source: str = "aws.sagemaker",
    counted: bool = True,
) -> None:
    """Put an event on the default bus of the current account and region.

    Every third one is delivered twice, since SageMaker "may send multiple events to EventBridge
    for each state change"
    (https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html).

    Args:
        detail_type: E.g. `SageMaker Endpoint State Change`.
        detail: The documented detail; members that are None are left out, times are the caller's
            business since AWS writes them differently from event to event.
        resources: ARNs.
        source: The sender.
        counted: Whether it is one of those of which every third is delivered twice. What depends
            on the traffic of a minute is not, or no rehearsal would repeat.
    """
    entry = {
        "Source": source,
        "DetailType": detail_type,
        "Detail": json.dumps({k: v for k, v in detail.items() if v is not None}),
        "Resources": resources,
    }
    for _ in range(2 if counted and next(_emitted) % 3 == 0 else 1):
        bus.put(entry)
