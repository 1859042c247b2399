"""The names of a stage as retrainings see it."""

from typing import Any

GROUP = ENDPOINT = PIPELINE = "dev-flight-delay"
SLOT = "/perennial/dev/flight-delay/slot"
LOCK = "/perennial/dev/flight-delay/retraining/lock"
NOTE = "/perennial/dev/flight-delay/retraining/look-again"
REQUEST = "/perennial/dev/flight-delay/retraining/request"
DRIFT = "dev-flight-delay-data-quality-drift"
HOUR = 3600.0
DAY = 24 * HOUR


def asked(trigger: str, reason: str = "because", **changed: Any) -> dict[str, Any]:
    """What an execution is told."""
    told: dict[str, Any] = {
        "model": "flight-delay",
        "stage": "dev",
        "group": GROUP,
        "endpoint": ENDPOINT,
        "pipeline": PIPELINE,
        "slot": SLOT,
        "alarms": [DRIFT],
        "policy": {"coolDownHours": 24, "runsPerDay": 2},
        "trigger": trigger,
        "reason": reason,
    }
    return told | changed


def package(version: int) -> str:
    """The ARN of a version."""
    return f"arn:aws:sagemaker:us-east-1:123456789012:model-package/{GROUP}/{version}"
