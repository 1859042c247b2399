"""The names of a stage as promotions see it."""

from typing import Any

GROUP = ENDPOINT = "dev-flight-delay"
STACK = "Dev-Serving-flight-delay"
SLOT = "/perennial/dev/flight-delay/slot"
LOCK = "/perennial/dev/flight-delay/lock"
NOTE = "/perennial/dev/flight-delay/look-again"
STAMP = "perennial:dev"
EMPTY = "NONE,NONE"
REQUEST: dict[str, Any] = {
    "model": "flight-delay",
    "stage": "dev",
    "group": GROUP,
    "endpoint": ENDPOINT,
    "stack": STACK,
    "slot": SLOT,
    "monitoring": "",
    "monitors": [],
    "next": "",
    "approval": "registry",
    "hosting": "endpoint",
}
MONITORING = "Dev-Monitoring-flight-delay"
WATCHED = {**REQUEST, "monitoring": MONITORING, "monitors": ["data-quality", "bias"]}
"""The request of a model that has monitors."""


def arn_of(version: int) -> str:
    """The version's ARN."""
    return f"arn:aws:sagemaker:us-east-1:123456789012:model-package/{GROUP}/{version}"


def slot_of(version: int) -> str:
    """What the slot says when the version should serve."""
    return f"{arn_of(version)},s3://artifacts/{version}/baseline"
