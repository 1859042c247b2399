"""What matters more than what."""

from typing import Final

NOUNS: Final = (
    "stack", "endpoint", "slot", "bucket", "key", "table", "group", "db-instance", "db-cluster",
    "pipeline", "model", "endpoint-config", "job-definition", "monitoring-schedule", "schedule",
    "alarm", "state-machine", "topic", "queue", "role", "rule", "function", "log-group",
)  # fmt: skip
"""Those whose loss hurts most come first; what is not among them is not worth a line of its own."""

KINDS: Final = (
    "gate", "approval", "monitor", "rollback", "alarm", "bake", "capture", "traffic",
    "public-access", "encryption", "protection", "retention", "delivery", "boundary", "isolation",
    "schedule", "rule",
)  # fmt: skip
"""Kinds of guards, in the order in which they are told."""


def noun_rank(noun: str) -> int:
    """The place of a noun among all; those that are not listed come last."""
    return NOUNS.index(noun) if noun in NOUNS else len(NOUNS)


def guard_rank(kind: str) -> int:
    """The place of a kind of guard among all."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)
